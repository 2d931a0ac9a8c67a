"""Commands that poll: every probe now, and the doctor."""

from qualtui.engine.commands.context import CommandContext
from qualtui.text.message import message
from qualtui.wire import Answer, Done, Refresh, RunDoctor


async def refresh(context: CommandContext, ask: Refresh, who: str) -> Answer:
    """Poll every probe now."""
    del ask, who
    context.refresh()
    return Done(message("polling every probe now"))


async def doctor(context: CommandContext, ask: RunDoctor, who: str) -> Answer:
    """Check every link and permission; change nothing."""
    del ask, who
    return await context.doctor()
