"""The feed: keeps the connection to the engine, its subscription, and the ViewState that follows from them."""

import asyncio
from collections.abc import Callable

import msgspec

from qualtui.client import ClientError
from qualtui.screens.engine_port import Connect, EnginePort, StoryTeller
from qualtui.text import _, clean
from qualtui.text.message import message
from qualtui.widgets.view_state import ConnectionState, StoryLine, ViewState, criticals
from qualtui.wire import WORST, Answer, Command, Snapshot, Subscribe
from qualtui.wire.commands import LOOKS, Capability

SILENCE = 5.0  # seconds without a snapshot after which the engine counts as silent
FIRST_WAIT, LONGEST_WAIT = 0.3, 2.0  # seconds between tries to connect
STORY_BEAT, STORY_PATIENCE = 1.0, 2.0  # seconds between two looks at a demo's story, and for each
PATIENCE = 20.0  # seconds: an engine that was just started may need this long


class Feed:
    """Connects, receives, reconnects. `changed()` is called after every change of `sight`."""

    def __init__(
        self,
        connect: Connect,
        changed: Callable[[], None],
        *,
        clock: Callable[[], float],
        ticks: Callable[[], float],
        who: str = "",
        trouble: Callable[[], str] = str,
    ) -> None:
        self._connect = connect
        self._changed = changed
        self._clock = clock
        self._ahead = 0.0  # s, the engine's clock minus ours
        self._ticks = ticks
        self._trouble = trouble
        self._began = ticks()
        self._heard = ticks()
        self._port: EnginePort | None = None
        self._newest: Snapshot | None = None
        self._beside: tuple[str, ...] = ()  # agents that the page shows besides the one on the screen
        self._wanted = WORST  # what the engine was sent last
        self._paused_at: frozenset[int] = frozenset()
        self._may = True  # what the engine grants
        self.only_looks = False  # what this window was switched to
        self.sight = ViewState(since=clock(), who=who)

    async def run(self) -> None:
        """Until cancelled."""
        wait = FIRST_WAIT
        while True:
            try:
                async with self._connect() as port:
                    self._port = port
                    self._ahead = port.ahead
                    self._heard = self._ticks()
                    self._may = port.capability > Capability.VIEW
                    self._set(acts=self._may and not self.only_looks)
                    wait = FIRST_WAIT
                    self._wanted = WORST  # as a new connection begins
                    self._subscribe()
                    async for snapshot in port.snapshots():
                        self._took(snapshot)
            except (ClientError, OSError) as error:
                self._lost(clean(error.said if isinstance(error, ClientError) else error))
            else:
                self._lost(_("the engine closed the connection"))
            finally:
                self._port = None
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 1.5)

    def now(self) -> float:
        """This moment by the engine's clock, to which every time in a snapshot belongs."""
        return self._clock() + self._ahead

    async def ask(self, ask: Command, timeout: float = 20.0) -> Answer:
        """Return the engine's answer; raise ClientError if there is none, or this window only looks."""
        if self.only_looks and not isinstance(ask, LOOKS):
            raise ClientError(message("This window is switched to read-only: it changes nothing."))
        if self._port is None:
            raise ClientError(message("Engine not running: nothing was done."))
        return await self._port.ask(ask, timeout)

    def look_only(self, on: bool) -> bool:
        """Switch this window to read-only, or back; return whether it may change anything then."""
        self.only_looks = on
        self._set(acts=self._may and not on)
        return self.sight.acts

    def look(self) -> None:
        """Once a second: has the engine gone silent?"""
        if self._port is None or self.sight.bond in {ConnectionState.LOST, ConnectionState.SILENT}:
            return
        if self._ticks() - self._heard > SILENCE:
            since = self._newest.at if self._newest else self.now() - SILENCE
            self._set(bond=ConnectionState.SILENT, since=since)

    def pause(self) -> None:
        """The view stands still, or goes on."""
        if self.sight.paused is None:
            self._paused_at = criticals(self._newest)
            self._set(paused=self.now())
        else:
            self._set(paused=None, snapshot=self._newest)

    def choose(self, *, agent: str | None = None, literal: bool | None = None) -> None:
        """What the person wants to look at."""
        self._set(
            agent=self.sight.agent if agent is None else agent,
            literal=self.sight.literal if literal is None else literal,
        )
        self._subscribe()

    def show_beside(self, agents: tuple[str, ...]) -> None:
        """The agents that the page on top shows besides the one on the screen."""
        self._beside = agents
        self._subscribe()

    async def follow(self, story: StoryTeller) -> None:
        """Until the demo's story is over: its newest sentence, once a second."""
        line = StoryLine()
        while not line.over:
            try:
                async with asyncio.timeout(STORY_PATIENCE):
                    line = await story.newest()
            except (OSError, TimeoutError):
                pass  # the demo is only busy, or about to end with this window
            else:
                self._set(story=line)
            await asyncio.sleep(STORY_BEAT)

    def _subscribe(self) -> None:
        """Subscribes to the agents that are shown, where the engine does not know it yet."""
        agents = self._newest.agents if self._newest is not None else ()
        names = tuple(one.name for one in agents if one.name == self.sight.agent)
        wanted = Subscribe((*names, *self._beside), worst=0 if names else 1)
        if self._port is not None and wanted != self._wanted:
            self._wanted = wanted
            self._port.subscribe(wanted)

    def _took(self, snapshot: Snapshot) -> None:
        self._heard = self._ticks()
        self._newest = snapshot
        self._subscribe()
        since = self.sight.since if self.sight.bond is ConnectionState.LIVE else self.now()
        if self.sight.paused is not None and not criticals(snapshot) - self._paused_at:
            self._set(bond=ConnectionState.LIVE, reason="", since=since)
        else:
            self._set(bond=ConnectionState.LIVE, reason="", since=since, snapshot=snapshot, paused=None)

    def _lost(self, reason: str) -> None:
        if self._newest is None and self._ticks() - self._began < PATIENCE and not self._trouble():
            self._set(bond=ConnectionState.CONNECTING, reason=reason)
            return
        since = self._newest.at if self._newest else self.sight.since
        self._set(bond=ConnectionState.LOST, since=since, reason=clean(self._trouble()) or reason, paused=None)

    def _set(self, **changes: object) -> None:
        sight = msgspec.structs.replace(self.sight, **changes)
        if sight != self.sight:
            self.sight = sight
            self._changed()
