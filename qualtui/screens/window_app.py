"""What every window on an engine shares: its look, the terminal that it gives back, and its end after an error."""

from collections.abc import Callable
from typing import Any

import msgspec
from rich.console import RenderableType
from rich.text import Text
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen

from qualtui.screens.cell_diff import CellDiff
from qualtui.screens.page import Page
from qualtui.screens.terminal import TerminalGuard
from qualtui.text import _
from qualtui.widgets.look import Look
from qualtui.widgets.themes import app_theme


class WindowApp(App[int]):
    """A Textual app in one of our themes."""

    def __init__(self, look: Look | None, guard: TerminalGuard | None, driver_class: type[Driver] | None) -> None:
        self.look = look or Look()
        super().__init__(driver_class=driver_class, ansi_color=True if self.look.plain else None)
        self.failure = ""  # of an internal error: one line for the terminal
        self._guard = guard
        self._shown = CellDiff()
        if self.look.plain:
            self.theme = "ansi-dark"
            return
        theme = app_theme(self.look.theme)
        self.register_theme(theme)
        # as if it had been so from the start: a theme that is changed has every style parsed again
        self.set_reactive(App.theme, theme.name)
        self.stylesheet.set_variables(self.get_css_variables())

    def restyle(self, theme: str) -> None:
        """Draw every page in another theme; nothing is saved."""
        self.look = msgspec.structs.replace(self.look, theme=theme)
        self.register_theme(app_theme(theme))
        self.theme = app_theme(theme).name
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.restyle(self.look)

    def attach(self) -> None:
        """Once the loop runs: signals end the app, and after SIGCONT it takes the terminal again."""
        if self._guard is not None:
            leave: Callable[[int], object] = lambda code: self.exit(code, return_code=code)  # noqa: E731
            self._guard.attach(leave, self._restarted)

    def _restarted(self) -> None:
        """After SIGCONT: take the terminal again and paint everything."""
        driver = self._driver
        if driver is None or driver.is_headless:
            return
        given_back = getattr(driver, "_must_signal_resume", False)  # by ctrl+z, not by SIGSTOP
        if not given_back:
            driver.suspend_application_mode()
        driver.resume_application_mode()
        self._shown.forget()
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send the terminal what Textual refreshed, without the cells that it shows already."""
        less = self._shown.less(renderable) if isinstance(renderable, CompositorUpdate) else renderable
        super()._display(screen, less)

    def _fatal_error(self) -> None:
        """An internal error: one line on the terminal, no traceback with what the screen showed."""
        error = self._exception
        place = ""
        trace = error.__traceback__ if error else None
        while trace is not None:
            code = trace.tb_frame.f_code
            place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
            trace = trace.tb_next
        self.failure = _("internal error: {kind} at {place}").format(kind=type(error).__name__, place=place or "?")
        self.panic(Text(f"qualtui: {self.failure}"))
