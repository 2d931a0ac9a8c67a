"""Which channels a notice goes to. Pure."""

from collections.abc import Iterator, Sequence

from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind
from qualtui.config.values import Route
from qualtui.model import Incident


def channels_for(decision: NoticeDecision, incident: Incident, routes: Sequence[Route]) -> Iterator[str]:
    """Yield the channels of a notice, each once.

    Whoever was notified of the incident gets its end and its updates, whatever severity it has then; nobody else.
    """
    seen: set[str] = set()
    later = decision.kind in {NoticeKind.RESOLVED, NoticeKind.UPDATE}
    for route in routes:
        if route.agents and incident.agent not in route.agents:
            continue
        if decision.kind is NoticeKind.RESOLVED and not route.resolved:
            continue
        if not later and decision.severity not in route.severities:
            continue
        for channel in route.channels:
            if channel in seen or (later and channel not in incident.notified):
                continue
            seen.add(channel)
            yield channel
