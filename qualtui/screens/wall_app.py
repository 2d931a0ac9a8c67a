"""The wall as a separate program: it only shows, has no right to change anything, and runs for weeks."""

import gc
import time
from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen

from qualtui.client import ClientError
from qualtui.screens.engine_port import Connect
from qualtui.screens.feed import Feed
from qualtui.screens.pages import PageContext
from qualtui.screens.terminal import TerminalGuard
from qualtui.screens.wall import WallPage
from qualtui.screens.window_app import WindowApp
from qualtui.widgets.bindings import binding
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ConnectionState
from qualtui.widgets.words import show_times_in
from qualtui.wire import Answer, Command

BEAT, AGES = 0.5, 1.0  # s between two looks at what is new, and after which ages are drawn again


class WallApp(WindowApp):
    """Four facts over the whole screen. Only `quit` and ctrl+c do anything."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [binding("quit", "exit", "quit"), Binding("ctrl+c", "exit", "quit")]
    TITLE = "qualtui"

    def __init__(
        self,
        connect: Connect,
        *,
        look: Look | None = None,
        guard: TerminalGuard | None = None,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """`connect` gives a connection each time it is called; `ticks` is monotonic."""
        super().__init__(look, guard, driver_class)
        self._feed = Feed(connect, self._changed, clock=clock, ticks=ticks)
        self._bond = ConnectionState.CONNECTING
        self._drawn = 0.0

    def action_exit(self) -> None:
        """The wall goes."""
        self.exit(0)

    def get_default_screen(self) -> Screen[None]:
        """The wall."""
        return WallPage(PageContext(self.look, "", self._ask, lambda _ids: []))

    def on_mount(self) -> None:
        """Starts the feed and the drawing."""
        self.attach()
        self.run_worker(self._feed.run(), group="feed", exit_on_error=True)
        self.set_interval(BEAT, self._beat)
        self._draw()

    def on_ready(self) -> None:
        """The first picture stands: what was loaded for it is no longer looked through for garbage."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    @property
    def watched(self) -> bool:
        """Whether an engine was connected when last looked."""
        return self._feed.sight.bond in {ConnectionState.LIVE, ConnectionState.SILENT}

    def _changed(self) -> None:
        """What is lost or found again is shown at once, all else with the next beat."""
        snapshot, bond = self._feed.sight.snapshot, self._feed.sight.bond
        if snapshot is not None:
            show_times_in(snapshot.zone)
        if bond is not self._bond:
            self._bond = bond
            self._draw()

    def _beat(self) -> None:
        """Draws what is new, and once a second how old it is."""
        self._feed.look()
        page = self.screen
        known = isinstance(page, WallPage) and page.sight is self._feed.sight
        if not known or not 0 <= self._feed.now() - self._drawn < AGES:
            self._draw()

    def _draw(self) -> None:
        self._drawn = self._feed.now()
        page = self.screen
        if isinstance(page, WallPage):
            page.show(self._feed.sight, self._feed.now())
            self._feed.show_beside(page.agents())

    async def _ask(self, ask: Command, timeout: float = 20.0) -> Answer | None:
        """The engine's answer; None where there is none: it is asked again later."""
        try:
            return await self._feed.ask(ask, timeout)
        except (ClientError, OSError):
            return None
