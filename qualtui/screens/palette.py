"""What the command palette offers: every key's action, the agents, and the demo's faults."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider


class Command(NamedTuple):
    """An entry of the palette."""

    title: str
    run: Callable[[], Awaitable[None] | None]


class Commands(Provider):
    """Asks the app for its commands."""

    async def startup(self) -> None:
        """Collects the entries once: the demo is asked which faults it has."""
        offered = getattr(self.app, "commands", None)
        self._commands: list[Command] = await offered() if offered is not None else []

    async def discover(self) -> Hits:
        """All entries, before anything is typed."""
        for command in self._commands:
            yield DiscoveryHit(command.title, command.run, text=command.title)

    async def search(self, query: str) -> Hits:
        """The entries that match."""
        matcher = self.matcher(query)
        for command in self._commands:
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, matcher.highlight(command.title), command.run, text=command.title)
