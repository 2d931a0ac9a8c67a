"""The beat: once a second windows get what time alone changed, and the engine looks after its socket."""

import asyncio
from collections.abc import Callable

from qualtui.engine.journal import Journal
from qualtui.engine.publisher import PACE, ROUND, Publisher
from qualtui.engine.server import Server
from qualtui.eventlog.engine import Remade
from qualtui.text.message import message

BEAT = 1.0  # s between snapshots when nothing happens
LAST_WINDOW = 10.0  # s that an engine beside a window outlives its last window


class Beat:
    """`beside`: the engine was started by a window, and `alone` ends it some seconds after its last one."""

    def __init__(
        self,
        journal: Journal,
        server: Server,
        windows: Publisher,
        clock: Callable[[], float],
        alone: Callable[[str], None],
        *,
        beside: bool,
    ) -> None:
        self._journal = journal
        self._server = server
        self._windows = windows
        self._clock = clock
        self._alone = alone
        self._beside = beside

    async def run(self, agents: Callable[[], tuple[str, ...]]) -> None:
        """Beat until cancelled. `agents`: those that are watched now."""
        alone_since, remade = self._clock(), 0
        while True:
            await asyncio.sleep(BEAT)
            if self._server.remade > remade:
                remade = self._server.remade
                what = message("the socket was removed by another program; it was made again")
                await self._journal.append((Remade(what), ""))
            if self._server.watched:
                self._windows.publish(max(PACE, len(agents()) // ROUND))
            if self._server.windows:
                alone_since = self._clock()
            elif self._beside and self._clock() - alone_since > LAST_WINDOW:
                self._alone("its last window is gone")
