"""The command on the day: answered so far, beside what is usual for the weekday."""

from qualtui.config.hours import zone_of
from qualtui.engine.commands.context import CommandContext
from qualtui.series.today import spans, usual, weekday
from qualtui.store.errors import StoreError
from qualtui.text.message import message
from qualtui.wire import Answer, Refused, ShowToday, Today


async def show(context: CommandContext, ask: ShowToday, who: str) -> Answer:
    """Return the messages answered in time since midnight, and the median of this weekday by this time of day."""
    del who
    if ask.agent not in context.agents:
        return Refused(message("name the agent: {known}", known=", ".join(context.agents)))
    now, zone = context.clock(), zone_of(context.config.screen.zone or "UTC")  # as the screen does
    try:
        today, *before = await context.answered(ask.agent, spans(now, zone))
    except StoreError as error:
        return Refused(message("can't read the past: {reason}", reason=error.text))
    if today.count is None:
        return Refused(message("it is not known yet how many were answered today"))
    known = [one for one in before if one.count is not None]
    rows = sum(one.from_rows for one in known)
    return Today(ask.agent, today.count, weekday(now, zone), usual(one.count for one in known), rows)
