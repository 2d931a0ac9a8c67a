"""Commands about agents."""

from qualtui.engine.commands.context import CommandContext
from qualtui.text.message import message
from qualtui.wire import DETAILS, FEW, Agents, Answer, Refused, ShowAgents


async def show(context: CommandContext, ask: ShowAgents, who: str) -> Answer:
    """The details of some agents, as of now."""
    del who
    most = DETAILS * FEW if 0 < len(ask.figures) <= FEW else DETAILS
    if len(ask.agents) > most:
        return Refused(message("at most {most} agents at once", most=most))
    return Agents(context.details(ask.agents, ask.figures))
