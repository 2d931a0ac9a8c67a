"""What the command palette offers: every key's action, the agents, and the demo's faults."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider

from qualtui.screens.engine_port import FaultSwitches, Say
from qualtui.screens.feed import Feed
from qualtui.text import _
from qualtui.widgets.line import safe

Run = Callable[[], Awaitable[None] | None]


class PaletteCommand(NamedTuple):
    """An entry of the palette."""

    title: str
    run: Run


class PaletteCommands(Provider):
    """Asks the app for its commands."""

    async def startup(self) -> None:
        """Collect the entries once; request the list of faults from the demo."""
        offered = getattr(self.app, "commands", None)
        self._commands: list[PaletteCommand] = await offered() if offered is not None else []

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


class Offer:
    """The entries beyond the keys' own: other agents, and the demo's faults."""

    def __init__(self, feed: Feed, faults: FaultSwitches | None, say: Say) -> None:
        self._feed = feed
        self._faults = faults
        self._say = say

    async def commands(
        self, named: Sequence[tuple[str, Run]], last: Sequence[tuple[str, Run]] = ()
    ) -> list[PaletteCommand]:
        """The keys' actions, then one entry an agent where there are several, then the faults; `last` is last."""
        found = [PaletteCommand(title, run) for title, run in named]
        snapshot = self._feed.sight.snapshot
        agents = snapshot.agents if snapshot else ()
        if len(agents) > 1:
            for agent in agents:
                title = _("Show agent {name}").format(name=safe(agent.name, 60))
                found.append(PaletteCommand(title, self._chooser(agent.name)))
        return [*found, *await self._fault_commands(), *(PaletteCommand(title, run) for title, run in last)]

    def _chooser(self, agent: str) -> Callable[[], None]:
        return lambda: self._feed.choose(agent=agent)

    async def _fault_commands(self) -> list[PaletteCommand]:
        if self._faults is None:
            return []
        try:
            async with asyncio.timeout(2):
                faults = await self._faults.list()
        except (OSError, TimeoutError):
            return []
        return [self._fault_command(self._faults, name, on) for name, on in faults.items()]

    def _fault_command(self, faults: FaultSwitches, name: str, on: bool) -> PaletteCommand:
        title = _("Fault: {name} off") if on else _("Fault: {name} on")

        async def switch() -> None:
            try:
                async with asyncio.timeout(5):
                    await faults.set(name, not on)
            except (OSError, TimeoutError):
                self._say(_("The demo did not answer. The fault is unchanged."), "warn")
                return
            done = _("Fault {name} is on") if not on else _("Fault {name} is off")
            self._say(done.format(name=safe(name, 60)), "label")

        return PaletteCommand(title.format(name=safe(name, 60)), switch)
