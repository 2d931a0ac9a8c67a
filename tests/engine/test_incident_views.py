"""What screens list: the worst and oldest first, and what became of the notices."""

from msgspec.structs import replace

from qualtui.engine.incident_views import FIRING, activity, firing_incidents, incident_view, incidents, tried
from qualtui.model import Activity, FixRun, Incident, Notice, Phase, Severity, State


def incident(number: int, severity: Severity, at: float, resolved: float | None = None) -> Incident:
    phase = Phase.FIRING if resolved is None else Phase.RESOLVED
    return Incident(number, "r", "bot", severity, phase, at, at, "s", resolved_at=resolved)


def notice(key: str, status: str, number: int = 1) -> Notice:
    return Notice(key, number, "ops", "firing", Severity.CRITICAL, "t", "b", 1.0, status)


def test_firing_comes_before_resolved_worst_before_mild_old_before_new() -> None:
    mine = [
        incident(1, Severity.CRITICAL, 1, resolved=50),
        incident(2, Severity.WARNING, 2),
        incident(3, Severity.CRITICAL, 9),
        incident(4, Severity.CRITICAL, 4),
        incident(5, Severity.CRITICAL, 5, resolved=60),
    ]
    state = State(incidents={one.number: one for one in mine})
    assert [one.number for one in incidents(state)] == [4, 3, 2, 5, 1]


def test_the_worst_news_of_the_notices_comes_first_and_others_incidents_do_not_count() -> None:
    all_ = [
        notice("a", "delivered"),
        notice("b", "failed"),
        notice("c", "sending"),
        notice("d", "queued", number=2),
    ]
    mine = replace(incident(1, Severity.CRITICAL, 1), failed=1, delivered=1)
    state = State(incidents={1: mine}, notices={one.key: one for one in all_})
    assert [str(row.notices) for row in incidents(state)] == ["1 failed, 1 sending, 1 sent"]
    assert incident_view(mine, state) == incidents(state)[0]


def test_a_delivered_notice_stands_by_its_incident_though_the_notice_itself_is_kept_no_longer() -> None:
    state = State(incidents={1: replace(incident(1, Severity.CRITICAL, 1), delivered=1)})
    assert str(incidents(state)[0].notices) == "1 sent"


def test_all_that_fire_are_counted_and_listed_however_many_there_are() -> None:
    many = [incident(n, Severity.CRITICAL if n % 2 else Severity.WARNING, n) for n in range(1, 201)]
    state = State(incidents={one.number: one for one in many})
    assert len(incidents(state)) == 200
    more = [*many, *(incident(n, Severity.WARNING, n) for n in range(201, 2001))]
    state = State(incidents={one.number: one for one in more})
    assert len(incidents(state)) == FIRING
    assert firing_incidents(state) == {Severity.CRITICAL: 100, Severity.WARNING: 1900}


def test_activity_is_newest_first() -> None:
    state = State(activity=(Activity(1.0, "a", "first"), Activity(2.0, "b", "second")))
    assert [str(line.text) for line in activity(state)] == ["second", "first"]


def test_what_was_tried_is_the_newest_run_for_that_incident() -> None:
    runs = [
        FixRun("x", "gateway-restart", "bot", "ana", 1.0, number=7, outcome="ok", summary="WORKING"),
        FixRun("y", "session-cleanup", "bot", "bia", 2.0, number=7),
        FixRun("z", "gateway-restart", "bot", "bia", 3.0, number=8),
    ]
    state = State(runs={run.run: run for run in runs})
    told = tried(state, 7)
    assert str(told.text) == "session-cleanup: running (bia)"
    assert told.fixes == {"gateway-restart"}  # one that is under way may still mend it
    assert str(tried(state, 9).text) == ""
