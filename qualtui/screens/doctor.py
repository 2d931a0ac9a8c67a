"""The doctor's page: every link and permission as the engine finds it, the worst first, and what to do."""

from typing import ClassVar

from textual import work
from textual.binding import BindingType

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
    """Asks for an examination when it opens and at `r`; until the answer comes, the last one stands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding("refresh", "again", "check again", show=False),  # and polls no probe
    ]

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look, context.keys)
        self._ask = context.ask
        self._told: Findings | None = None
        self._asked: float | None = None  # since when the engine examines
        self._tried = False  # whether this engine was asked
        self._opened: frozenset[int] = frozenset()

    def action_again(self) -> None:
        """Examines again."""
        if self._asked is None:
            self._tried = False
            self.draw()

    def on_table_opened(self, event: Table.Opened) -> None:
        """Shows or hides what a finding has more: its SQL, or its whole reason."""
        self._opened ^= {place(event.key)}
        event.table.select(f"{place(event.key)}/0")  # its first row is there in either case
        self.draw()

    def fill(self) -> None:
        """The findings as last told, their age as of now."""
        if not self.sight.watched:
            self._tried = False
        elif not self._tried and self._asked is None:
            self._tried, self._asked = True, self.now
            self._examine()
        cells = self.size.width
        found = self._told.findings if self._told else ()
        key = next((key for key, _word in self._keys(("open",))), "")
        shown = rows(found, self._opened, cells, self.look, key)
        if not self.sight.watched:
            quiet = faded([row.line for row in shown], self.look.glyphs.good)
            shown = [TableRow(row.key, line) for row, line in zip(shown, quiet, strict=True)]
        self.table.empty = self._empty()
        self.table.show(self._head(cells), shown)

    def _empty(self) -> str:
        if self._asked is not None:
            return _("checks every link and permission, changes nothing; a busy bot may take a while")
        if not self.sight.watched:
            return _("engine not running; `qualtui doctor` works without it")
        return _("the engine returned nothing")

    def _head(self, cells: int) -> Line:
        title = Span(f" {_('Doctor')}   ", "title")
        if self._asked is not None:
            running = _("checking ... {age}").format(age=lasting(max(0.0, self.now - self._asked)))
            return (title, Span(running, "busy"))
        if self._told is None:
            return (title,)
        told = _("{age} ago").format(age=age(self.now, self._told.at))
        if cells >= 100:
            told = _("checked {ago}, in {took}").format(ago=told, took=quantity(self._told.seconds, "s"))
        number = counts(self._told.findings, self.look)
        if not self.sight.watched:
            number = faded([number], self.look.glyphs.good)[0]
        return (title, *number, Span(told, "faint"))

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page, `r` with what it does here."""
        again = [(key, _("check again")) for key, _word in self._keys(("refresh",))]
        more = [(key, _("SQL, more")) for key, _word in self._keys(("open",))]
        return [*self._keys(("back",)), *again, *more, *self._keys(("down", "up", "help"))]

    @work(exclusive=True, group="doctor")
    async def _examine(self) -> None:
        before = self._told
        told = await self._ask(RunDoctor(), PATIENCE)
        self._asked = None
        if isinstance(told, Findings):
            if before is None or before.findings != told.findings:
                self._opened = frozenset()
            self._told = told
            if before is not None and before.at == told.at:
                rest = lasting(max(1.0, told.again - self.now))
                text = _("Checked a moment ago: the next check is possible in {rest}.")
                self.status(text.format(rest=rest), "label")
        if self.is_mounted:
            self.draw()
