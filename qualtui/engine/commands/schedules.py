"""Commands on scheduled fixes: schedule, cancel."""

import secrets

from qualtui.engine.commands.context import CommandContext
from qualtui.engine.journal import Entry
from qualtui.eventlog.schedules import FixScheduled, ScheduleEnded
from qualtui.model import Schedule, State
from qualtui.text.message import message
from qualtui.wire import Answer, CancelSchedule, Done, Preview, Refused, ScheduleFix

OVERDUE = 600.0  # s after which a schedule that was not done is a page again


async def schedule(context: CommandContext, ask: ScheduleFix, who: str) -> Answer:
    """Schedule a fix for the time at which its preview says that it may run."""
    shown = await context.fixes.preview(ask.agent, ask.fix, "", ask.number)
    if not isinstance(shown, Preview):
        return shown
    if not shown.later_at:
        return Refused(message("nothing to schedule: no one waits for contact hours"))
    taken: Schedule | None = None

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal taken
        same = (one for one in state.schedules.values() if (one.fix, one.agent) == (ask.fix, ask.agent))
        taken = next(same, None)
        if taken is not None:
            return ()
        name, due = secrets.token_hex(4), shown.later_at
        body = FixScheduled(name, ask.fix, ask.agent, who, due, due + OVERDUE, shown.later, ask.number)
        return ((body, f"schedule/{name}"),)

    await context.journal.decide(decision)
    if taken is not None:
        return Refused(message("{who} has scheduled {fix} already", who=taken.who, fix=taken.fix))
    left = max(0.0, shown.later_at - context.clock())
    return Done(message("answers {count:whole} in {time:span}; x cancels it", count=shown.later, time=left))


async def cancel(context: CommandContext, ask: CancelSchedule, who: str) -> Answer:
    """Cancel a schedule; without a name, the only one."""
    found: Schedule | None = None
    several = 0

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal found, several
        several = len(state.schedules)
        if ask.id:
            found = state.schedules.get(ask.id)
        elif len(state.schedules) == 1:
            found = next(iter(state.schedules.values()))
        if found is None:
            return ()
        return ((ScheduleEnded(found.id, who, cancelled=True), f"schedule/{found.id}/end"),)

    await context.journal.decide(decision)
    if found is None and not ask.id:
        if several:
            return Refused(message("{n:whole} are scheduled; name one: qualtui fix schedule list", n=several))
        return Refused(message("nothing is scheduled"))
    if found is None:
        return Refused(message("no such schedule: it has begun or was cancelled"))
    return Done(message("the scheduled {fix} is cancelled", fix=found.fix))
