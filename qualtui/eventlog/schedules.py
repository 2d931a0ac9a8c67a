"""Fixes that a person scheduled: answers that wait for contact hours."""

from msgspec.structs import replace

from qualtui.eventlog.family import EventKind, Family, Kept, safe, without
from qualtui.model import Activity, EventBody, Schedule, Severity, State
from qualtui.text import clean
from qualtui.text.message import Saying, message


class FixScheduled(EventBody, frozen=True, tag="fix.scheduled"):
    """A fix runs at a time, for `count` customers as it looks now. Not done by `overdue_at`: a page."""

    id: str
    fix: str
    agent: str
    who: str
    due_at: float
    overdue_at: float
    count: int = 0
    number: int = 0


class ScheduleEnded(EventBody, frozen=True, tag="fix.schedule_ended"):
    """Written before a scheduled fix begins, or when a person cancels it (`cancelled`)."""

    id: str
    who: str
    cancelled: bool = False


class ScheduleFailed(EventBody, frozen=True, tag="fix.schedule_failed"):
    """A scheduled fix could not run when its time had come."""

    fix: str
    who: str
    number: int
    reason: Saying


def _scheduled(state: State, body: FixScheduled) -> State:
    one = Schedule(
        body.id, body.fix, body.agent, body.who, body.due_at, body.count, body.number, overdue_at=body.overdue_at
    )
    state = replace(state, schedules={**state.schedules, body.id: one})
    return _overdue(state, body.number, body.overdue_at)


def _ended(state: State, body: ScheduleEnded) -> State:
    old = state.schedules.get(body.id)
    if old is None:
        return state
    state = replace(state, schedules=without(state.schedules, body.id))
    return _overdue(state, old.number, 0.0) if body.cancelled else state


def _overdue(state: State, number: int, at: float) -> State:
    incident = state.incidents.get(number)
    if incident is None:
        return state
    return replace(state, incidents={**state.incidents, number: replace(incident, overdue_at=at)})


def _scheduled_line(_state: State, at: float, body: FixScheduled) -> Activity:
    text = message(
        "schedules {fix} on {agent} in {time:span}, for {count:whole} customers",
        fix=clean(body.fix),
        agent=clean(body.agent),
        time=max(0.0, body.due_at - at),
        count=body.count,
    )
    return Activity(at, clean(body.who), text, body.number)


def _ended_line(state: State, at: float, body: ScheduleEnded) -> Activity | None:
    old = state.schedules.get(body.id)
    if old is None:
        return None
    fix = clean(old.fix)
    if body.cancelled:
        return Activity(at, clean(body.who), message("cancels the scheduled {fix}", fix=fix), old.number)
    return Activity(at, clean(body.who), message("the scheduled {fix} begins", fix=fix), old.number)


def _failed_line(_state: State, at: float, body: ScheduleFailed) -> Activity:
    text = message("the scheduled {fix} did not run: {reason}", fix=clean(body.fix), reason=safe(body.reason))
    return Activity(at, clean(body.who), text, body.number, Severity.WARNING)


SCHEDULES: Kept[str, Schedule] = Kept("schedules", "it has not begun, and was not cancelled")

FAMILY = Family(
    kinds=(
        EventKind(FixScheduled, apply=_scheduled, line=_scheduled_line, number=lambda body: body.number),
        EventKind(ScheduleEnded, apply=_ended, line=_ended_line),
        EventKind(ScheduleFailed, line=_failed_line, number=lambda body: body.number),
    ),
    kept=(SCHEDULES,),
)
