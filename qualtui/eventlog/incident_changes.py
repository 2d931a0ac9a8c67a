"""Incidents: opened for a fault, joined by the alerts that it explains, resolved with the last of them."""

from msgspec.structs import replace

from qualtui.eventlog.alerts import INCIDENTS
from qualtui.eventlog.family import OURSELVES, EventKind, Family, safe, without
from qualtui.eventlog.flapping import returned
from qualtui.eventlog.incident_lead import firing_members, with_lead
from qualtui.eventlog.ownership import unowned
from qualtui.model import Activity, EventBody, Incident, Notified, Origin, Phase, Severity, State
from qualtui.text.message import Saying, message

FLAPPING = "flapping"  # as NoticeKind has it
RESOLVED = "resolved"
BEYOND_PLAN = frozenset({"worse", "growth"})  # kinds of notices about more than what was scheduled


class IncidentOpened(EventBody, frozen=True, tag="incident.opened"):
    """A new incident with its first alerts; `rule` to `runbook` are those of the leading one.

    `link` and `root` are the fault's; empty: the cause is unknown.
    """

    number: int
    agent: str
    alerts: tuple[str, ...]
    origin: Origin
    rule: str
    severity: Severity
    since: float
    summary: Saying = ""
    value: float | None = None
    runbook: Saying = ""
    link: str = ""
    root: str = ""
    cause: Saying = ""
    fix: str = ""


class AlertsJoined(EventBody, frozen=True, tag="incident.joined"):
    """More alerts belong to an open incident; `summary` and `severity` are those of the worst."""

    number: int
    alerts: tuple[str, ...]
    severity: Severity
    summary: Saying = ""


class CauseFound(EventBody, frozen=True, tag="incident.cause_found"):
    """A fault turns out to be what an incident of unknown cause is about."""

    number: int
    link: str
    root: str = ""
    cause: Saying = ""
    fix: str = ""


class CauseEnded(EventBody, frozen=True, tag="incident.cause_ended"):
    """The fault is over, and its effects are not: the incident stays open and takes no new fault."""

    number: int


class CauseReturned(EventBody, frozen=True, tag="incident.cause_returned"):
    """The fault is there again, soon after its end."""

    number: int


class IncidentReopened(EventBody, frozen=True, tag="incident.reopened"):
    """A resolved incident is open again under its number; `summary` and `severity` are those of the worst."""

    number: int
    alerts: tuple[str, ...]
    severity: Severity
    summary: Saying = ""


class IncidentResolved(EventBody, frozen=True, tag="incident.resolved"):
    """The last alert of an incident ended, or a person closed it. `quiet`: no one is notified."""

    number: int
    reason: Saying
    who: str = ""
    quiet: bool = False


class IncidentNotified(EventBody, frozen=True, tag="incident.notified"):
    """The notices of an incident were decided: why, how bad, how many customers waited."""

    number: int
    kind: str
    severity: Severity
    waiting: int | None = 0  # None: not known
    passed: bool = False  # a silence did not hold it back


class WaitingCounted(EventBody, frozen=True, tag="incident.counted"):
    """How many customers wait, which is known again: the notices before could not report it."""

    number: int
    waiting: int


def _open(state: State, body: IncidentOpened) -> State:
    if body.number in state.incidents or body.number <= 0:
        return state
    incident = Incident(
        body.number,
        body.rule,
        body.agent,
        body.severity,
        Phase.FIRING,
        body.since,
        state.at,
        body.summary,
        cause=body.cause,
        root=body.root,
        value=body.value,
        fix=body.fix,
        runbook=body.runbook,
        origin=body.origin,
        link=body.link,
        beginnings=(state.at,),
    )
    state = replace(
        state,
        incidents={**state.incidents, body.number: incident},
        next_number=max(state.next_number, body.number + 1),
    )
    return _joined(state, body.number, body.alerts, body.severity)


def _joined(state: State, number: int, keys: tuple[str, ...], severity: Severity) -> State:
    """The incident with these alerts, each of which leaves the incident that it was in."""
    incident = state.incidents.get(number)
    if incident is None:
        return state
    # What joins an incident that is over does not open it again.
    ended = 0.0 if incident.phase is Phase.FIRING else state.at
    members = {**incident.members, **dict.fromkeys(keys, ended)}
    alerts = {
        **state.alerts,
        **{key: replace(state.alerts[key], number=number) for key in keys if key in state.alerts},
    }
    worst = max(severity, incident.severity, key=lambda one: one.rank) if not ended else incident.severity
    # Corrected by the alerts themselves, where they are known.
    incidents = {**state.incidents, number: replace(incident, members=members, severity=worst)}
    return with_lead(replace(state, alerts=alerts, incidents=incidents), number)


def _found(state: State, body: CauseFound) -> State:
    old = state.incidents.get(body.number)
    if old is None or old.phase is not Phase.FIRING:
        return state
    new = replace(
        old,
        origin=Origin.FAULT,
        link=body.link,
        root=body.root or old.root,
        cause=body.cause or old.cause,
        fix=body.fix or old.fix,
        cause_ended_at=None,
        revision=old.revision + 1,
    )
    return with_lead(replace(state, incidents={**state.incidents, body.number: new}), body.number)


def _ended(state: State, body: CauseEnded) -> State:
    return _with(state, body.number, cause_ended_at=state.at)


def _returned(state: State, body: CauseReturned) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    return _with(state, body.number, cause_ended_at=None, beginnings=returned(old, state.at))


def _reopened(state: State, body: IncidentReopened) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    new = replace(
        old if old.flaps else unowned(old),  # who owns what flaps, or is called for it, goes on
        phase=Phase.FIRING,
        severity=body.severity,
        resolved_at=None,
        reopened_at=state.at,
        openings=old.openings + 1,
        cause_ended_at=None,
        overdue_at=old.overdue_at if old.flaps else 0.0,  # what was planned is over; this is new trouble
        beginnings=returned(old, state.at),
        flapping=old.flapping if old.flaps else None,
        about=old.about if old.flaps else None,
    )
    followed = [key for key, one in state.alerts.items() if one.number == body.number and key not in body.alerts]
    state = replace(state, incidents={**state.incidents, body.number: new})
    return _joined(state, body.number, (*body.alerts, *followed), body.severity)


def _resolved(state: State, body: IncidentResolved) -> State:
    old = state.incidents.get(body.number)
    if old is None or old.phase is Phase.RESOLVED:
        return state
    members = {key: ended or state.at for key, ended in old.members.items()}
    # What only followed it keeps the number: it belongs to no later incident.
    alerts = {
        key: replace(one, number=0) if one.number == body.number and not one.follows else one
        for key, one in state.alerts.items()
    }
    last = None if body.quiet else old.last
    ended = replace(
        old, phase=Phase.RESOLVED, resolved_at=state.at, changes=old.changes + 1, members=members, last=last
    )
    ended = replace(ended, escalation=old.escalation if old.flaps else None, snoozed_until=None)
    if old.about is not None and old.about.summary:
        ended = replace(ended, rule=old.about.rule, summary=old.about.summary)
    # Put last, so that the resolved ones stand in the order of their end.
    incidents = {**without(state.incidents, body.number), body.number: ended}
    return replace(state, alerts=alerts, incidents=INCIDENTS.of(incidents, state.at))


def _notified(state: State, body: IncidentNotified) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    before = old.reported
    worst = body.severity if before is None else max(body.severity, before.severity, key=lambda one: one.rank)
    known = [one for one in (body.waiting, before.waiting if before else None) if one is not None]
    last = Notified(body.kind, worst, state.at, max(known, default=None), old.revision, old.openings)
    flapping = old.flapping if old.flaps else None  # its end is reported with this
    if flapping is not None and body.kind == FLAPPING:
        flapping = replace(flapping, reported=True)
    # The plan does not cover what is worse, or more: people are called for it.
    news: dict[str, object] = {"overdue_at": 0.0} if body.kind in BEYOND_PLAN else {}
    if body.passed:
        news["passed_at"] = state.at
    if body.kind == RESOLVED:
        news = {"notified": (), "called": ()}  # they know of the end: that of a return is for those who hear of it
    return _with(state, body.number, last=last, decided=old.decided + 1, flapping=flapping, lapsed=False, **news)


def _counted(state: State, body: WaitingCounted) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    last, muted = old.last, old.muted
    if last is not None and last.waiting is None:
        last = replace(last, waiting=body.waiting)
    if muted is not None and muted.waiting is None:
        muted = replace(muted, waiting=body.waiting)
    return _with(state, body.number, last=last, muted=muted)


def _with(state: State, number: int, **fields: object) -> State:
    old = state.incidents.get(number)
    if old is None:
        return state
    return replace(state, incidents={**state.incidents, number: replace(old, **fields)})


def _opened_line(_state: State, at: float, body: IncidentOpened) -> Activity:
    return Activity(at, OURSELVES, safe(body.summary) or body.rule, body.number, body.severity)


def _joined_line(_state: State, at: float, body: AlertsJoined) -> Activity:
    text = message("also: {what}", what=safe(body.summary) or ", ".join(body.alerts))
    same = f"joined {' '.join(body.alerts)}"
    return Activity(at, OURSELVES, text, body.number, body.severity, same=same, returns=True)


def _found_line(_state: State, at: float, body: CauseFound) -> Activity | None:
    if not body.cause:
        return None
    return Activity(at, OURSELVES, message("cause found: {cause}", cause=safe(body.cause)), body.number)


def _ended_line(state: State, at: float, body: CauseEnded) -> Activity | None:
    incident = state.incidents.get(body.number)
    left = [one for one in firing_members(incident, state.alerts) if one.link != incident.link] if incident else []
    if not left:
        return None
    text = message("the cause is over, still open: {what}", what=safe(left[0].summary))
    return Activity(at, OURSELVES, text, body.number, same="cause")


def _returned_line(_state: State, at: float, body: CauseReturned) -> Activity:
    text = message("the cause is back")
    return Activity(at, OURSELVES, text, body.number, Severity.WARNING, same="cause", returns=True, count=1)


def _reopened_line(state: State, at: float, body: IncidentReopened) -> Activity:
    text = message("again: {what}", what=safe(body.summary) or ", ".join(body.alerts))
    same = _flapping(state, body.number)
    return Activity(at, OURSELVES, text, body.number, body.severity, same=same, returns=True, count=1)


def _resolved_line(state: State, at: float, body: IncidentResolved) -> Activity | None:
    incident = state.incidents.get(body.number)
    if incident is None or incident.phase is Phase.RESOLVED or body.quiet:
        return None
    what = safe(incident.title)
    if body.who:
        text = message("closed it, {reason}: {what}", reason=safe(body.reason), what=what)
    else:
        text = message("resolved after {time:span}: {what}", time=at - incident.since, what=what)
    same = "" if body.who else _flapping(state, body.number)
    return Activity(at, body.who or OURSELVES, text, body.number, same=same)


def _flapping(state: State, number: int) -> str:
    """What makes the ends and returns of an incident one line: that it flaps."""
    incident = state.incidents.get(number)
    return "flapping" if incident is not None and incident.flaps else ""


FAMILY = Family(
    kinds=(
        EventKind(IncidentOpened, apply=_open, line=_opened_line, number=lambda body: body.number),
        EventKind(
            AlertsJoined,
            apply=lambda state, body: _joined(state, body.number, body.alerts, body.severity),
            line=_joined_line,
            number=lambda body: body.number,
        ),
        EventKind(CauseFound, apply=_found, line=_found_line, number=lambda body: body.number),
        EventKind(CauseEnded, apply=_ended, line=_ended_line, number=lambda body: body.number),
        EventKind(CauseReturned, apply=_returned, line=_returned_line, number=lambda body: body.number),
        EventKind(IncidentReopened, apply=_reopened, line=_reopened_line, number=lambda body: body.number),
        EventKind(IncidentResolved, apply=_resolved, line=_resolved_line, number=lambda body: body.number),
        EventKind(IncidentNotified, apply=_notified, number=lambda body: body.number, version=2),
        EventKind(WaitingCounted, apply=_counted, number=lambda body: body.number),
    ),
    upcasts={("incident.notified", 1): dict},  # `waiting` could not be unknown
)
