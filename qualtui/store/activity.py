"""Events as lines for people: who did what, what was sent where. Pending rules and single sends are not told."""

from collections.abc import Callable
from typing import Any

from qualtui.model import (
    Acknowledged,
    Activity,
    BacklogMarked,
    CauseRevised,
    ClockStepped,
    ConfigRead,
    CustomerClosed,
    EngineStarted,
    EngineStopped,
    Event,
    FixFinished,
    FixStarted,
    FixStopped,
    Incident,
    Noted,
    NoticeDelivered,
    NoticeFailed,
    Phase,
    Released,
    Remade,
    RuleChanged,
    Severity,
    State,
    StoreRenewed,
    alert_key,
)
from qualtui.text import _, clean, plural, span

OURSELVES = "qualtui"  # who, where no person did it


def line(state: State, event: Event) -> Activity | None:
    """The line for an event, given the State before it; None where it is not worth one."""
    tell = _LINES.get(type(event.body))
    return None if tell is None else tell(state, event.at, event.body)


def _rule(state: State, at: float, body: RuleChanged) -> Activity | None:
    standing = state.standing.get(alert_key(body.rule, body.agent))
    number = body.number or (standing.number if standing else 0)
    incident = state.incidents.get(number)
    what = clean(body.summary or (incident.summary if incident else "") or f"{body.rule} {body.agent}")
    if body.new is Phase.FIRING:
        text = _firing(incident, body, what)
    elif body.new is Phase.RESOLVED:
        text = _("resolved after {time}: {what}").format(
            time=span(at - (incident.since if incident else body.since)), what=what
        )
    else:
        return None
    if not text:
        return None
    severity = Severity.INFO if body.new is Phase.RESOLVED else body.severity
    return Activity(at, OURSELVES, clean(text), number, severity)


def _firing(incident: Incident | None, body: RuleChanged, what: str) -> str:
    """First time, worse or better; empty where only the reason changed."""
    level = _level(body.severity)
    if incident is None or incident.phase is not Phase.FIRING:
        return what
    if body.severity.rank > incident.severity.rank:
        return _("worse, now {level}: {what}").format(level=level, what=what)
    if body.severity.rank < incident.severity.rank:
        return _("better, now {level}: {what}").format(level=level, what=what)
    return ""


def _level(severity: Severity) -> str:
    return {
        Severity.CRITICAL: _("CRITICAL"),
        Severity.WARNING: _("WARNING"),
        Severity.INFO: _("INFO"),
    }[severity]


def _revised(_state: State, at: float, body: CauseRevised) -> Activity:
    return Activity(at, OURSELVES, clean(_("cause revised: {cause}").format(cause=body.cause)), body.number)


def _acknowledged(_state: State, at: float, body: Acknowledged) -> Activity:
    return Activity(at, clean(body.who), _("has got it"), body.number)


def _released(_state: State, at: float, body: Released) -> Activity:
    return Activity(at, clean(body.who), _("gave it back"), body.number)


def _noted(_state: State, at: float, body: Noted) -> Activity:
    return Activity(at, clean(body.who), clean(_("note: {text}").format(text=body.text)), body.number)


def _delivered(state: State, at: float, body: NoticeDelivered) -> Activity | None:
    notice = state.notices.get(body.key)
    if notice is None:
        return None
    text = _("told {target}: {title}").format(target=notice.target, title=notice.title)
    return Activity(at, OURSELVES, clean(text), notice.number)


def _not_delivered(state: State, at: float, body: NoticeFailed) -> Activity | None:
    notice = state.notices.get(body.key)
    if notice is None or body.retry_at is not None:
        return None
    text = _("could not tell {target}, given up: {reason}").format(target=notice.target, reason=body.reason)
    return Activity(at, OURSELVES, clean(text), notice.number, Severity.WARNING)


def _fix_started(_state: State, at: float, body: FixStarted) -> Activity:
    text = _("takes back {fix} on {agent}") if body.undoes else _("starts {fix} on {agent}")
    return Activity(at, clean(body.who), clean(text.format(fix=body.fix, agent=body.agent)), body.number)


def _fix_finished(state: State, at: float, body: FixFinished) -> Activity | None:
    run = state.runs.get(body.run)
    if run is None:
        return None
    text = f"{run.fix}: {body.summary or body.outcome}"
    severity = Severity.INFO if body.outcome in {"ok", "nothing", "stopped"} else Severity.WARNING
    return Activity(at, clean(run.who), clean(text), run.number, severity)


def _fix_stopped(state: State, at: float, body: FixStopped) -> Activity | None:
    run = state.runs.get(body.run)
    if run is None:
        return None
    text = _("stops {fix} on {agent}").format(fix=run.fix, agent=run.agent)
    return Activity(at, clean(body.who), clean(text), run.number)


def _started(_state: State, at: float, body: EngineStarted) -> Activity:
    text = _("engine {version} started on {host} (pid {pid})")
    return Activity(at, OURSELVES, clean(text.format(version=body.version, host=body.host, pid=body.pid)))


def _stopped(_state: State, at: float, body: EngineStopped) -> Activity:
    return Activity(at, OURSELVES, clean(_("engine stopped: {reason}").format(reason=body.reason)))


def _config(_state: State, at: float, body: ConfigRead) -> Activity:
    if body.taken:
        return Activity(at, OURSELVES, _("configuration read"))
    text = _("configuration refused, the old one stays: {problem}").format(problem=body.problem)
    return Activity(at, OURSELVES, clean(text), severity=Severity.WARNING)


def _backlog(_state: State, at: float, body: BacklogMarked) -> Activity:
    text = plural(
        "{agent}: {count} customer silent for over a day before the first start is backlog",
        "{agent}: {count} customers silent for over a day before the first start are backlog",
        body.count,
    )
    return Activity(at, OURSELVES, clean(text.format(agent=body.agent, count=body.count)))


def _closed(_state: State, at: float, body: CustomerClosed) -> Activity:
    text = _("answered a customer of {agent} by hand: {reason}").format(agent=body.agent, reason=body.reason)
    return Activity(at, clean(body.who), clean(text))


def _stepped(_state: State, at: float, body: ClockStepped) -> Activity:
    text = _("this machine's clock was set back by {time}").format(time=span(body.by))
    return Activity(at, OURSELVES, text, severity=Severity.WARNING)


def _renewed(_state: State, at: float, body: StoreRenewed) -> Activity:
    return Activity(at, OURSELVES, clean(f"{body.why}; {body.done}", 400), severity=Severity.WARNING)


def _remade(_state: State, at: float, body: Remade) -> Activity:
    return Activity(at, OURSELVES, clean(body.what), severity=Severity.WARNING)


# Each takes the body of the type it stands under: the table's type can't say so.
_LINES: dict[type, Callable[[State, float, Any], Activity | None]] = {
    RuleChanged: _rule,
    CauseRevised: _revised,
    Acknowledged: _acknowledged,
    Released: _released,
    Noted: _noted,
    NoticeDelivered: _delivered,
    NoticeFailed: _not_delivered,
    FixStarted: _fix_started,
    FixFinished: _fix_finished,
    FixStopped: _fix_stopped,
    EngineStarted: _started,
    EngineStopped: _stopped,
    ConfigRead: _config,
    BacklogMarked: _backlog,
    CustomerClosed: _closed,
    ClockStepped: _stepped,
    StoreRenewed: _renewed,
    Remade: _remade,
}
