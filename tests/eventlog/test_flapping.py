"""What an incident's log says of its returns, and how Activity shows what comes and goes."""

from qualtui.eventlog.fold import fold_events
from qualtui.eventlog.incident_changes import (
    CauseEnded,
    CauseReturned,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
)
from qualtui.eventlog.incidents import Noted
from qualtui.model import Event, EventBody, Origin, Severity, State
from tests.eventlog.bodies import log_of

OPENED = IncidentOpened(1, "bot", ("down@bot",), Origin.FAULT, "down", Severity.CRITICAL, 90.0, "session down")
OVER = IncidentResolved(1, "none of its alerts fires any more")
AGAIN = IncidentReopened(1, ("down@bot",), Severity.CRITICAL, "session down")
ENDED, RETURNED = CauseEnded(1), CauseReturned(1)


def lines(*bodies: EventBody, apart: float = 10.0) -> list[tuple[str, int]]:
    events = [Event(1 + n, 100.0 + apart * n, 1, body) for n, body in enumerate(bodies)]
    return [(str(one.text), one.count) for one in fold_events(State(), events).activity]


def test_a_log_of_before_there_was_flapping_says_when_its_incident_returned() -> None:
    incident = fold_events(State(), log_of(OPENED, OVER, AGAIN, ENDED, RETURNED)).incidents[1]
    assert incident.beginnings == (100.0, 120.0, 140.0)
    assert not incident.flaps


def test_beginnings_do_not_grow_without_end() -> None:
    incident = fold_events(State(), log_of(OPENED, *[OVER, AGAIN] * 500)).incidents[1]
    assert len(incident.beginnings) == 60
    assert incident.beginnings[-1] == 100.0 + 10 * 1000


def test_a_cause_that_comes_and_goes_is_one_line_beside_what_people_did() -> None:
    found = lines(OPENED, ENDED, RETURNED, Noted(1, "ana", "I look"), ENDED, RETURNED, Noted(1, "ana", "I look"))
    assert found == [("session down", 0), ("note: I look", 0), ("the cause is back", 2), ("note: I look", 0)]


def test_what_is_back_after_a_long_time_is_a_line_of_its_own() -> None:
    found = lines(OPENED, RETURNED, RETURNED, apart=601.0)
    assert found == [("session down", 0), ("the cause is back", 1), ("the cause is back", 1)]


def test_an_incident_that_is_opened_again_now_and_then_keeps_every_line() -> None:
    found = [text for text, _count in lines(OPENED, OVER, AGAIN, OVER, AGAIN)]
    assert found.count("again: session down") == 2
