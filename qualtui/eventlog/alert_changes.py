"""Alerts: one rule for one agent, pending, firing, resolved; and since when its condition has been clear."""

from typing import TypeAlias

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
    follows: bool = False  # as AlertState has it


class AlertCleared(EventBody, frozen=True, tag="alert.cleared"):
    """A firing alert's condition ended at `since`, and keep_firing_for runs; None: the condition holds again."""

    rule: str
    agent: str
    since: float | None
    number: int = 0


class AlertUnseen(EventBody, frozen=True, tag="alert.unseen"):
    """An alert has had no data since `since`, so that it neither fires nor resolves; None: it has data again."""

    rule: str
    agent: str
    since: float | None
    number: int = 0


AlertBody: TypeAlias = AlertChanged | AlertCleared | AlertUnseen


def alert_after(before: AlertState | None, body: AlertBody, at: float) -> AlertState | None:
    """The alert after an event of the time `at`; None: it is inactive."""
    if isinstance(body, AlertUnseen):
        return None if before is None else replace(before, unseen_since=body.since)
    if isinstance(body, AlertCleared):
        return None if before is None else replace(before, clear_since=body.since, unseen_since=None)
    if body.new not in {Phase.PENDING, Phase.FIRING}:
        return None
    fired = before if before is not None and before.phase is Phase.FIRING else None
    number = body.number if fired is None else fired.number
    fires = body.new is Phase.FIRING
    keeps = fires and body.severity is not Severity.INFO
    began = at if fired is None else fired.fired_at
    return AlertState(
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
        follows=body.follows,
    )


def _changed(state: State, body: AlertChanged) -> State:
    key = alert_key(body.rule, body.agent)
    before = state.alerts.get(key)
    number = before.number if before is not None and before.phase is Phase.FIRING else body.number
    alert = alert_after(before, body, state.at)
    if alert is None:
        return _left(replace(state, alerts=without(state.alerts, key)), key, number)
    state = replace(state, alerts={**state.alerts, key: alert})
    keeps = alert.phase is Phase.FIRING and alert.severity is not Severity.INFO
    return with_lead(state, number) if keeps else _left(state, key, number)


def _left(state: State, key: str, number: int) -> State:
    """The incident without this alert among those that fire."""
    incident = state.incidents.get(number)
    if incident is None or incident.phase is not Phase.FIRING:
        return state
    members = {**incident.members, key: state.at}
    incidents = {**state.incidents, number: replace(incident, members=members)}
    return with_lead(replace(state, incidents=incidents), number)


def _marked(state: State, body: AlertCleared | AlertUnseen) -> State:
    key = alert_key(body.rule, body.agent)
    alert = alert_after(state.alerts.get(key), body, state.at)
    return state if alert is None else replace(state, alerts={**state.alerts, key: alert})


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
        EventKind(AlertCleared, apply=_marked),
        EventKind(AlertUnseen, apply=_marked),
    ),
)
