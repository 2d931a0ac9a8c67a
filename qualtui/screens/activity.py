"""Everything that was done and who did it, the newest first, back to the beginning of the log."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from qualtui.screens.filtered import Filtered
from qualtui.screens.pages import PageContext
from qualtui.text import _, plural
from qualtui.widgets.activity import PROGRAMS, log_columns, log_row
from qualtui.widgets.line import Line, Span, faded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.list_keys import LIST_BINDINGS
from qualtui.widgets.list_view import ListView, chosen_rows
from qualtui.widgets.table import Table
from qualtui.widgets.words import day_clock
from qualtui.wire import ActivityLog, ActivityView, ShowActivity

FOOTER = ("back", "filter", "list", "open", "first", "last", "refresh", "help")
MOST = 10_000  # lines that are read
NEAR = 100  # rows before the end at which earlier lines are read
Row = tuple[str, ActivityView]  # the key that it keeps, and the line


class ActivityPage(Filtered):
    """One row a line; it follows what is new until somebody moves in it."""

    BINDINGS: ClassVar[list[BindingType]] = LIST_BINDINGS

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._ask = context.ask
        self._rows: tuple[Row, ...] = ()
        self._haystacks: tuple[str, ...] = ()
        self._first = self._last = 0  # to ask for what was earlier (0: nothing), and for what follows
        self._asked_with: ActivityView | None = None  # the newest line of the snapshot then
        self._came = self._asked = self._reading = False
        self._unread = False  # the newest request failed
        self._number = 0  # of the lines so far, for their keys
        self._view: ListView[Row] = ListView()

    def hint(self) -> str:
        """What can be typed into the filter."""
        return _("filter: who, #42, or a word of what was done; Enter keeps it, Esc drops it")

    def lists(self) -> tuple[str, ...]:
        """All, and what is looked for most."""
        return (_("all"), _("by people"), _("by qualtui"))

    def middle(self) -> ComposeResult:
        """The table: new lines come at its top, and a cursor that stands there stays there."""
        yield Table(self.look, id="rows", empty=_("reading ..."), newest=True)

    def fresh(self) -> None:
        """Read it again from the newest line on."""
        self._asked, self._last = False, 0
        self.draw()

    def fill(self) -> None:
        """Show the lines; read what is new when the snapshot has a new line."""
        snapshot = self.sight.snapshot
        newest = snapshot.activity[0] if snapshot is not None and snapshot.activity else None
        if self.sight.watched and (not self._asked or newest != self._asked_with):
            self._asked, self._asked_with = True, newest
            self._read(ShowActivity(after=self._last))
        rows, now, zone, cells = self._view.rows, self.now, self.zone, self.size.width
        watched, good = self.sight.watched, self.look.glyphs.good

        def line(n: int) -> Line:
            drawn = log_row(rows[n][1], now, zone, cells, self.look)
            return drawn if watched else faded([drawn], good)[0]

        self.query_one("#title", Lines).show([self._title(), self.chips()])
        self.table.empty = self._empty()
        self.table.show_lazily(log_columns(cells), self._view.keys, line)
        self._read_on()

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        words = {"first": _("follow"), "last": _("earliest")}
        return [(key, words.get(name, word)) for name in FOOTER for key, word in self._keys((name,))]

    def dimmed(self) -> frozenset[str]:
        """Enter needs a line about an incident."""
        row = self._view.row(self.table.key)
        return (
            frozenset()
            if row is not None and row[1].number
            else frozenset(key for key, _word in self._keys(("open",)))
        )

    def moved(self) -> None:
        """Near the end earlier lines are read."""
        self.draw()

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        """The incident that the line is about."""
        event.stop()
        row = self._view.row(event.key)
        if row is not None and row[1].number:
            self.post_message(self.IncidentChosen(row[1].number))

    def rearrange(self) -> None:
        """The lines of the list that match the filter."""
        keep = (lambda _row: True, lambda row: row[1].who not in PROGRAMS, lambda row: row[1].who in PROGRAMS)
        self._view = chosen_rows(
            self._rows, self._haystacks, self.filter_text, lambda row: row[0], keep[self._list]
        )
        if self.is_mounted:
            self.draw()

    def _title(self) -> Line:
        spans = [Span(f" {_('Activity')}", "title")]
        number = len(self._rows)
        if number:
            since = day_clock(self._rows[-1][1].at, self.zone, self.now)
            text = plural("{n} line since {since}", "{n} lines since {since}", number)
            spans.append(Span("   " + text.format(n=number, since=since), "label"))
        if self.filter_text:
            spans.append(self.matching(len(self._view.rows)))
        if self._first and number < MOST:
            text = _("reading earlier lines ...") if self._reading else _("earlier lines are read at the end")
            spans.append(Span("   " + text, "faint"))
        if not self.sight.watched and number:
            spans.append(Span("   " + _("Engine not running: nothing new comes."), "unknown"))
        if self._unread:
            spans.append(Span("   " + _("can't be read now"), "unknown"))
        return tuple(spans)

    def _empty(self) -> str:
        """What stands in place of rows."""
        if not self._came:
            down = _("Engine not running: what was done can't be read.")
            return _("reading ...") if self.sight.watched else down
        if self._unread and not self._rows:
            return _("What was done can't be read now.")
        if self._rows and self.filter_text:
            return _("No line matches the filter.")
        return (_("Nothing was done yet."), _("No person did anything yet."), _("Nothing was done yet."))[
            self._list
        ]

    def _read_on(self) -> None:
        """Read earlier lines where the cursor is near the end, or a filter looks for them."""
        near = not self._view.keys or self.table.key in self._view.keys[-NEAR:]
        filtered = bool(self.filter_text)
        wanted = (filtered or (near and self.table.touched)) and not self._unread
        if wanted and self._first and not self._reading and len(self._rows) < MOST and self.sight.watched:
            self._reading = True
            self._read_earlier(self._first)

    def _keyed(self, lines: tuple[ActivityView, ...]) -> tuple[Row, ...]:
        start, self._number = self._number, self._number + len(lines)
        return tuple((str(start + n), line) for n, line in enumerate(lines))

    def _take(self, rows: tuple[Row, ...]) -> None:
        """Show these rows from now on."""
        known = dict(zip((row[0] for row in self._rows), self._haystacks, strict=True))
        self._haystacks = tuple(known.get(key) or _haystack(line) for key, line in rows)
        self._rows = rows
        if self.is_mounted:
            self.rearrange()

    @work(exclusive=True, group="activity")
    async def _read(self, ask: ShowActivity) -> None:
        answer = await self._ask(ask)
        self._came, self._unread = True, not isinstance(answer, ActivityLog)
        if isinstance(answer, ActivityLog):
            rows = self._keyed(answer.lines)
            gap = answer.first > ask.after  # more came than one answer holds
            if not ask.after or gap:
                self._first = answer.first
            else:
                rows = (*rows, *self._rows)
            self._last = answer.last
            self._take(rows[:MOST])
        elif self.is_mounted:
            self.draw()

    @work(group="earlier")
    async def _read_earlier(self, before: int) -> None:
        answer = await self._ask(ShowActivity(before=before))
        self._reading = False
        if isinstance(answer, ActivityLog) and self._first == before:
            self._first = answer.first
            self._take((*self._rows, *self._keyed(answer.lines))[:MOST])
        elif not isinstance(answer, ActivityLog):
            self._unread = True  # until the newest lines are read again
            if self.is_mounted:
                self.draw()


def _haystack(line: ActivityView) -> str:
    return f"#{line.number} {line.who} {safe(line.text, 400)}".lower()
