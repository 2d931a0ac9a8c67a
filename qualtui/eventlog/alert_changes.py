"""Alerts: one rule for one agent, pending, firing, resolved; and since when its condition has been clear."""

from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family, safe, without
from qualtui.eventlog.incident_lead import with_lead
from qualtui.model import Activity, AlertState, EventBody, Phase, Severity, State, alert_key
from qualtui.text.message import Saying, Text, message


class AlertChanged(EventBody, frozen=True, tag="alert.changed"):
    """An alert changed its phase or severity. `since`: when its condition began to hold.

    `number`: the incident that it belongs to at this moment; 0: none yet.
    """

    rule: str
    agent: str
    old: Phase
    new: Phase
    severity: Severity
    reason: Saying
    since: float
    link: str = ""
    value: float | None = None
    summary: Saying = ""
    fix: str = ""
    runbook: Saying = ""
    number: int = 0


class AlertCleared(EventBody, frozen=True, tag="alert.cleared"):
    """A firing alert's condition ended at `since`, and keep_firing_for runs; None: the condition holds again."""

    rule: str
    agent: str
    since: float | None
    number: int = 0


def _changed(state: State, body: AlertChanged) -> State:
    key = alert_key(body.rule, body.agent)
    before = state.alerts.get(key)
    number = before.number if before is not None and before.phase is Phase.FIRING else body.number
    if body.new not in {Phase.PENDING, Phase.FIRING}:
        return _left(replace(state, alerts=without(state.alerts, key)), key, number)
    fires = body.new is Phase.FIRING
    keeps = fires and body.severity is not Severity.INFO
    began = before.fired_at if before is not None and before.phase is Phase.FIRING else state.at
    alert = AlertState(
        body.rule,
        body.agent,
        body.new,
        body.severity,
        body.since,
        number if keeps else 0,
        link=body.link,
        value=body.value,
        summary=body.summary,
        fix=body.fix,
        runbook=body.runbook,
        fired_at=began if fires else None,
    )
    state = replace(state, alerts={**state.alerts, key: alert})
    return with_lead(state, number) if keeps else _left(state, key, number)


def _left(state: State, key: str, number: int) -> State:
    """The incident without this alert among those that fire."""
    incident = state.incidents.get(number)
    if incident is None or incident.phase is not Phase.FIRING:
        return state
    members = {**incident.members, key: state.at}
    incidents = {**state.incidents, number: replace(incident, members=members)}
    return with_lead(replace(state, incidents=incidents), number)


def _cleared(state: State, body: AlertCleared) -> State:
    key = alert_key(body.rule, body.agent)
    alert = state.alerts.get(key)
    if alert is None:
        return state
    return replace(state, alerts={**state.alerts, key: replace(alert, clear_since=body.since)})


def _line(state: State, at: float, body: AlertChanged) -> Activity | None:
    """Worse or better, of an alert in an incident; the incident's own events report the rest."""
    alert = state.alerts.get(alert_key(body.rule, body.agent))
    if alert is None or body.new is not Phase.FIRING or not alert.number:
        return None
    level, what = LEVELS[body.severity], safe(body.summary or alert.summary)
    if body.severity.rank > alert.severity.rank:
        text = message("worse, now {level}: {what}", level=level, what=what)
    elif body.severity.rank < alert.severity.rank:
        text = message("better, now {level}: {what}", level=level, what=what)
    else:
        return None
    return Activity(at, OURSELVES, text, alert.number, body.severity)


LEVELS: dict[Severity, Text] = {
    Severity.CRITICAL: message("CRITICAL"),
    Severity.WARNING: message("WARNING"),
    Severity.INFO: message("INFO"),
}


FAMILY = Family(
    kinds=(
        EventKind(AlertChanged, apply=_changed, line=_line, number=lambda body: body.number),
        EventKind(AlertCleared, apply=_cleared),
    ),
)
