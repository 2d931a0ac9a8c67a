"""Ends what belongs to rules, agents or channels that a configuration no longer has."""

from qualtui.alerts.notice_decision import NoticeKind
from qualtui.alerts.transition import settle
from qualtui.config.values import Config
from qualtui.engine.draft import Draft
from qualtui.engine.incident_notices import IncidentNotices
from qualtui.eventlog.flapping import FlappingEnded
from qualtui.eventlog.incident_changes import IncidentNotified, IncidentResolved
from qualtui.eventlog.incident_lead import firing_members, keeping
from qualtui.eventlog.notices import NoticeFailed
from qualtui.model import Incident, Phase, Severity, State
from qualtui.text.message import message

DUE = {"queued", "sending"}


def settled(state: State, config: Config, notices: IncidentNotices, now: float) -> Draft:
    """What ends: alerts of rules and agents that are gone, their incidents, notices to channels that are gone."""
    draft = Draft(state, now)
    for alert in state.alerts.values():
        rule = config.rules.get(alert.rule)
        if alert.agent in config.agents and rule is not None and rule.enabled:
            continue
        draft.add(settle(rule, alert, message("the configuration no longer has it")))
    for incident in list(draft.state.incidents.values()):
        _settle_incident(draft, incident, config, notices)
    for notice in state.notices.values():
        if notice.status in DUE and notice.channel not in config.notify.channels:
            reason = message("the configuration no longer has this channel")
            draft.add(NoticeFailed(notice.key, notice.attempt, reason))
    return draft


def _settle_incident(draft: Draft, incident: Incident, config: Config, notices: IncidentNotices) -> None:
    """Resolve an incident of which no alert is left, and one of INFO, which only older versions opened.

    No one looks at an agent that is gone: what flapped there is over now.
    """
    if incident.phase is Phase.FIRING:
        _resolve_settled(draft, incident, notices)
    now = draft.state.incidents.get(incident.number)
    if now is not None and now.flaps and now.agent not in config.agents:
        draft.add(FlappingEnded(now.number))
        notices.decide(draft, draft.state.incidents[now.number])


def _resolve_settled(draft: Draft, incident: Incident, notices: IncidentNotices) -> None:
    if incident.notified and incident.last is None:  # by an older version
        draft.add(IncidentNotified(incident.number, NoticeKind.FIRING, incident.severity))
    if incident.severity is Severity.INFO:
        draft.add(IncidentResolved(incident.number, message("INFO opens no incident any more"), quiet=True))
    elif not keeping(incident, firing_members(incident, draft.state.alerts)):
        draft.add(IncidentResolved(incident.number, message("the configuration no longer has its rules")))
        notices.decide(draft, draft.state.incidents[incident.number])
