"""Badges of the header: quiet times and who is on call, as far as there is room; what is over is not shown."""

from typing import Any

import msgspec

from qualtui.widgets.header import header
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ConnectionState, ViewState
from qualtui.wire import Snapshot
from tests import snapshots
from tests.snapshots import AT


def said(cells: int = 160, **changes: Any) -> str:
    shot: Snapshot = msgspec.structs.replace(snapshots.trouble(), **changes)
    sight = ViewState(shot, ConnectionState.LIVE, AT, who="ana")
    return "".join(span.text for span in header(sight, AT, cells, Look()))


def test_night_maintenance_and_who_is_on_call_have_a_badge() -> None:
    quiet: dict[str, Any] = {
        "night_until": AT + 13_680,
        "maintenance_until": AT + 2880,
        "oncall": "Ana",
        "oncall_next": "Bruno",
    }
    shown = said(**quiet)
    assert "MAINTENANCE until 04:00" in shown
    assert "NIGHT until 07:00" in shown
    assert "on call Ana → Bruno" in shown
    assert len(said(80, **quiet)) == 80
    assert "NIGHT until 07:00" in said(80, night_until=AT + 13_680)


def test_what_is_over_or_unknown_has_none() -> None:
    shown = said(night_until=AT - 1, maintenance_until=AT - 1)
    assert not any(word in shown for word in ("NIGHT", "MAINTENANCE", "on call"))
