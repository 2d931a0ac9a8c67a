"""The doctor's page: every link and permission as the engine finds it, the worst first, and what to do."""

from typing import ClassVar

from textual import work
from textual.binding import BindingType

from qualtui.model.findings import Finding
from qualtui.screens.listing import Listing
from qualtui.screens.pages import PageContext
from qualtui.text import _
from qualtui.widgets.bindings import binding
from qualtui.widgets.findings import counts, place, rows
from qualtui.widgets.line import Line, Span, faded
from qualtui.widgets.table import Table, TableRow
from qualtui.widgets.words import age, lasting, quantity
from qualtui.wire import EXAMINING, Findings, RunDoctor

PATIENCE = EXAMINING + 10.0  # s


class DoctorPage(Listing):
    """Runs the doctor when it opens and at `r`; until the answer comes, the last one is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("refresh", "again", "check again", show=False),  # and polls no probe
    ]

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look, context.keys)
        self._ask = context.ask
        self._answer: Findings | None = None
        self._started_at: float | None = None  # when the running check began
        self._tried = False  # whether this engine received a request
        self._opened: frozenset[int] = frozenset()

    def action_again(self) -> None:
        """Check again."""
        if self._started_at is None:
            self._tried = False
            self.draw()

    def on_table_opened(self, event: Table.Opened) -> None:
        """Show or hide the rest of a finding: its SQL, or its full reason."""
        self._opened ^= {place(event.key)}
        event.table.select(f"{place(event.key)}/0")  # its first row is there in either case
        self.draw()

    def fill(self) -> None:
        """Show the newest findings, with their age as of now."""
        if not self.sight.watched:
            self._tried = False
        elif not self._tried and self._started_at is None:
            self._tried, self._started_at = True, self.now
            self._check()
        cells = self.size.width
        found = self.chosen()
        key = next((key for key, _word in self._keys(("open",))), "")
        shown = rows(found, self._opened, cells, self.look, key)
        if not self.sight.watched:
            quiet = faded([row.line for row in shown], self.look.glyphs.good)
            shown = [TableRow(row.key, line) for row, line in zip(shown, quiet, strict=True)]
        self.table.empty = self._empty()
        self.table.show(self._head(cells), shown)

    def heading(self) -> str:
        """What the head of the findings begins with."""
        return _("Doctor")

    def chosen(self) -> tuple[Finding, ...]:
        """Return the findings that the page shows."""
        return self._answer.findings if self._answer else ()

    def _empty(self) -> str:
        if self._started_at is not None:
            return _("Checking every link and permission. It changes nothing; a busy bot may take a while.")
        if not self.sight.watched:
            return _("Engine not running. Without it, use: qualtui doctor")
        return _("The engine returned nothing.")

    def _head(self, cells: int) -> Line:
        title = Span(f" {self.heading()}   ", "title")
        if self._started_at is not None:
            running = _("checking ... {age}").format(age=lasting(max(0.0, self.now - self._started_at)))
            return (title, Span(running, "busy"))
        if self._answer is None:
            return (title,)
        reply = _("{age} ago").format(age=age(self.now, self._answer.at))
        if cells >= 100:
            reply = _("checked {ago}, in {took}").format(ago=reply, took=quantity(self._answer.seconds, "s"))
        number = counts(self.chosen(), self.look)
        if not self.sight.watched:
            number = faded([number], self.look.glyphs.good)[0]
        return (title, *number, Span(reply, "faint"))

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page, `r` with what it does here."""
        again = [(key, _("check again")) for key, _word in self._keys(("refresh",))]
        more = [(key, _("SQL, more")) for key, _word in self._keys(("open",))]
        return [*self._keys(("back",)), *again, *more, *self._keys(("down", "up", "help"))]

    @work(exclusive=True, group="doctor")
    async def _check(self) -> None:
        before = self._answer
        reply = await self._ask(RunDoctor(), PATIENCE)
        self._started_at = None
        if isinstance(reply, Findings):
            if before is None or before.findings != reply.findings:
                self._opened = frozenset()
            self._answer = reply
            if before is not None and before.at == reply.at:
                rest = lasting(max(1.0, reply.again - self.now))
                text = _("Checked a moment ago: the next check is possible in {rest}.")
                self.status(text.format(rest=rest), "label")
        if self.is_mounted:
            self.draw()
