"""The outbox: what each channel delivered, still has to send or gave up; and the key that sends it again."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from qualtui.screens.filtered import Filtered
from qualtui.screens.pages import PageContext
from qualtui.text import _, plural
from qualtui.widgets.line import BLANK, Line, Span, faded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.list_keys import LIST_BINDINGS, NOTICE_BINDINGS
from qualtui.widgets.list_view import ListView, chosen_rows
from qualtui.widgets.notice_rows import OWED, UNSENT, channel_line, notice_columns, notice_pane, notice_row
from qualtui.widgets.table import Table
from qualtui.wire import Done, NoticeLog, Notices, NoticeView, ResendNotice

FOOTER = ("back", "resend", "filter", "list", "open", "refresh", "help")
EVERY = 5.0  # s between two requests while nothing changed
CHANNELS, SMALL_CHANNELS = 8, 4  # channels with a line each at most, and on a small screen
PANE_FROM = 30  # rows of a window that has room for the chosen notice
PANE = 8  # rows of that


class NoticesPage(Filtered):
    """One line a channel, the notices below; those that were given up can be sent again."""

    DEFAULT_CSS = """
    NoticesPage #pane { height: auto; max-height: 8; display: none; }
    NoticesPage #pane.shown { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*LIST_BINDINGS, *NOTICE_BINDINGS]

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._ask = context.ask
        self._answer: Notices | None = None
        self._unread = False  # the newest request failed
        self._asked_at: float | None = None
        self._asked_with = (0, 0)
        self._haystacks: tuple[str, ...] = ()
        self._view: ListView[NoticeView] = ListView()

    def hint(self) -> str:
        """What can be typed into the filter."""
        return _("filter: a channel, #42, or a word of what it says; Enter keeps it, Esc drops it")

    def lists(self) -> tuple[str, ...]:
        """All, and what is looked for most."""
        return (_("all"), _("to be sent"), _("given up"), _("held back"))

    def below(self) -> ComposeResult:
        """The notice under the cursor."""
        yield Lines(self.look, id="pane")

    def chosen(self) -> NoticeView | None:
        """The notice under the cursor."""
        return self._view.row(self.table.key)

    def fresh(self) -> None:
        """Read the notices again."""
        self._asked_at = None
        self.draw()

    def fill(self) -> None:
        """Show the newest list; read it again where the engine's numbers say that something changed."""
        snapshot = self.sight.snapshot
        numbers = (snapshot.engine.notices_owed, snapshot.engine.notices_failed) if snapshot else (0, 0)
        aged = self._asked_at is None or self.now - self._asked_at >= EVERY or numbers != self._asked_with
        if aged and self.sight.watched:
            self._asked_at, self._asked_with = self.now, numbers
            self._read()
        rows, now, zone, cells = self._view.rows, self.now, self.zone, self.size.width
        watched, good = self.sight.watched, self.look.glyphs.good

        def line(n: int) -> Line:
            drawn = notice_row(rows[n], now, zone, cells, self.look)
            return drawn if watched else faded([drawn], good)[0]

        above = [self._title(), *self._channels(cells), self.chips()]
        self.query_one("#title", Lines).show(above if watched else faded(above, good))
        self.table.empty = self._empty()
        self.table.show_lazily(notice_columns(cells), self._view.keys, line)
        self._show_pane()

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self._keys(FOOTER)

    def dimmed(self) -> frozenset[str]:
        """A notice that was not given up can't be sent again; Enter needs one that is about an incident."""
        one = self.chosen()
        names = [name for name, can in (("resend", _failed(one)), ("open", one and one.number)) if not can]
        return frozenset(key for key, _word in self._keys(names))

    def action_resend(self) -> None:
        """Send the notice under the cursor again, if it was given up."""
        one = self.chosen()
        if one is None or not _failed(one):
            self.status(_("Only a notice that was given up can be sent again."), "label")
        elif not self.sight.watched:
            self.status(_("Engine not running: nothing was sent."), "warn")
        else:
            self._resend(one.key)

    def moved(self) -> None:
        """Another notice."""
        self.draw()

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        """The incident that it is about."""
        event.stop()
        one = self._view.row(event.key)
        if one is not None and one.number:
            self.post_message(self.IncidentChosen(one.number))

    def rearrange(self) -> None:
        """The notices of the list that match the filter."""
        notices = self._answer.notices if self._answer is not None else ()
        keep = (
            lambda _one: True,
            lambda one: one.status in OWED,
            _failed,
            lambda one: one.status in UNSENT,
        )
        self._view = chosen_rows(notices, self._haystacks, self.filter_text, lambda one: one.key, keep[self._list])
        if self.is_mounted:
            self.draw()

    def _title(self) -> Line:
        spans = [Span(f" {_('Notices')}", "title")]
        if self._unread:
            spans.append(Span("   " + _("can't be read now"), "unknown"))
        if self._answer is None:
            return tuple(spans)
        notices = self._answer.notices
        owed, failed = sum(one.status in OWED for one in notices), sum(map(_failed, notices))
        text = plural("{n} to be sent", "{n} to be sent", owed).format(n=owed)
        spans.append(Span("   " + text, "strong" if owed else "label"))
        text = plural("{n} given up", "{n} given up", failed).format(n=failed)
        spans.append(Span("   " + text, "crit" if failed else "label"))
        if self.filter_text:
            spans.append(self.matching(len(self._view.rows)))
        return tuple(spans)

    def _channels(self, cells: int) -> list[Line]:
        """A line a channel, those that fail first; what there is no room for is counted."""
        if self._answer is None:
            return []
        channels, notices = self._answer.channels, self._answer.notices
        if not channels:
            text = _("The configuration has no channel: no one is notified. Add a [notify.channels.NAME].")
            return [(Span(f" {self.look.glyphs.warning} {text}", "warn"),)]
        most = CHANNELS if self.size.height >= PANE_FROM else SMALL_CHANNELS
        ordered = sorted(channels, key=lambda one: not one.failing_since)
        lines = [channel_line(one, notices, self.now, self.zone, cells, self.look) for one in ordered[:most]]
        if len(ordered) > most:
            text = plural("{n} more channel", "{n} more channels", len(ordered) - most)
            lines.append((Span("   " + text.format(n=len(ordered) - most), "faint"),))
        return [*lines, BLANK] if self.size.height >= PANE_FROM else lines

    def _empty(self) -> str:
        """What stands in place of rows."""
        if self._answer is None:
            down = _("Engine not running: it is unknown what is still to send.")
            return _("reading ...") if self.sight.watched else down
        if self._answer.notices and self.filter_text:
            return _("No notice matches the filter.")
        return (
            _("No notice yet."),
            _("Nothing to send."),
            _("No notice was given up."),
            _("No notice was held back."),
        )[self._list]

    def _show_pane(self) -> None:
        """All that is known of the notice under the cursor, where there is room."""
        pane, one = self.query_one("#pane", Lines), self.chosen()
        pane.set_class(self.size.height >= PANE_FROM and one is not None, "shown")
        if one is not None:
            ((key, _word),) = self._keys(("resend",))
            rows = notice_pane(one, self.now, self.zone, max(1, self.size.width - 2), key, self.look)
            lines = [BLANK, *((Span(" "), *row) for row in rows)][:PANE]
            pane.show(lines if self.sight.watched else faded(lines, self.look.glyphs.good))

    @work(exclusive=True, group="notices")
    async def _read(self) -> None:
        answer = await self._ask(NoticeLog(all=True))
        if isinstance(answer, Notices):
            self._answer = answer
            self._haystacks = tuple(map(_haystack, answer.notices))
        self._unread = not isinstance(answer, Notices)
        if self.is_mounted:
            self.rearrange()

    @work(exclusive=True, group="resend")
    async def _resend(self, key: str) -> None:
        answer = await self._ask(ResendNotice(key))
        if isinstance(answer, Done):
            self.status(_("It is sent again."), "good")
        self._asked_at = None
        if self.is_mounted:
            self.draw()


def _failed(one: NoticeView | None) -> bool:
    return one is not None and one.status == "failed"


def _haystack(one: NoticeView) -> str:
    return f"#{one.number} {one.target} {one.status} {one.kind} {safe(one.title, 300)} {safe(one.reason)}".lower()
