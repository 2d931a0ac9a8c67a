"""The customers who wait, phones masked: fetched on demand, never kept."""

from collections.abc import Awaitable, Callable

from textual import work

from qualtui.screens.listing import Keys, Listing
from qualtui.text import _, plural
from qualtui.widgets.line import Line, Span, padded, safe
from qualtui.widgets.look import Look
from qualtui.widgets.table import Row
from qualtui.widgets.words import age, clock
from qualtui.wire import Answer, Ask, CloseCustomer, Customers, CustomerView, Who

FOOTER = ("back", "answered", "fix", "refresh", "help")
EVERY = 5.0  # seconds between two questions while the page is open


class Waiting(Listing):
    """A row a customer, the longest wait first."""

    def __init__(self, look: Look, agent: str, ask: Callable[[Ask], Awaitable[Answer | None]], keys: Keys) -> None:
        super().__init__(look, keys)
        self._agent = agent
        self._ask = ask
        self._told: Customers | None = None
        self._asked: float | None = None

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
        if self._told is not None:
            self.table.empty = _("nobody waits")
        people = sorted(self._told.customers, key=_since) if self._told is not None else []
        rows = [Row(person.lead, self._row(person)) for person in people]
        self.table.show(self._head(len(people)), rows)

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self._keys(FOOTER)

    def _head(self, number: int) -> Line:
        title = plural("{n} customer waits for the bot", "{n} customers wait for the bot", number).format(n=number)
        return (Span(f" {title}", "title"), Span(f"   {safe(self._agent, 60)}", "faint"))

    def _row(self, person: CustomerView) -> Line:
        return (
            Span("  " + padded(age(self.now, person.since), 9), "strong"),
            Span(padded(_("since {clock}").format(clock=clock(person.since, self.zone)), 14), "faint"),
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
