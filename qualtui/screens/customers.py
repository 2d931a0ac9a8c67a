"""The customers who wait, phones masked: fetched on demand, never kept."""

from collections.abc import Awaitable, Callable, Sequence

from textual import work
from textual.app import ComposeResult

from qualtui.screens.page import Page
from qualtui.text import _, plural
from qualtui.widgets.footer import footer
from qualtui.widgets.header import banners, header
from qualtui.widgets.line import BLANK, Line, Span, padded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.table import Row, Table
from qualtui.widgets.words import age, clock
from qualtui.wire import Answer, Ask, CloseCustomer, Customers, CustomerView, Who

FOOTER = ("back", "answered", "fix", "refresh", "help")
EVERY = 5.0  # seconds between two questions while the page is open


class Waiting(Page):
    """A row a customer, the longest wait first."""

    DEFAULT_CSS = """
    Waiting { layout: vertical; overflow: hidden; }
    """

    def __init__(
        self,
        look: Look,
        agent: str,
        ask: Callable[[Ask], Awaitable[Answer | None]],
        keys: Callable[[Sequence[str]], list[tuple[str, str]]],
    ) -> None:
        super().__init__(look)
        self._agent = agent
        self._ask = ask
        self._keys = keys
        self._told: Customers | None = None
        self._asked: float | None = None
        self._status: Line = BLANK

    def compose(self) -> ComposeResult:
        """Header, the list, status, footer."""
        yield Lines(self.look, id="header")
        yield Lines(self.look, id="banners")
        yield Table(self.look, id="people", empty=_("reading ..."))
        yield Lines(self.look, id="status")
        yield Lines(self.look, id="footer")

    def on_mount(self) -> None:
        """Keys go to the list."""
        self.query_one("#people", Table).focus(scroll_visible=False)

    def on_resize(self) -> None:
        """Another size is another arrangement."""
        self.draw()
        self.call_after_refresh(self.draw)

    def status(self, text: str, token: str) -> None:
        """Shows the line until the next one."""
        self._status = (Span(f" {safe(text, 400)}", token),) if text else BLANK
        if self.is_mounted:
            self.query_one("#status", Lines).show([self._status])

    def closing(self) -> CloseCustomer | None:
        """The customer under the cursor."""
        chosen = self.query_one("#people", Table).key
        people = self._told.customers if self._told else ()
        found = next((person for person in people if person.lead == chosen), None)
        return CloseCustomer(self._agent, found.lead, "", found.last) if found else None

    def fresh(self) -> None:
        """Asks again."""
        self._asked = None
        self.draw()

    def draw(self) -> None:
        """The list as last told, its ages as of now."""
        cells, height = self.size
        if cells <= 0 or height <= 0:
            return
        if self.sight.watched and (self._asked is None or self.now - self._asked >= EVERY):
            self._asked = self.now
            self._read()
        self.query_one("#header", Lines).show([header(self.sight, self.now, cells, self.look)])
        self.query_one("#banners", Lines).show([*banners(self.sight, self.look), *self.running(self.now)])
        told = self._told
        people = sorted(told.customers, key=_since) if told else []
        zone = self.sight.snapshot.zone if self.sight.snapshot else "UTC"
        table = self.query_one("#people", Table)
        table.empty = _("nobody waits") if told else _("reading ...")
        table.show(self._head(len(people)), [Row(person.lead, self._row(person, zone)) for person in people])
        self.query_one("#status", Lines).show([self._status])
        self.query_one("#footer", Lines).show([footer(self._keys(FOOTER), cells)])

    def _head(self, number: int) -> Line:
        title = plural("{n} customer waits for the bot", "{n} customers wait for the bot", number).format(n=number)
        return (Span(f" {title}", "title"), Span(f"   {safe(self._agent, 60)}", "faint"))

    def _row(self, person: CustomerView, zone: str) -> Line:
        return (
            Span("  " + padded(age(self.now, person.since), 9), "strong"),
            Span(padded(_("since {clock}").format(clock=clock(person.since, zone)), 14), "faint"),
            Span(padded(safe(person.phone, 40), 22), "text"),
            Span(padded(safe(person.lead, 60), 14), "faint"),
            Span(" " + safe(person.cause, 200), "label"),
        )

    @work(exclusive=True, group="customers")
    async def _read(self) -> None:
        told = await self._ask(Who(self._agent))
        if isinstance(told, Customers):
            self._told = told
            if self.is_mounted:
                self.draw()


def _since(person: CustomerView) -> float:
    return person.since
