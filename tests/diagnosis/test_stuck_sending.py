"""A bot whose sends never end: seen while it hangs, believed while it is idle, until something ends it."""

from typing import Any

import pytest

from qualtui.diagnosis.chain import chain
from qualtui.diagnosis.stuck_sending import stuck_since
from qualtui.model import Evidence
from tests.diagnosis.readings import NOW, readings

BUSY = {"health_up": (0, "no answer in 30s"), "health_silent": 1}
WAITING = {"customers_waiting": 3, "customers_oldest": 300}
HANGING = {**WAITING, **BUSY, "sessions_bot_owes": 1, "customers_last_row": 60, "customers_last_sent": 400}
IDLE = {**HANGING, "health_up": 1, "health_silent": 0, "customers_last_row": 200}
UNKNOWN = Evidence.NO_DATA


def since(
    busy_for: float, changed: dict[str, Any], before: float | None = None, session_changed: float | None = None
) -> float | None:
    """How many seconds ago the sends began to hang."""
    known = readings(**changed)
    by = {view.link: view for view in chain(known, chain(known, (), NOW - busy_for), NOW)}
    was = None if before is None else NOW - before
    other = None if session_changed is None else NOW - session_changed
    found = stuck_since(by, known, NOW, was, other)
    return None if found is None else NOW - found


@pytest.mark.parametrize(
    ("busy_for", "changed", "lasts"),
    [
        (300, {}, 300),
        (300, {"customers_last_sent": 250}, 250),
        (300, {"customers_last_sent": 20, "failures_timeouts": 3}, 20),
        (30, {"sessions_bot_owes": 3}, 300),  # a poll was answered between two kills
        (300, {"customers_last_sent": 20}, None),  # a queue, and it sends
        (30, {}, None),  # it has only just begun
        (300, {"customers_last_row": 200}, None),  # and takes nothing
        (300, {"sessions_bot_owes": 0}, None),
        (300, {"customers_oldest": 60}, None),
        (300, {"db_seconds": 2.5}, None),
        (300, {"gateway_working": (0, "FAILED")}, None),
        (300, {"health_silent": 0}, None),
    ],
)
def test_a_bot_whose_sends_hang_takes_messages_and_sends_none(
    busy_for: float, changed: dict[str, Any], lasts: float | None
) -> None:
    assert since(busy_for, {**HANGING, **changed}) == lasts


@pytest.mark.parametrize(
    ("changed", "session_changed", "lasts"),
    [
        ({}, None, 350),  # a killed worker leaves no row of its send
        ({"customers_last_row": 2000}, None, 350),
        ({"customers_last_sent": 349.5}, None, 350),  # the row of before, by a clock that was measured anew
        ({"customers_last_sent": UNKNOWN, "sessions_bot_owes": UNKNOWN}, None, 350),
        ({}, 900, 350),
        ({"customers_last_sent": 100}, None, None),
        ({"sessions_bot_owes": 0}, None, None),
        ({}, 100, None),
    ],
)
def test_it_is_believed_of_an_idle_bot_until_a_newer_send_a_restart_or_nobody_is_owed(
    changed: dict[str, Any], session_changed: float | None, lasts: float | None
) -> None:
    assert since(0, {**IDLE, **changed}, 350, session_changed) == lasts


def test_an_idle_bot_that_was_never_seen_stuck_is_not() -> None:
    assert since(0, {**IDLE, "sessions_bot_owes": 3}) is None


@pytest.mark.parametrize(("session_changed", "lasts"), [(60, None), (200, 200), (900, 400)])
def test_after_a_restart_of_the_session_it_takes_another_send_that_hangs(
    session_changed: float, lasts: float | None
) -> None:
    assert since(500, HANGING, 450, session_changed) == lasts
