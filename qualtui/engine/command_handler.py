"""Executes the commands of windows and of the command line."""

from qualtui.config.values import Config
from qualtui.engine.command_registry import spec_of
from qualtui.engine.commands.context import CommandContext
from qualtui.text import clean
from qualtui.text.message import message
from qualtui.wire import Answer, Refused, Request


class CommandHandler:
    """Finds a request's command in the registry; each answer is a value, a refusal too."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context

    def use(self, agents: tuple[str, ...], targets: tuple[str, ...], config: Config | None = None) -> None:
        """Takes the names of a new configuration, and what commands read of it."""
        self._context.agents, self._context.targets = agents, targets
        self._context.config = config or self._context.config

    async def answer(self, request: Request) -> Answer:
        """Execute a request's command."""
        spec = spec_of(request.ask)
        if spec is None:
            return Refused(message("this engine does not know this command; is it older than the window?"))
        agent = getattr(request.ask, "agent", "")
        if agent and agent not in self._context.agents:
            known = ", ".join(self._context.agents)
            return Refused(message("no agent '{name}'; there is: {known}", name=clean(agent, 40), known=known))
        return await spec.handler(self._context, request.ask, clean(request.who, 40) or "?")
