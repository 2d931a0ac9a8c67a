"""A stand-in for the engine's connection: snapshots are pushed by the test, asks are recorded and answered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Self

from qualtui.app import QualtuiApp
from qualtui.client import ClientError
from qualtui.screens.engine_port import FaultSwitches, StoryTeller
from qualtui.screens.overview_past import ANSWERED, CHAIN, MINUTES, REPLIES
from qualtui.screens.window_app import WindowApp
from qualtui.widgets.look import Look
from qualtui.widgets.table import Table
from qualtui.wire import Answer, Command, Done, ListCustomers, ShowHistory, ShowToday, Snapshot, Subscribe
from qualtui.wire.commands import Capability
from tests import snapshots

OVERVIEW = {CHAIN, (ANSWERED,), (REPLIES,), (MINUTES,)}


class Clock:
    """A clock that stands until it is moved; both the time of day and the monotonic one."""

    def __init__(self, at: float = snapshots.AT) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


class StandIn:
    """Connects like a Client. `refuse`: the next connections fail; `answers`: what an ask of a type is told."""

    def __init__(self, first: Snapshot | None = None) -> None:
        self._queue: asyncio.Queue[Snapshot | None] = asyncio.Queue()
        self._first = first
        self.wanted: list[Subscribe] = []
        self.asked: list[Command] = []
        self.read: list[Command] = []  # what the overview reads of itself, without a key
        self.answers: dict[type, Callable[[Command], Answer] | Answer | Exception] = {}
        self.refuse = False
        self.ahead = 0.0
        self.capability = Capability.ADMINISTER
        self.connections = 0

    def __call__(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        if self.refuse:
            raise ClientError("no engine answers: nobody listens")
        self.connections += 1
        if self._first is not None:
            self.push(self._first)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def push(self, snapshot: Snapshot) -> None:
        """The engine sends a snapshot."""
        self._queue.put_nowait(snapshot)

    def drop(self) -> None:
        """The engine goes away, and does not come back."""
        self.refuse = True
        self._queue.put_nowait(None)

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        """As the test pushes them."""
        while True:
            snapshot = await self._queue.get()
            if snapshot is None:
                raise ClientError("the engine closed the connection")
            yield snapshot

    def subscribe(self, wanted: Subscribe) -> None:
        """Records it; the test pushes what it likes."""
        self.wanted.append(wanted)

    async def ask(self, ask: Command, timeout: float = 20.0) -> Answer:
        """The answer that the test prepared."""
        past = isinstance(ask, ShowHistory) and ask.series in OVERVIEW
        (self.read if past or isinstance(ask, ListCustomers | ShowToday) else self.asked).append(ask)
        answer = self.answers.get(type(ask), Done("Done."))
        if isinstance(answer, Exception):
            raise answer
        return answer(ask) if callable(answer) else answer


def window(
    engine: StandIn,
    clock: Clock | None = None,
    *,
    look: Look | None = None,
    keys: dict[str, str] | None = None,
    faults: FaultSwitches | None = None,
    story: StoryTeller | None = None,
    incident: int | None = None,
    trouble: Callable[[], str] = str,
    patience: float = 0.0,
) -> QualtuiApp:
    """The window on a stand-in, at a fixed time; its dialogs obey keys at once, unless `patience` says more."""
    clock = clock or Clock()
    return QualtuiApp(
        engine, who="ana", look=look or Look(), keys=keys, faults=faults, story=story, incident=incident,
        clock=clock, ticks=clock, trouble=trouble, patience=patience,
    )  # fmt: skip


async def until(holds: Callable[[], bool | Awaitable[bool]], timeout: float = 5.0) -> None:
    """Waits on the loop until something holds."""
    async with asyncio.timeout(timeout):
        while True:
            told = holds()
            if told if isinstance(told, bool) else await told:
                return
            await asyncio.sleep(0.005)


def text(app: WindowApp) -> str:
    """What stands on the screen, row by row."""
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join(strip.text.rstrip() for strip in strips)


def tokens(app: WindowApp, what: str) -> set[str]:
    """The colours in which a text stands on the screen."""
    found = set()
    for strip in app.screen._compositor.render_strips(app.size):
        for segment in strip:
            if what in segment.text and segment.style is not None and segment.style.color is not None:
                found.add(segment.style.color.name)
    return found


def table(app: QualtuiApp, name: str = "#incidents") -> Table:
    """A table of the page on top."""
    return app.screen.query_one(name, Table)
