"""Commands about agents."""

from qualtui.engine.commands.context import CommandContext
from qualtui.text.message import message
from qualtui.wire import DETAILS, Agents, Answer, Refused, ShowAgents


async def show(context: CommandContext, ask: ShowAgents, who: str) -> Answer:
    """The details of some agents, as of now."""
    del who
    if len(ask.agents) > DETAILS:
        return Refused(message("at most {most} agents at once", most=DETAILS))
    return Agents(context.details(ask.agents, ask.figures))
