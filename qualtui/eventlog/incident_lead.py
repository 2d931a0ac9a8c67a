"""Which alert leads an incident: it gives the title, and the worst one gives the severity."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from qualtui.model import AlertState, Incident, Phase, State, Topic


def firing_members(incident: Incident, alerts: Mapping[str, AlertState]) -> list[AlertState]:
    """The alerts of an incident that fire, the leading one first: on the broken link, the worst, the oldest.

    Those that only follow are the last.
    """
    keys = incident.members or alerts  # incidents of older versions list no members
    fire = [alerts[key] for key in keys if key in alerts and alerts[key].number == incident.number]
    return sorted(fire, key=lambda one: _order(one, incident.link))


def keeping(incident: Incident, fire: Iterable[AlertState]) -> list[AlertState]:
    """Return the alerts that keep an incident open: not those that only follow it, unless it never had others."""
    fire = list(fire)
    own = [one for one in fire if not one.follows]
    following = {one.key for one in fire if one.follows}
    return own if own or any(key not in following for key in incident.members) else fire


def leading(alerts: Iterable[AlertState], link: str) -> AlertState:
    """The alert that leads an incident of a fault on this link; at least one is given."""
    return min(alerts, key=lambda one: _order(one, link))


def _about(incident: Incident, lead: AlertState) -> Topic:
    """What an incident is about, with this alert in the lead: the first of those that weigh most."""
    on_link = bool(incident.link) and lead.link == incident.link
    new, old = Topic(lead.rule, lead.summary, not lead.follows, on_link, lead.severity.rank), incident.about
    if old is None or new.weight > old.weight or (new.weight == old.weight and new.rule == old.rule):
        return new
    return old


def _order(alert: AlertState, link: str) -> tuple[bool, bool, int, float, str]:
    on_link = bool(link) and alert.link == link
    return alert.follows, not on_link, -alert.severity.rank, alert.since, alert.key


def with_lead(state: State, number: int) -> State:
    """The state, in which the incident shows its leading alert; one whose alerts have ended keeps its words."""
    incident = state.incidents.get(number)
    if incident is None or incident.phase is not Phase.FIRING:
        return state
    members = firing_members(incident, state.alerts)
    if not members:
        return state
    lead = members[0]
    worst = max((one.severity for one in members), key=lambda one: one.rank)
    if any(not ended and key not in state.alerts for key, ended in incident.members.items()):
        # Its history alone does not say how its first alerts began to fire: it is as bad as it was.
        worst = max(worst, incident.severity, key=lambda one: one.rank)
    new = replace(
        incident,
        rule=lead.rule,
        severity=worst,
        summary=lead.summary or incident.summary,
        value=lead.value,
        runbook=lead.runbook or incident.runbook,
        since=min(incident.since, *(one.since for one in members)),
        changes=incident.changes + 1,
        about=_about(incident, lead),
    )
    return replace(state, incidents={**state.incidents, number: new})
