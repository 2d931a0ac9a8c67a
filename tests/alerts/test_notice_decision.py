"""One page a fault: when an incident is due a notice, and of which kind."""

import pytest
from msgspec.structs import replace

from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind, NoticeTiming, due_notice
from qualtui.model import Incident, Notified, Phase, Severity

CRITICAL, WARNING, INFO = Severity.CRITICAL, Severity.WARNING, Severity.INFO
TIMING = NoticeTiming(group_wait=30, group_interval=300, repeat_interval=3600)
NEW = Incident(1, "waiting", "bot", WARNING, Phase.FIRING, 900.0, 1000.0, "customers wait")


def told(
    severity: Severity = CRITICAL, at: float = 1000.0, waiting: int | None = 2, revision: int = 0
) -> Incident:
    return replace(NEW, last=Notified("firing", severity, at, waiting, revision))


def test_a_critical_that_no_one_owns_is_repeated_also_where_no_interval_is_set() -> None:
    timing = NoticeTiming(repeat_interval=0)
    four_hours = 1000.0 + 4 * 3600
    assert due_notice(told(), CRITICAL, 2, timing, four_hours - 1) is None
    assert due_notice(told(), CRITICAL, 2, timing, four_hours) == NoticeDecision(NoticeKind.REPEAT, CRITICAL, 2)
    assert due_notice(replace(told(), owner="ana"), CRITICAL, 2, timing, four_hours) is None
    assert due_notice(told(WARNING), WARNING, 2, timing, four_hours) is None


CASES = [
    ("CRITICAL at once", NEW, CRITICAL, 0, 1000, "firing"),
    ("WARNING waits for its group", NEW, WARNING, 0, 1029, None),
    ("and is sent then", NEW, WARNING, 0, 1030, "firing"),
    ("CRITICAL does not wait for what began as WARNING", NEW, CRITICAL, 0, 1005, "firing"),
    ("muted, nothing", NEW, None, 0, 2000, None),
    ("a mute that ends while it fires: sent then", NEW, CRITICAL, 0, 9000, "firing"),
    ("INFO, nothing", NEW, INFO, 0, 2000, None),
    ("told once", told(), CRITICAL, 2, 1100, None),
    ("worse than told", told(WARNING), CRITICAL, 2, 1100, "worse"),
    ("better than told", told(CRITICAL), WARNING, 2, 1100, None),
    ("worse again, as told before", told(CRITICAL), CRITICAL, 2, 1100, None),
    ("three times as many wait", told(waiting=2), CRITICAL, 6, 1100, "growth"),
    ("fewer than three times", told(waiting=2), CRITICAL, 5, 1100, None),
    ("ten more wait", told(waiting=20), CRITICAL, 30, 1100, "growth"),
    ("nine more", told(waiting=20), CRITICAL, 29, 1100, None),
    ("the first who wait are no growth", told(waiting=0), CRITICAL, 3, 1100, None),
    ("ten at once are", told(waiting=0), CRITICAL, 10, 1100, "growth"),
    ("a number that is not known has not grown", told(waiting=2), CRITICAL, None, 1100, None),
    ("nor has one that was not known", told(waiting=None), CRITICAL, 40, 1100, None),
    ("another cause is an update, not before its interval", replace(told(), revision=1), CRITICAL, 2, 1299, None),
    ("then once", replace(told(), revision=1), CRITICAL, 2, 1300, "update"),
    ("repeated where nobody owns it", told(), CRITICAL, 2, 4600, "repeat"),
    ("not to its owner", replace(told(), owner="ana"), CRITICAL, 2, 4600, None),
    ("owned and worse", replace(told(WARNING), owner="ana"), CRITICAL, 2, 1100, "worse"),
    ("reopened", replace(told(), reopened_at=1500.0, openings=1), CRITICAL, 2, 1500, "reopened"),
    (
        "reopened as WARNING waits for its group",
        replace(told(), reopened_at=1500.0, openings=1),
        WARNING,
        2,
        1529,
        None,
    ),
    ("the clock was set back: no wait without an end", NEW, WARNING, 0, 900, "firing"),
    ("told by a clock that was set back: once", told(at=900.0), CRITICAL, 2, 901, None),
    (
        "reopened by a clock that was set back",
        replace(told(at=1600.0), reopened_at=1500.0, openings=1),
        CRITICAL,
        2,
        1500,
        "reopened",
    ),
]


@pytest.mark.parametrize(
    ("name", "incident", "severity", "waiting", "now", "want"), CASES, ids=[c[0] for c in CASES]
)
def test_a_notice_is_due(
    name: str, incident: Incident, severity: Severity | None, waiting: int | None, now: float, want: str | None
) -> None:
    found = due_notice(incident, severity, waiting, TIMING, now)
    assert (None if found is None else found.kind.value) == want


def test_who_got_the_firing_notice_gets_the_end_once() -> None:
    ended = replace(told(), phase=Phase.RESOLVED, resolved_at=2000.0)
    assert due_notice(ended, None, 0, TIMING, 2000) == NoticeDecision(NoticeKind.RESOLVED, CRITICAL)
    said = replace(ended, last=Notified("resolved", CRITICAL, 2000.0))
    assert due_notice(said, None, 0, TIMING, 2001) is None


def test_what_nobody_was_notified_of_ends_without_a_notice() -> None:
    assert due_notice(replace(NEW, phase=Phase.RESOLVED), None, 0, TIMING, 2000) is None


def test_an_update_and_an_end_are_no_page() -> None:
    assert NoticeDecision(NoticeKind.FIRING, CRITICAL).page
    assert NoticeDecision(NoticeKind.GROWTH, CRITICAL).page
    assert not NoticeDecision(NoticeKind.UPDATE, CRITICAL).page
    assert not NoticeDecision(NoticeKind.RESOLVED, CRITICAL).page
    assert not NoticeDecision(NoticeKind.FIRING, WARNING).page
