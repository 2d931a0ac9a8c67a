"""A notice goes once to each channel that a route names, and those who were notified get the end."""

from msgspec.structs import replace

from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind
from qualtui.alerts.routing import channels_for
from qualtui.config.values import Route
from qualtui.model import Incident, Phase, Severity

ROUTES = (
    Route(channels=("ops", "chat"), severities=(Severity.CRITICAL,)),
    Route(channels=("chat",), severities=(Severity.CRITICAL, Severity.WARNING)),
    Route(channels=("other",), agents=("another-bot",)),
    Route(channels=("pager",), severities=(Severity.CRITICAL,), resolved=False),
)
INCIDENT = Incident(4, "r", "bot", Severity.CRITICAL, Phase.FIRING, 1.0, 2.0, "trouble")


def channels(
    kind: NoticeKind, severity: Severity = Severity.CRITICAL, notified: tuple[str, ...] = ()
) -> list[str]:
    return [*channels_for(NoticeDecision(kind, severity), replace(INCIDENT, notified=notified), ROUTES)]


def test_a_channel_named_by_two_routes_is_notified_once() -> None:
    assert channels(NoticeKind.FIRING) == ["ops", "chat", "pager"]


def test_a_severity_goes_only_where_a_route_wants_it() -> None:
    assert channels(NoticeKind.FIRING, Severity.WARNING) == ["chat"]
    assert channels(NoticeKind.GROWTH, Severity.WARNING) == ["chat"]


def test_the_end_goes_to_those_who_were_notified_and_to_no_one_else() -> None:
    assert channels(NoticeKind.RESOLVED, Severity.WARNING, ("ops",)) == ["ops"]
    assert channels(NoticeKind.RESOLVED) == []


def test_a_route_may_leave_the_end_out() -> None:
    assert channels(NoticeKind.RESOLVED, notified=("pager", "chat")) == ["chat"]


def test_another_cause_goes_to_those_who_were_notified() -> None:
    assert channels(NoticeKind.UPDATE, Severity.WARNING, ("ops",)) == ["ops"]


def test_a_channel_that_no_route_names_any_more_gets_the_end_of_what_it_was_notified_of() -> None:
    def later(kind: NoticeKind, known: tuple[str, ...]) -> list[str]:
        incident = replace(INCIDENT, notified=("ops", "former", "pager"))
        return [*channels_for(NoticeDecision(kind, Severity.CRITICAL), incident, ROUTES, known)]

    assert later(NoticeKind.RESOLVED, ("ops", "former", "pager")) == ["ops", "former"]
    assert later(NoticeKind.RESOLVED, ("ops", "pager")) == ["ops"]  # the channel itself is gone
    assert later(NoticeKind.UPDATE, ("ops", "former", "pager")) == ["ops", "pager"]
