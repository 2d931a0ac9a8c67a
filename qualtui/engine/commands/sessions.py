"""Commands on sessions: list them."""

from qualtui.engine.commands.context import CommandContext
from qualtui.wire import Answer, ListSessions


async def listed(context: CommandContext, ask: ListSessions, who: str) -> Answer:
    """Return the states of an agent's sessions, and its active sessions."""
    del who
    return await context.sessions(ask)
