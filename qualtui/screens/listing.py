"""Listing: a page of one table between header and footer, and a line about the last action."""

from textual import on
from textual.app import ComposeResult

from qualtui.screens.page import Page
from qualtui.screens.pages import Keys
from qualtui.text import _
from qualtui.widgets.footer import footer
from qualtui.widgets.header import banners, header
from qualtui.widgets.line import BLANK, Line, Span, safe, wrapped
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.table import Table

STATUS = 3  # rows of the line about the last action at most


class Listing(Page):
    """What these pages share; each fills its `table`, and what it puts above that."""

    DEFAULT_CSS = """
    Listing { layout: vertical; overflow: hidden; }
    """

    def __init__(self, look: Look, keys: Keys) -> None:
        super().__init__(look)
        self._keys = keys
        self._status: list[Line] = [BLANK]

    def compose(self) -> ComposeResult:
        """Header, what stands above the table, the table, status, footer."""
        yield Lines(self.look, id="header")
        yield Lines(self.look, id="banners")
        yield from self.above()
        yield from self.middle()
        yield from self.below()
        yield Lines(self.look, id="status")
        yield Lines(self.look, id="footer")

    def above(self) -> ComposeResult:
        """What stands above the table: nothing."""
        yield from ()

    def middle(self) -> ComposeResult:
        """The table, and what stands beside it: nothing."""
        yield Table(self.look, id="rows", empty=_("reading ..."))

    def below(self) -> ComposeResult:
        """What stands below the table: nothing."""
        yield from ()

    @property
    def table(self) -> Table:
        """Its table."""
        return self.query_one("#rows", Table)

    @property
    def zone(self) -> str:
        """The zone of its clocks."""
        return self.sight.snapshot.zone if self.sight.snapshot else "UTC"

    def on_mount(self) -> None:
        """Keys go to the table."""
        self.table.focus(scroll_visible=False)

    def moved(self) -> None:
        """What a page does when a person moved the cursor to another row: nothing."""

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        """The cursor is on another row."""
        event.stop()
        self.moved()

    def on_resize(self) -> None:
        """Another size is another arrangement."""
        self.draw()
        self.call_after_refresh(self.draw)

    def status(self, text: str, token: str) -> None:
        """Shows the line until the next one."""
        rows = wrapped(safe(text, 400), max(1, self.size.width - 2))[:STATUS]
        self.report([(Span(f" {row}", token),) for row in rows])

    def report(self, lines: list[Line]) -> None:
        """Show these lines about the last action until the next ones."""
        self._status = lines
        if self.is_mounted:
            self.query_one("#status", Lines).show(self._status)

    def draw(self) -> None:
        """The frame, and what stands in it; nothing while there is no room."""
        if not self.size.area:
            return
        self.query_one("#header", Lines).show([header(self.sight, self.now, self.size.width, self.look)])
        self.query_one("#banners", Lines).show([*banners(self.sight, self.look), *self.running(self.now)])
        self.fill()
        self.query_one("#status", Lines).show(self._status)
        self.query_one("#footer", Lines).show([footer(self.footer(), self.size.width, self.dimmed())])

    def fill(self) -> None:
        """Draws the table, and what stands above it."""

    def footer(self) -> list[tuple[str, str]]:
        """Return the keys of the footer, each with what it does."""
        return []
