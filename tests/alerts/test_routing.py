"""Notices go once to each target that a route names, and those who were told hear of the end."""

from qualtui.alerts.routing import kind_of, notices_due
from qualtui.config.values import Route
from qualtui.eventlog.alerts import RuleChanged
from qualtui.model import Phase, Severity

ROUTES = (
    Route(channels=("ops", "chat"), severities=(Severity.CRITICAL,)),
    Route(channels=("chat",), severities=(Severity.CRITICAL, Severity.WARNING)),
    Route(channels=("other",), agents=("another-bot",)),
)


def change(old: Phase, new: Phase, severity: Severity = Severity.CRITICAL) -> RuleChanged:
    return RuleChanged("r", "bot", old, new, severity, "because", 1.0, number=4)


def targets(a_change: RuleChanged, was: Severity | None = None, told: frozenset[str] = frozenset()) -> list[str]:
    return [item.target for item in notices_due(a_change, was, 1, told, ROUTES)]


def test_a_target_named_by_two_routes_is_told_once() -> None:
    assert targets(change(Phase.INACTIVE, Phase.FIRING)) == ["ops", "chat"]


def test_a_severity_goes_only_where_a_route_wants_it() -> None:
    assert targets(change(Phase.PENDING, Phase.FIRING, Severity.WARNING)) == ["chat"]


def test_pending_and_a_passing_condition_tell_nobody() -> None:
    assert targets(change(Phase.INACTIVE, Phase.PENDING)) == []
    assert targets(change(Phase.PENDING, Phase.INACTIVE)) == []


def test_the_end_is_told_to_those_who_heard_of_the_beginning_and_to_nobody_else() -> None:
    ended = change(Phase.FIRING, Phase.RESOLVED, Severity.WARNING)
    assert targets(ended, Severity.WARNING, frozenset({"ops"})) == ["ops"]
    assert targets(ended, Severity.WARNING) == []


def test_worse_is_told_and_better_is_not() -> None:
    worse = change(Phase.FIRING, Phase.FIRING)
    assert kind_of(worse, Severity.WARNING) == "worse"
    assert kind_of(change(Phase.FIRING, Phase.FIRING, Severity.WARNING), Severity.CRITICAL) == ""


def test_keys_differ_by_incident_change_and_target() -> None:
    first = {item.key for item in notices_due(change(Phase.PENDING, Phase.FIRING), None, 1, frozenset(), ROUTES)}
    later = {
        item.key
        for item in notices_due(change(Phase.FIRING, Phase.FIRING), Severity.WARNING, 2, frozenset(), ROUTES)
    }
    assert len(first) == 2
    assert not first & later
