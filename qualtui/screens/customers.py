"""The customers who wait, phones masked: fetched on demand, never kept."""

from textual import work
from textual.app import ComposeResult

from qualtui.screens.listing import Listing
from qualtui.screens.pages import PageContext
from qualtui.text import _, plural
from qualtui.widgets.line import Line, Span, column, faded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.table import TableRow
from qualtui.widgets.words import age, clock
from qualtui.wire import CloseCustomer, Customers, CustomerView, ListCustomers

FOOTER = ("back", "answered", "fix", "refresh", "help")
_COLUMNS = ((9, "strong"), (14, "faint"), (22, "text"), (15, "faint"))  # cells and style of each but the last
EVERY = 5.0  # seconds between two requests while the page is open


class CustomersPage(Listing):
    """One row for each customer, longest wait first."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look, context.keys)
        self._agent = context.agent
        self._ask = context.ask
        self._answer: Customers | None = None
        self._asked_at: float | None = None

    def above(self) -> ComposeResult:
        """The title, with the number of customers."""
        yield Lines(self.look, id="title")

    def closing(self) -> CloseCustomer | None:
        """The customer under the cursor."""
        chosen = self.table.key
        people = self._answer.customers if self._answer else ()
        found = next((person for person in people if person.lead == chosen), None)
        return CloseCustomer(self._agent, found.lead, "", found.last) if found else None

    def fresh(self) -> None:
        """Request the list again."""
        self._asked_at = None
        self.draw()

    def fill(self) -> None:
        """Show the newest list, with ages as of now."""
        if self.sight.watched and (self._asked_at is None or self.now - self._asked_at >= EVERY):
            self._asked_at = self.now
            self._read()
        watched, answer = self.sight.watched, self._answer
        if not watched:
            self.table.empty = _("Engine not running: it is unknown who waits now.")
        elif answer is not None:
            self.table.empty = _("No customer waits.")
        people = sorted(answer.customers, key=_since) if answer is not None else []
        lines = [self._row(person) for person in people]
        if not watched:
            lines = faded(lines, self.look.glyphs.good)
        self.query_one("#title", Lines).show([self._title(len(people) if answer is not None else None)])
        self.table.show(_head(), [TableRow(person.lead, line) for person, line in zip(people, lines, strict=True)])

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self._keys(FOOTER)

    def _title(self, number: int | None) -> Line:
        """Return the title for `number` customers, or those of the last answer; None: no answer yet."""
        if number is None:
            title = _("Who waits for the bot")
        elif self._answer is not None and self._answer.more:
            title = _("More than {n} customers wait for the bot: those who wait longest")
        elif self.sight.watched:
            title = plural("{n} customer waits for the bot", "{n} customers wait for the bot", number)
        else:
            title = plural("{n} customer waited for the bot", "{n} customers waited for the bot", number)
        return (Span(f" {title.format(n=number)}", "title"), Span(f"   {safe(self._agent, 60)}", "faint"))

    def _row(self, person: CustomerView) -> Line:
        since = _("since {clock}").format(clock=clock(person.since, self.zone))
        cells = (age(self.now, person.since), since, safe(person.phone, 40), safe(person.lead, 60))
        spans = [Span(column(text, wide), token) for text, (wide, token) in zip(cells, _COLUMNS, strict=True)]
        return (Span("  "), *spans, Span(safe(person.cause, 200), "label"))

    @work(exclusive=True, group="customers")
    async def _read(self) -> None:
        answer = await self._ask(ListCustomers(self._agent))
        if isinstance(answer, Customers):
            self._answer = answer
            if self.is_mounted:
                self.draw()


def _head() -> Line:
    """Return the titles of the columns."""
    titles = (_("waits"), "", _("phone"), "leads.id")
    cells = "".join(column(title, wide) for title, (wide, _token) in zip(titles, _COLUMNS, strict=True))
    return (Span("  " + cells, "faint"), Span(_("why"), "faint"))


def _since(person: CustomerView) -> float:
    return person.since
