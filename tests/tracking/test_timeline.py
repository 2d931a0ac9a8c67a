"""Each message of a customer is said to have come as far as rows and chats prove, and no further."""

import pytest

from qualtui.tracking.deliverability import Deliverability
from qualtui.tracking.replies import PendingReply
from qualtui.tracking.timeline import Stage, Stored, stages

ASKED, ANSWERED, AGAIN = Stored(100.0, False), Stored(110.0, True), Stored(200.0, False)
WORKS = Deliverability.WORKING


@pytest.mark.parametrize(
    ("rows", "owed", "heard", "word", "expected"),
    [
        ([ASKED, ANSWERED], None, None, WORKS, [Stage.CLAIMED, Stage.STORED]),
        ([ASKED, ANSWERED], None, 110.0, WORKS, [Stage.ACCEPTED, Stage.STORED]),
        ([ASKED, ANSWERED, AGAIN], None, None, WORKS, [Stage.STORED, Stage.DELIVERED, Stage.STORED]),
        ([ASKED, ANSWERED], None, 110.0, Deliverability.BROKEN, [Stage.NOT_DELIVERED, Stage.STORED]),
        (
            [ASKED, ANSWERED],
            PendingReply(100.0, 100.0, "s", unheard=110.0),
            None,
            WORKS,
            [Stage.NOT_DELIVERED, Stage.STORED],
        ),
        ([], PendingReply(100.0, 100.0, unstored=100.0), None, WORKS, [Stage.NOT_STORED]),
    ],
)
def test_a_stage_is_what_is_proved(
    rows: list[Stored],
    owed: PendingReply | None,
    heard: float | None,
    word: Deliverability,
    expected: list[Stage],
) -> None:
    assert [stage for _at, _sent, stage in stages(rows, owed, heard, lambda _at: word)] == expected
