"""Which channels a notice goes to. Pure."""

from collections.abc import Collection, Iterator, Sequence

from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind
from qualtui.config.values import Route
from qualtui.eventlog.alert_changes import LEVELS
from qualtui.model import Incident
from qualtui.text.message import Saying, message

LATER = frozenset({NoticeKind.RESOLVED, NoticeKind.UPDATE})  # for those alone who were notified before


def unrouted(decision: NoticeDecision, incident: Incident, known: Collection[str]) -> Saying:
    """Return why a decision reaches no channel; empty where there is no reason: no one was notified before.

    `known`: the configured channels.
    """
    if decision.kind in LATER:
        if not (incident.notified or incident.called):
            return ""
        return message("no route sends this kind of notice to those who were notified")
    if not known:
        return message("no channel is configured")
    level = LEVELS[decision.severity]
    return message("no route takes {level} notices of {agent}", level=level, agent=incident.agent)


def channels_for(
    decision: NoticeDecision, incident: Incident, routes: Sequence[Route], known: Collection[str] = ()
) -> Iterator[str]:
    """Yield the channels of a notice, each once.

    Whoever was notified of the incident gets its end and its updates, whatever severity it has then; no one else.
    `known`: the configured channels; of them, those that an escalation called get the end, too, and those that no
    route names any more.
    """
    seen: set[str] = set()
    later = decision.kind in LATER
    mine = [route for route in routes if not route.agents or incident.agent in route.agents]
    for route in mine:
        if decision.kind is NoticeKind.RESOLVED and not route.resolved:
            continue
        if not later and decision.severity not in route.severities:
            continue
        for channel in route.channels:
            if channel in seen or (later and channel not in incident.notified):
                continue
            seen.add(channel)
            yield channel
    for channel in (*incident.called, *_left_out(decision, incident, mine)) if later else ():
        if channel in known and channel not in seen:
            seen.add(channel)
            yield channel


def _left_out(decision: NoticeDecision, incident: Incident, routes: Sequence[Route]) -> Iterator[str]:
    """Yield the channels that were notified and that no route names any more: they get the end all the same."""
    if decision.kind is NoticeKind.RESOLVED:
        routed = {channel for route in routes for channel in route.channels}
        yield from (channel for channel in incident.notified if channel not in routed)
