"""The customers who wait, phones masked: fetched on demand, never kept."""

from enum import Enum
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from qualtui.screens.customer import CustomerPage
from qualtui.screens.filtered import Filtered
from qualtui.screens.pages import PageContext
from qualtui.text import _, plural
from qualtui.text.message import Saying
from qualtui.widgets.customer_pane import customer_pane
from qualtui.widgets.customer_rows import (
    CauseGroup,
    Listed,
    arranged,
    customer_row,
    group_row,
    head,
    listed,
    searchable,
)
from qualtui.widgets.line import Line, Span, faded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.list_keys import LIST_BINDINGS
from qualtui.widgets.table import Table
from qualtui.wire import (
    CloseCustomer,
    CustomerDetail,
    Customers,
    CustomerView,
    ListCustomers,
    ShowCustomer,
)

FOOTER = ("back", "filter", "sort", "list", "answered", "reveal", "fix", "refresh", "help")
EVERY, LONG_EVERY = 5.0, 30.0  # s between two requests while the page is open; of a long list
LONG = 500  # customers
PANE, PANE_FROM = 48, 120  # cells of the pane, and of a window that has room for it
DETAIL_EVERY, RESTS = 15.0, 0.25  # s between two requests of one customer; until the cursor rests
MOST = 10_000  # customers requested


class CustomerList(Enum):
    """The lists of the page, in the order of their key."""

    WAITING = "waiting"
    BEFORE = "open before start"
    BACKLOG = "backlog"


class CustomersPage(Filtered):
    """One row for each customer, grouped by cause or by age alone."""

    DEFAULT_CSS = """
    CustomersPage Horizontal { height: 1fr; }
    CustomersPage #pane { width: 48; height: 1fr; display: none; padding-left: 1; }
    CustomersPage #pane.shown { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = LIST_BINDINGS

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._given = context
        self._agent = context.agent
        self._ask = context.ask
        self._answer: Customers | None = None
        self._asked_at: float | None = None
        self._grouped = True
        self._people: tuple[CustomerView, ...] = ()  # of the list that is shown
        self._haystacks: list[str] = []
        self._listed = Listed()
        self._detail: CustomerDetail | None = None
        self._detail_at: tuple[str, float] = ("", 0.0)  # whose detail was requested last, and when
        self._detail_refused: Saying = ""
        self._unread = False  # the newest read was refused

    def lists(self) -> tuple[str, ...]:
        """In the order of `CustomerList`."""
        return (_("waiting"), _("open before start"), _("backlog"))

    @property
    def _kind(self) -> CustomerList:
        """The list that is shown."""
        return tuple(CustomerList)[self._list]

    def middle(self) -> ComposeResult:
        """The table, and where there is room the customer under the cursor."""
        with Horizontal():
            yield from super().middle()
            yield Lines(self.look, id="pane")

    def closing(self) -> CloseCustomer | None:
        """The customer under the cursor."""
        found = self.chosen()
        return CloseCustomer(self._agent, found.lead, "", found.last) if found else None

    def chosen(self) -> CustomerView | None:
        """The customer under the cursor."""
        key = self.table.key
        return next((person for person in self._people if person.lead == key), None)

    def fresh(self) -> None:
        """Request the list again."""
        self._asked_at = None
        self.draw()

    def fill(self) -> None:
        """Show the newest list, with ages as of now."""
        every = LONG_EVERY if self._answer is not None and len(self._answer.customers) > LONG else EVERY
        if self.sight.watched and (self._asked_at is None or self.now - self._asked_at >= every):
            self._asked_at = self.now
            self._read()
        self.table.empty = self._empty()
        beside = self.size.width >= PANE_FROM
        self.query_one("#pane", Lines).set_class(beside, "shown")
        cells = self.size.width - (PANE if beside else 0)
        columns = arranged(self._listed.widest, cells)
        entries, watched, now, zone = self._listed.entries, self.sight.watched, self.now, self.zone
        speed = self.sight.snapshot.speed if self.sight.snapshot else 1.0

        def line(n: int) -> Line:
            entry = entries[n]
            if isinstance(entry, CauseGroup):
                drawn = group_row(entry, now, self.look)
            else:
                drawn = customer_row(entry, columns, now, zone, cells, self.look, speed)
            return drawn if watched else faded([drawn], self.look.glyphs.good)[0]

        self.query_one("#title", Lines).show([self._title(), self._lists()])
        self.table.show_lazily(head(columns, cells, speed), self._listed.keys, line, self._listed.headings)
        if beside:
            self._show_detail()

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page; Enter where there is no pane."""
        names = FOOTER if self.size.width >= PANE_FROM else ("back", "open", *FOOTER[1:])
        words = {"open": _("this customer")}
        return [(key, words.get(name, word)) for name in names for key, word in self._keys((name,))]

    def dimmed(self) -> frozenset[str]:
        """Enter speaks of a customer here."""
        dim, opens = super().dimmed(), {key for key, _word in self._keys(("open",))}
        return dim | opens if self.chosen() is None else dim - opens

    def action_sort(self) -> None:
        """Grouped by cause, or by age alone."""
        self._grouped = not self._grouped
        self.rearrange()

    def action_list(self) -> None:
        """To the next list."""
        before = self._kind
        self._list = (self._list + 1) % len(CustomerList)
        if CustomerList.BACKLOG in (before, self._kind):  # the backlog is a separate answer
            self._answer = self._asked_at = None
        self._choose()

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        """Open the customer as a page where there is no pane."""
        event.stop()
        person = self.chosen()
        if person is not None and self.size.width < PANE_FROM:
            page = CustomerPage(self._given, person)
            page.sight, page.now = self.sight, self.now
            self.app.push_screen(page)

    def moved(self) -> None:
        """Another customer; what is known of him is read once the cursor rests."""
        if self.size.width >= PANE_FROM:
            self._show_detail(rests=False)
            self.set_timer(RESTS, self._show_detail)

    def _show_detail(self, rests: bool = True) -> None:
        """Show the customer under the cursor, and read what is not known of him, or is old."""
        person, (lead, at) = self.chosen(), self._detail_at
        if person is None:
            self.query_one("#pane", Lines).show([])
            return
        if rests and self.sight.watched and (lead != person.lead or self.now - at >= DETAIL_EVERY):
            self._detail_at = (person.lead, self.now)
            self._read_detail(person.lead)
        mine = self._detail if self._detail is not None and self._detail.lead == person.lead else None
        refused = self._detail_refused if lead == person.lead else ""
        lines = customer_pane(person, mine, refused, self.now, self.zone, PANE - 1, self.look)
        self.query_one("#pane", Lines).show(lines if self.sight.watched else faded(lines, self.look.glyphs.good))

    @work(exclusive=True, group="customer")
    async def _read_detail(self, lead: str) -> None:
        answer = await self._ask(ShowCustomer(self._agent, lead))
        if isinstance(answer, CustomerDetail):
            self._detail, self._detail_refused = answer, ""
        else:  # the status line has the reason
            self._detail_refused = _("The messages can't be read now.")
        if self.is_mounted and self.size.width >= PANE_FROM:
            self._show_detail()

    def _choose(self) -> None:
        """Take the people of the list that is shown from the newest answer."""
        people = self._answer.customers if self._answer is not None else ()
        if self._kind is CustomerList.BEFORE:
            people = tuple(person for person in people if person.before)
        self._people, self._haystacks = people, searchable(people)
        self.rearrange()

    def rearrange(self) -> None:
        """The people who match the filter, by cause or by age."""
        self._listed = listed(self._people, self._haystacks, self.filter_text, self._grouped)
        if self.is_mounted:
            self.draw()

    def _empty(self) -> str:
        """What stands in place of rows."""
        if not self.sight.watched:
            return _("Engine not running: it is unknown who waits now.")
        if self._answer is None:
            return _("The waiting customers can't be read now.") if self._unread else _("reading ...")
        if self._people:
            return _("No customer matches the filter.")
        return {
            CustomerList.WAITING: _("No customer waits."),
            CustomerList.BEFORE: _("No one who was open before the first start still waits."),
            CustomerList.BACKLOG: _("The backlog is empty."),
        }[self._kind]

    def _title(self) -> Line:
        """Return the title for the number of customers; without an answer yet there is none."""
        number = len(self._people)
        if self._answer is None:
            title = _("Who waits for the bot")
        elif self._kind is CustomerList.BEFORE:
            title = plural(
                "{n} customer was open before the first start",
                "{n} customers were open before the first start",
                number,
            )
        elif self._kind is CustomerList.BACKLOG:
            title = plural("{n} customer in the backlog", "{n} customers in the backlog", number)
        elif self._answer.more:
            title = _("More than {n} customers wait for the bot: those who wait longest")
        elif self.sight.watched:
            title = plural("{n} customer waits for the bot", "{n} customers wait for the bot", number)
        else:
            title = plural("{n} customer waited for the bot", "{n} customers waited for the bot", number)
        spans = [Span(f" {title.format(n=number)}", "title"), Span(f"   {safe(self._agent, 60)}", "faint")]
        if self._answer is not None and self._listed.found != number:
            spans.append(self.matching(self._listed.found))
        if self._unread:
            spans.append(Span("   " + _("can't be read now"), "unknown"))
        return tuple(spans)

    def _lists(self) -> Line:
        """The lists, the one that is shown in reverse, and how it is sorted."""
        order = _("grouped by cause") if self._grouped else _("sorted by age")
        return (*self.chips(), Span("  " + order, "faint"))

    @work(exclusive=True, group="customers")
    async def _read(self) -> None:
        backlog = self._kind is CustomerList.BACKLOG
        answer = await self._ask(ListCustomers(self._agent, backlog, MOST))
        if backlog is not (self._kind is CustomerList.BACKLOG) or not self.is_mounted:
            return
        self._unread = not isinstance(answer, Customers)
        if isinstance(answer, Customers):
            self._answer = answer
            self._choose()
        else:
            self.draw()
