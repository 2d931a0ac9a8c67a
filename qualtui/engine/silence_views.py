"""Silences as windows show them, and the alerts that they hide."""

from collections.abc import Callable, Iterable, Mapping

from qualtui.alerts.labels import labels_of
from qualtui.model import AlertState, Phase, Severity, Silence, State
from qualtui.model.matchers import Matcher, all_hold
from qualtui.wire import SilenceView

MOST = 20  # in an overview
Labels = Callable[[AlertState], Mapping[str, str]]


def own_labels(alert: AlertState) -> dict[str, str]:
    """The labels of an alert of which no configuration is known."""
    return labels_of(alert, {}, {})


def hidden(matchers: Iterable[Matcher], state: State, labels: Labels) -> tuple[AlertState, ...]:
    """The firing alerts of incidents that fulfil all the matchers, the worst first."""
    wanted = tuple(matchers)
    found = [
        one
        for one in state.alerts.values()
        if one.phase is Phase.FIRING and one.severity is not Severity.INFO and all_hold(wanted, labels(one))
    ]
    return tuple(sorted(found, key=lambda one: (-one.severity.rank, one.since, one.key)))


def silence_view(one: Silence, hides: int = 0) -> SilenceView:
    """A silence for windows."""
    matchers = tuple(str(each) for each in one.matchers)
    return SilenceView(one.id, matchers, one.author, one.reason, one.created_at, one.until, one.ended_by, hides)


def silence_views(state: State, now: float) -> tuple[SilenceView, ...]:
    """The silences that run, the first to end first."""
    running = sorted((one for one in state.silences.values() if one.runs(now)), key=lambda one: one.until)
    return tuple(silence_view(one) for one in running[:MOST])
