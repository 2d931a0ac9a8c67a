"""The fold: what the log's events mean. Pure; a frozen State in, a frozen State out, nothing changed in place."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from qualtui.model import (
    Acknowledged,
    AlertState,
    BacklogMarked,
    CauseRevised,
    ClockStepped,
    ClosedUntil,
    ClosingsEnded,
    CustomerClosed,
    Event,
    Failing,
    FixFinished,
    FixRun,
    FixStarted,
    FixStopped,
    Incident,
    Noted,
    Notice,
    NoticeDelivered,
    NoticeFailed,
    NoticeQueued,
    NoticeSending,
    Phase,
    Released,
    RuleChanged,
    State,
    alert_key,
)
from qualtui.store.activity import line
from qualtui.store.clock_step import stepped

# Raise it with each change of meaning: checkpoints of another version are folded anew.
FOLD_VERSION = 5

RESOLVED_KEPT = 100  # incidents
FINISHED_KEPT = 100  # notices that are no longer owed
RUNS_KEPT = 100  # beyond those that decide something
RUN_DECIDES = 86400.0  # s for which a run may be taken back
ACTIVITY_KEPT = 200

_K = TypeVar("_K")
_V = TypeVar("_V")


def fold_events(state: State, events: Iterable[Event]) -> State:
    """The State after all the events, in their order."""
    for event in events:
        state = apply(state, event)
    return state


def apply(state: State, event: Event) -> State:
    """The State after one more event. One that speaks of something unknown changes only seq, at, activity."""
    said = line(state, event)
    activity = state.activity if said is None else (*state.activity, said)[-ACTIVITY_KEPT:]
    state = replace(state, seq=event.seq, at=event.at, epoch=event.epoch, activity=activity)
    match event.body:
        case RuleChanged() as body:
            return _rule_changed(state, body)
        case CauseRevised() as body:
            return _cause_revised(state, body)
        case Acknowledged() | Released() | Noted() as body:
            return _incident_touched(state, body)
        case NoticeQueued() as body:
            return _notice_queued(state, body)
        case NoticeSending() | NoticeDelivered() | NoticeFailed() as body:
            return _notice_moved(state, body)
        case FixStarted() as body:
            return _fix_started(state, body)
        case FixFinished() as body:
            return _fix_finished(state, body)
        case FixStopped() as body:
            return _fix_stopped(state, body)
        case BacklogMarked() as body:
            return replace(state, backlog={**state.backlog, body.agent: body})
        case CustomerClosed() as body:
            return _customer_closed(state, body)
        case ClockStepped():
            return stepped(state)
        case ClosingsEnded() as body:
            ended = {f"{body.agent}/{lead}" for lead in body.leads}
            return replace(state, closed={key: one for key, one in state.closed.items() if key not in ended})
    return state


# --- rules and incidents ---


def _rule_changed(state: State, body: RuleChanged) -> State:
    key = alert_key(body.rule, body.agent)
    before = state.standing.get(key)
    number = _own_number(state, body)
    if before is not None and before.number and (body.new is not Phase.FIRING or number != before.number):
        # Also where the rule went inactive without a word: an incident never outlives its rule's standing.
        state = _resolved(state, before.number)
    elif body.new is Phase.RESOLVED:
        state = _resolved(state, number)
    if body.new not in {Phase.PENDING, Phase.FIRING}:
        return replace(state, standing=_without(state.standing, key))
    if body.new is Phase.PENDING:
        number = 0
    standing = AlertState(body.rule, body.agent, body.new, body.severity, body.since, number)
    state = replace(state, standing={**state.standing, key: standing})
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


def _cause_revised(state: State, body: CauseRevised) -> State:
    old = state.incidents.get(body.number)
    if old is None or old.phase is Phase.RESOLVED:
        return state
    new = replace(old, cause=body.cause, root=body.root, fix=body.fix)
    return replace(state, incidents={**state.incidents, body.number: new})


def _resolved(state: State, number: int) -> State:
    old = state.incidents.get(number)
    if old is None or old.phase is Phase.RESOLVED:
        return state
    ended = replace(old, phase=Phase.RESOLVED, resolved_at=state.at, changes=old.changes + 1)
    # Put last, so that the resolved ones stand in the order of their end.
    incidents = {**_without(state.incidents, number), number: ended}
    finished = [n for n, incident in incidents.items() if incident.phase is Phase.RESOLVED]
    return replace(state, incidents=_thinned(incidents, finished, RESOLVED_KEPT))


def _incident_touched(state: State, body: Acknowledged | Released | Noted) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    match body:
        case Acknowledged():
            new = replace(old, owner=body.who, owned_at=state.at)
        case Released():
            new = replace(old, owner="", owned_at=None)
        case Noted():
            new = replace(old, notes=(*old.notes, f"{body.who}: {body.text}"))
    return replace(state, incidents={**state.incidents, body.number: new})


# --- notices ---


def _notice_queued(state: State, body: NoticeQueued) -> State:
    if body.key in state.notices:
        return state
    notice = Notice(
        body.key, body.number, body.target, body.kind, body.severity, body.title, body.body, queued_at=state.at
    )
    incident = state.incidents.get(body.number)
    if incident is not None and body.target not in incident.told:
        heard = replace(incident, told=(*incident.told, body.target))
        state = replace(state, incidents={**state.incidents, body.number: heard})
    return replace(state, notices={**state.notices, body.key: notice})


def _notice_moved(state: State, body: NoticeSending | NoticeDelivered | NoticeFailed) -> State:
    old = state.notices.get(body.key)
    if old is None:
        return state
    state = replace(state, failing=_failing(state, old, body))
    if isinstance(body, NoticeSending):
        new = replace(old, status="sending", attempt=body.attempt)
    elif isinstance(body, NoticeDelivered):
        new = replace(old, status="delivered", attempt=body.attempt, reason="")
    elif body.retry_at is None:
        new = replace(old, status="failed", attempt=body.attempt, reason=body.reason)
    else:
        new = replace(old, status="queued", attempt=body.attempt, reason=body.reason, next_at=body.retry_at)
    state = _counted(state, old, new)
    if new.status not in {"delivered", "failed"}:
        return replace(state, notices={**state.notices, body.key: new})
    notices = {**_without(state.notices, body.key), body.key: new}
    finished = [key for key, notice in notices.items() if notice.status in {"delivered", "failed"}]
    return replace(state, notices=_thinned(notices, finished, FINISHED_KEPT))


def _failing(
    state: State, notice: Notice, body: NoticeSending | NoticeDelivered | NoticeFailed
) -> dict[str, Failing]:
    """The targets whose newest try failed; one that the configuration dropped unsent was not tried."""
    if isinstance(body, NoticeDelivered):
        return _without(state.failing, notice.target)
    if isinstance(body, NoticeSending) or notice.status != "sending":
        return state.failing
    before = state.failing.get(notice.target)
    since = before.since if before is not None else state.at
    return {**state.failing, notice.target: Failing(notice.target, since, body.reason)}


def _counted(state: State, old: Notice, new: Notice) -> State:
    """The state in which the incident knows what became of its notice: the notice itself is not kept for ever."""
    incident = state.incidents.get(new.number)
    if incident is None or old.status == new.status:
        return state
    counted = replace(
        incident,
        delivered=incident.delivered + (new.status == "delivered") - (old.status == "delivered"),
        failed=incident.failed + (new.status == "failed") - (old.status == "failed"),
    )
    return replace(state, incidents={**state.incidents, new.number: counted})


# --- fixes ---


def _fix_started(state: State, body: FixStarted) -> State:
    if body.run in state.runs:
        return state
    run = FixRun(
        body.run,
        body.fix,
        body.agent,
        body.who,
        state.at,
        subjects=body.subjects,
        number=body.number,
        undoes=body.undoes,
    )
    runs = {**state.runs, body.run: run}
    deciding = _deciding(runs, state.at)
    free = [key for key in runs if key not in deciding]
    return replace(state, runs=_thinned(runs, free, RUNS_KEPT - (len(runs) - len(free))))


def _deciding(runs: dict[str, FixRun], now: float) -> set[str]:
    """Runs under way (in doubt after a kill), that may be taken back, and the newest of each fix of an agent.

    The last ones say what an incident has seen tried, however long it fires.
    """
    newest = {(one.agent, one.fix): key for key, one in runs.items()}
    kept = {key for key, one in runs.items() if one.finished_at is None or now - one.started_at <= RUN_DECIDES}
    return kept | set(newest.values())


def _fix_finished(state: State, body: FixFinished) -> State:
    old = state.runs.get(body.run)
    if old is None:
        return state
    new = replace(old, finished_at=state.at, outcome=body.outcome, summary=body.summary, done=body.done)
    runs = {**state.runs, body.run: new}
    undone = runs.get(new.undoes)
    if undone is not None and new.outcome == "ok":
        runs[new.undoes] = replace(undone, undone_by=new.run)
    return replace(state, runs=runs)


def _fix_stopped(state: State, body: FixStopped) -> State:
    old = state.runs.get(body.run)
    if old is None or old.stopped_by:
        return state
    return replace(state, runs={**state.runs, body.run: replace(old, stopped_by=body.who)})


# --- customers ---


def _customer_closed(state: State, body: CustomerClosed) -> State:
    key = f"{body.agent}/{body.lead}"
    before = state.closed.get(key)
    if before is not None and before.upto >= body.upto:
        return state
    return replace(state, closed={**state.closed, key: ClosedUntil(body.upto, state.at)})


# --- dicts that are never changed in place ---


def _without(values: dict[_K, _V], key: _K) -> dict[_K, _V]:
    return {k: v for k, v in values.items() if k != key} if key in values else values


def _thinned(values: dict[_K, _V], finished: list[_K], keep: int) -> dict[_K, _V]:
    """The values without the oldest finished ones that are too many."""
    drop = set(finished[: max(0, len(finished) - max(0, keep))])
    return {k: v for k, v in values.items() if k not in drop} if drop else values
