"""One waiting customer as a page, where there is no room for the pane beside the list."""

from textual import work

from qualtui.screens.listing import Listing
from qualtui.screens.pages import PageContext
from qualtui.text import _
from qualtui.widgets.customer_pane import customer_pane
from qualtui.widgets.line import Span, faded, safe
from qualtui.widgets.table import TableRow
from qualtui.wire import CloseCustomer, CustomerDetail, CustomerView, ShowCustomer

FOOTER = ("back", "answered", "reveal", "fix", "refresh", "down", "up", "help")
EVERY = 15.0  # s between two requests while the page is open


class CustomerPage(Listing):
    """What the pane shows, as rows that scroll."""

    def __init__(self, context: PageContext, person: CustomerView) -> None:
        super().__init__(context.look, context.keys)
        self._agent = context.agent
        self._ask = context.ask
        self._person = person
        self._detail: CustomerDetail | None = None
        self._unread = False  # the newest request failed
        self._asked_at: float | None = None

    def closing(self) -> CloseCustomer:
        """This customer."""
        return CloseCustomer(self._agent, self._person.lead, "", self._person.last)

    def fresh(self) -> None:
        """Read again."""
        self._asked_at = None
        self.draw()

    def fill(self) -> None:
        """Show what is known; read it again when it is old."""
        if self.sight.watched and (self._asked_at is None or self.now - self._asked_at >= EVERY):
            self._asked_at = self.now
            self._read()
        refused = _("this customer can't be read") if self._unread else ""
        cells = max(20, self.size.width - 4)
        lines = customer_pane(self._person, self._detail, refused, self.now, self.zone, cells, self.look)
        if not self.sight.watched:
            lines = faded(lines, self.look.glyphs.good)
        title = (Span(f" {_('Customer')}", "title"), Span(f"   {safe(self._agent, 60)}", "faint"))
        self.table.show(title, [TableRow(str(n), (Span("  "), *line)) for n, line in enumerate(lines)])

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self._keys(FOOTER)

    @work(exclusive=True, group="customer")
    async def _read(self) -> None:
        answer = await self._ask(ShowCustomer(self._agent, self._person.lead))
        self._unread = not isinstance(answer, CustomerDetail)
        if isinstance(answer, CustomerDetail):
            self._detail = answer
        if self.is_mounted:
            self.draw()
