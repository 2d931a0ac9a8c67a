"""WHO: who has it; or who was paged, and who is called next, with a countdown."""

import pytest

from qualtui.widgets.look import Look
from qualtui.widgets.who import who_line
from qualtui.wire import IncidentView, NextCall, PagedView
from tests.snapshots import AT, incident

ZONE = "America/Sao_Paulo"
PAGED = PagedView("Ana", AT - 120, "ntfy", "delivered")
CALL = NextCall(("Bruno",), AT + 652)


def said(row: IncidentView, cells: int = 120, since: str = "") -> str:
    return "".join(span.text for span in who_line(row, since, AT, ZONE, cells, Look()))


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (incident(), "no one"),
        (
            incident(paged=PAGED, call=CALL),
            "no one · Ana paged 03:10, ntfy delivered · Bruno is called in 10:52",
        ),
        (
            incident(paged=PagedView("Ana", AT - 120, "ntfy", "failed")),
            "no one · Ana paged 03:10, ntfy NOT DELIVERED",
        ),
        (
            incident(paged=PagedView("Ana", AT - 120, "ntfy", "sending")),
            "no one · Ana paged 03:10, ntfy not yet delivered",
        ),
        (incident(owner="Ana", lapses_at=AT + 1080), "Ana for 12m · lapses in 18m without a sign"),
        (
            incident(owner="Ana", lapses_at=AT + 480, reminded_at=AT - 120),
            "Ana for 12m · reminded 2m ago · lapses in 8m without a sign",
        ),
        (
            incident(owner="Ana", snoozed_until=AT + 1500, lapses_at=AT + 2100),
            "Ana for 12m · no reminders for 25m",
        ),
        (
            incident(owner="link sent to slack", link="slack", lapses_at=AT + 720),
            "link sent to slack (lapses in 12m) · a person must confirm",
        ),
        (
            incident(owner="Ana, link sent to ntfy", link="ntfy", link_who="Ana", lapses_at=AT + 720),
            "Ana, link sent to ntfy (lapses in 12m) · a person must confirm",
        ),
    ],
)
def test_the_line_says_who_has_it_or_who_comes(row: IncidentView, line: str) -> None:
    assert said(row, since="Ana for 12m" if row.owner == "Ana" else "") == line


def test_where_there_is_no_room_whole_pieces_are_left_out_and_none_is_cut() -> None:
    row = incident(paged=PAGED, call=CALL)
    short = "no one · Ana paged 03:10 ● · Bruno is called in 10:52"
    for cells in range(6, 67):
        assert len(said(row, cells)) <= cells
        assert short.startswith(said(row, cells))
    assert said(row, 60) == short
    assert said(row, 45) == "no one · Ana paged 03:10 ●"
