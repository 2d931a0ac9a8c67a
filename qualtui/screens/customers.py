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
_TITLES = (_("waits"), "", _("phone"), "leads.id")
_HEAD: Line = (
    Span(
        "  " + "".join(column(title, wide) for title, (wide, _token) in zip(_TITLES, _COLUMNS, strict=True)),
        "faint",
    ),
    Span(_("why"), "faint"),
)
EVERY = 5.0  # seconds between two questions while the page is open


class CustomersPage(Listing):
    """A row a customer, the longest wait first."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look, context.keys)
        self._agent = context.agent
        self._ask = context.ask
        self._told: Customers | None = None
        self._asked: float | None = None

    def above(self) -> ComposeResult:
        """How many."""
        yield Lines(self.look, id="title")

    def closing(self) -> CloseCustomer | None:
        """The customer under the cursor."""
        chosen = self.table.key
        people = self._told.customers if self._told else ()
        found = next((person for person in people if person.lead == chosen), None)
        return CloseCustomer(self._agent, found.lead, "", found.last) if found else None

    def fresh(self) -> None:
        """Asks again."""
        self._asked = None
        self.draw()

    def fill(self) -> None:
        """The list as last told, its ages as of now."""
        if self.sight.watched and (self._asked is None or self.now - self._asked >= EVERY):
            self._asked = self.now
            self._read()
        watched, told = self.sight.watched, self._told
        if not watched:
            self.table.empty = _("engine not running: who waits now is not known")
        elif told is not None:
            self.table.empty = _("nobody waits")
        people = sorted(told.customers, key=_since) if told is not None else []
        lines = [self._row(person) for person in people]
        if not watched:
            lines = faded(lines, self.look.glyphs.good)
        self.query_one("#title", Lines).show([self._title(len(people) if told is not None else None)])
        self.table.show(_HEAD, [TableRow(person.lead, line) for person, line in zip(people, lines, strict=True)])

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self._keys(FOOTER)

    def _title(self, number: int | None) -> Line:
        """How many wait, or waited when an engine was asked last; None: nobody was asked yet."""
        if number is None:
            title = _("Who waits for the bot")
        elif self._told is not None and self._told.more:
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
        told = await self._ask(ListCustomers(self._agent))
        if isinstance(told, Customers):
            self._told = told
            if self.is_mounted:
                self.draw()


def _since(person: CustomerView) -> float:
    return person.since
