"""Which notices a transition requires, to which channels, under which keys."""

from collections.abc import Iterator, Sequence

import msgspec

from qualtui.config.values import Route
from qualtui.eventlog.alerts import RuleChanged
from qualtui.model import Phase, Severity


class NoticeDue(msgspec.Struct, frozen=True):
    """A notice to be written: `key` is unique for ever, so that it is queued once however often it is decided."""

    key: str
    target: str
    kind: str  # firing, worse, resolved


def kind_of(change: RuleChanged, was: Severity | None) -> str:
    """Return what a transition is to a reader: firing, worse, resolved; empty if no notice is needed.

    `was` is the incident's severity before the transition.
    """
    if change.new is Phase.RESOLVED:
        return "resolved"
    if change.new is not Phase.FIRING:
        return ""
    if change.old is not Phase.FIRING:
        return "firing"
    return "worse" if was is not None and change.severity.rank > was.rank else ""


def notices_due(
    change: RuleChanged, was: Severity | None, nth: int, notified: frozenset[str], routes: Sequence[Route]
) -> Iterator[NoticeDue]:
    """The notices of a transition, a target at most once.

    `nth` counts the incident's transitions; `notified` are the channels that got a notice before: only they
    get the notice that it is resolved, whatever severity it ended with.
    """
    kind = kind_of(change, was)
    if not kind:
        return
    seen: set[str] = set()
    for route in routes:
        if route.agents and change.agent not in route.agents:
            continue
        if kind != "resolved" and change.severity not in route.severities:
            continue
        if kind == "resolved" and not route.resolved:
            continue
        for target in route.channels:
            if target in seen or (kind == "resolved" and target not in notified):
                continue
            seen.add(target)
            yield NoticeDue(f"{change.number}/{nth}/{kind}/{target}", target, kind)
