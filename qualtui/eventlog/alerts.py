"""Rules that change their phase. A rule that fires opens an incident, which ends with it."""

from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family, Kept, safe, without
from qualtui.eventlog.renamed import renamed_fields
from qualtui.model import Activity, AlertState, EventBody, Incident, Phase, Severity, State, alert_key
from qualtui.text.message import Saying, Text, message

RESOLVED_KEPT = 100  # incidents
SAME = 600.0  # s after its end in which what fires again has its old number
_ENDS = frozenset({"resolved", "fixed"})  # kinds of notices after which no end is due


class RuleChanged(EventBody, frozen=True, tag="rule.changed"):
    """A rule changed its phase or severity for one agent: the transition that incidents and notices follow.

    `number` is the incident's short number, given when it starts to fire; 0 while pending.
    `since` is when the condition began to hold.
    """

    rule: str
    agent: str
    old: Phase
    new: Phase
    severity: Severity
    reason: Saying
    since: float
    number: int = 0
    value: float | None = None
    summary: Saying = ""
    cause: Saying = ""  # the root cause at that moment
    fix: str = ""  # what was offered at that moment
    runbook: Saying = ""
    root: str = ""  # the kind of that cause


def _changed(state: State, body: RuleChanged) -> State:
    key = alert_key(body.rule, body.agent)
    before = state.alerts.get(key)
    number = _own_number(state, body)
    if before is not None and before.number and (body.new is not Phase.FIRING or number != before.number):
        # Also where the rule went inactive without an event: an incident never outlives its alert.
        state = _resolved(state, before.number)
    elif body.new is Phase.RESOLVED:
        state = _resolved(state, number)
    if body.new not in {Phase.PENDING, Phase.FIRING}:
        return replace(state, alerts=without(state.alerts, key))
    if body.new is Phase.PENDING:
        number = 0
    alert = AlertState(body.rule, body.agent, body.new, body.severity, body.since, number)
    state = replace(state, alerts={**state.alerts, key: alert})
    return _fired(state, body) if number else state


def _own_number(state: State, body: RuleChanged) -> int:
    """The number that the body gives; 0 where it is none, or another rule's."""
    taken = state.incidents.get(body.number)
    foreign = taken is not None and (taken.rule, taken.agent) != (body.rule, body.agent)
    return 0 if foreign or body.number < 0 else body.number


def _fired(state: State, body: RuleChanged) -> State:
    """The incident begins, or changes: worse, better, another reason."""
    old = state.incidents.get(body.number)
    if old is None:
        incident = Incident(
            body.number,
            body.rule,
            body.agent,
            body.severity,
            Phase.FIRING,
            body.since,
            state.at,
            body.summary or body.reason,
            cause=body.cause,
            root=body.root,
            value=body.value,
            fix=body.fix,
            runbook=body.runbook,
            changes=1,
            members={alert_key(body.rule, body.agent): 0.0},
        )
    else:
        incident = replace(
            old,
            severity=body.severity,
            phase=Phase.FIRING,
            resolved_at=None,
            summary=body.summary or old.summary,
            cause=body.cause or old.cause,
            root=body.root if body.cause else old.root,
            value=body.value,
            fix=body.fix,
            runbook=body.runbook or old.runbook,
            changes=old.changes + 1,
        )
    return replace(
        state,
        incidents={**state.incidents, body.number: incident},
        next_number=max(state.next_number, body.number + 1),
    )


def _resolved(state: State, number: int) -> State:
    old = state.incidents.get(number)
    if old is None or old.phase is Phase.RESOLVED:
        return state
    members = {key: ended or state.at for key, ended in old.members.items()}
    ended = replace(old, phase=Phase.RESOLVED, resolved_at=state.at, changes=old.changes + 1, members=members)
    # Put last, so that the resolved ones stand in the order of their end.
    incidents = {**without(state.incidents, number), number: ended}
    return replace(state, incidents=INCIDENTS.of(incidents, state.at))


def at_rest(incident: Incident, now: float) -> bool:
    """Whether an incident decides nothing any more: no notice of its end is due, and nothing opens it again."""
    if incident.resolved_at is None or incident.phase is not Phase.RESOLVED or incident.flaps:
        return False
    due = incident.last is not None and incident.last.kind not in _ENDS
    return not due and abs(now - incident.resolved_at) > SAME


def _resting(incidents: dict[int, Incident], now: float) -> list[int]:
    return [number for number, incident in incidents.items() if at_rest(incident, now)]


def _line(state: State, at: float, body: RuleChanged) -> Activity | None:
    """First time, worse, better or resolved; None where only the reason changed, and for what is pending."""
    alert = state.alerts.get(alert_key(body.rule, body.agent))
    number = body.number or (alert.number if alert else 0)
    incident = state.incidents.get(number)
    what = safe(body.summary or (incident.summary if incident else "") or f"{body.rule} {body.agent}")
    if body.new is Phase.RESOLVED:
        since = incident.since if incident else body.since
        text = message("resolved after {time:span}: {what}", time=at - since, what=what)
        return Activity(at, OURSELVES, text, number)
    if body.new is not Phase.FIRING:
        return None
    if incident is None or incident.phase is not Phase.FIRING:
        return Activity(at, OURSELVES, what, number, body.severity)
    level = LEVELS[body.severity]
    if body.severity.rank > incident.severity.rank:
        text = message("worse, now {level}: {what}", level=level, what=what)
    elif body.severity.rank < incident.severity.rank:
        text = message("better, now {level}: {what}", level=level, what=what)
    else:
        return None
    return Activity(at, OURSELVES, text, number, body.severity)


LEVELS: dict[Severity, Text] = {
    Severity.CRITICAL: message("CRITICAL"),
    Severity.WARNING: message("WARNING"),
    Severity.INFO: message("INFO"),
}

INCIDENTS: Kept[int, Incident] = Kept(
    "incidents",
    "one that is open, or was just now, is notified, owned, fixed and opened again",
    RESOLVED_KEPT,
    _resting,
)

FAMILY = Family(
    kinds=(EventKind(RuleChanged, apply=_changed, line=_line, number=lambda body: body.number, version=2),),
    kept=(Kept("alerts", "`for` and the end of an incident rest on each alert"), INCIDENTS),
    upcasts={("rule.changed", 1): renamed_fields},
)
