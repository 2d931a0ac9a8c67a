"""All incidents: those that fire, and those that ended, back to the beginning of the log."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from qualtui.model import Phase
from qualtui.screens.filtered import Filtered
from qualtui.screens.pages import PageContext
from qualtui.text import _, plural
from qualtui.widgets.frame import ruled
from qualtui.widgets.incident_facts import incident_facts, incident_head
from qualtui.widgets.incidents import incident_columns, incident_row, incident_widths
from qualtui.widgets.line import BLANK, Line, Span, faded, fit, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.list_keys import LIST_BINDINGS
from qualtui.widgets.list_view import ListView, chosen_rows
from qualtui.widgets.table import Table
from qualtui.widgets.words import lasting
from qualtui.wire import IncidentList, IncidentView, ListIncidents

FOOTER = ("back", "open", "filter", "list", "fix", "have", "note", "snooze", "silence", "refresh", "help")
EVERY = 30.0  # s between two requests while nothing began or ended
PANE, PANE_FROM = 58, 130  # cells of the pane, and of a window that has room for it
NEAR = 50  # rows before the end at which older ones are read
MOST = 10_000  # incidents that are read
WEEK = 7 * 86400.0
NOTES = 5


class IncidentsPage(Filtered):
    """One row an incident, those that fire first; beside the list what is known of the chosen one."""

    DEFAULT_CSS = """
    IncidentsPage Horizontal { height: 1fr; }
    IncidentsPage #pane { width: 58; height: 1fr; display: none; margin-left: 2; }
    IncidentsPage #pane.shown { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = LIST_BINDINGS

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._ask = context.ask
        self._known: tuple[IncidentView, ...] = ()  # that the engine has at hand
        self._older: tuple[IncidentView, ...] = ()
        self._before = 0  # to ask for older ones; 0: there are none
        self._asked_at: float | None = None
        self._asked_with: frozenset[tuple[int, Phase]] = frozenset()
        self._came = self._reading = False
        self._unread = False  # the newest request failed
        self._shown = ("", -1)  # filter and list that the rows were chosen by
        self._rows: tuple[IncidentView, ...] = ()
        self._haystacks: tuple[str, ...] = ()
        self._view: ListView[IncidentView] = ListView()

    def hint(self) -> str:
        """What can be typed into the filter."""
        return _("filter: a number, a word of what happened, or who; Enter keeps it, Esc drops it")

    def lists(self) -> tuple[str, ...]:
        """All, and what is looked for most."""
        return (_("all"), _("open"), _("ended"))

    def middle(self) -> ComposeResult:
        """The table, and where there is room the incident under the cursor."""
        with Horizontal():
            yield from super().middle()
            yield Lines(self.look, id="pane")

    def subject(self) -> IncidentView | None:
        """The incident under the cursor."""
        return self._view.row(self.table.key) if self.is_mounted else None

    def agents(self) -> tuple[str, ...]:
        """The agent of the incident under the cursor."""
        incident = self.subject()
        return (incident.agent,) if incident is not None else ()

    def fresh(self) -> None:
        """Read the list again."""
        self._asked_at = None
        self.draw()

    def fill(self) -> None:
        """Show the newest rows: those of the snapshot are as they are now."""
        shot = frozenset((one.number, one.phase) for one in self.sight.incidents)
        aged = self._asked_at is None or self.now - self._asked_at >= EVERY or shot != self._asked_with
        if aged and self.sight.watched:
            self._asked_at, self._asked_with = self.now, shot
            self._read()
        self._choose()
        self.table.empty = self._empty()
        beside = self.size.width >= PANE_FROM
        self.query_one("#pane", Lines).set_class(beside, "shown")
        cells = self.size.width - (PANE + 2 if beside else 0)
        rows, now, watched = self._view.rows, self.now, self.sight.watched
        many = len(self.sight.snapshot.agents) > 1 if self.sight.snapshot else False
        widths = incident_widths(rows, cells)

        def line(n: int) -> Line:
            drawn = incident_row(rows[n], now, widths, self.look, many)
            return drawn if watched else faded([drawn], self.look.glyphs.good)[0]

        self.query_one("#title", Lines).show([self._title(), self._chips()])
        self.table.show_lazily(incident_columns(widths), self._view.keys, line)
        if not self.table.touched and self._view.keys:  # the worst one, until somebody moves
            self.table.select(self._view.keys[0])
        if beside:
            self._show_pane()
        self._read_on()

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self.named(FOOTER)

    def moved(self) -> None:
        """Another incident; near the end older ones are read."""
        self.draw()

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        """Everything about it."""
        event.stop()
        if (incident := self._view.row(event.key)) is not None:
            self.post_message(self.IncidentChosen(incident.number))

    def _choose(self) -> None:
        """The rows of the list and the filter; worked out again where one of them changed."""
        live = {one.number for one in self.sight.incidents}
        others = tuple(one for one in (*self._known, *self._older) if one.number not in live)
        rows = (*self.sight.incidents, *others)
        fires = tuple(one for one in rows if one.phase is Phase.FIRING)
        rows = (*fires, *(one for one in rows if one.phase is not Phase.FIRING))
        wanted = (self.filter_text, self._list)
        if rows == self._rows and wanted == self._shown:
            return
        if rows != self._rows:
            self._rows, self._haystacks = rows, tuple(map(_haystack, rows))
        self._shown = wanted
        keep = (
            lambda _one: True,
            lambda one: one.phase is Phase.FIRING,
            lambda one: one.phase is not Phase.FIRING,
        )
        self._view = chosen_rows(rows, self._haystacks, wanted[0], lambda one: str(one.number), keep[self._list])

    def _title(self) -> Line:
        fires = [one for one in self._rows if one.phase is Phase.FIRING]
        nobody = sum(not one.owner for one in fires)
        ended = [one for one in self._rows if one.resolved_at is not None]
        week = [one for one in ended if self.now - (one.resolved_at or 0.0) < WEEK]
        spans = [Span(f" {_('Incidents')}", "title")]
        spans.append(Span("   " + plural("{n} open", "{n} open", len(fires)).format(n=len(fires)), "strong"))
        if nobody:
            text = plural("no one owns {n}", "no one owns {n}", nobody)
            spans.append(Span("   " + text.format(n=nobody), "warn"))
        if week:
            longest = max((one.resolved_at or 0.0) - one.since for one in week)
            text = plural(
                "{n} ended in 7 days, after {longest}",
                "{n} ended in 7 days, the longest after {longest}",
                len(week),
            )
            spans.append(Span("   " + text.format(n=len(week), longest=lasting(longest)), "label"))
        if self.filter_text:
            spans.append(self.matching(len(self._view.rows)))
        if self._unread:
            spans.append(Span("   " + _("can't be read now"), "unknown"))
        return tuple(spans)

    def _chips(self) -> Line:
        read = _("older ones are read at the end of the list") if self._before else ""
        return (*self.chips(), Span("  " + read, "faint"))

    def _empty(self) -> str:
        """What stands in place of rows."""
        if not self.sight.watched:
            return _("Engine not running: it is unknown what is open now.")
        if not self._came:
            return _("reading ...")
        if self._unread and not self._rows:
            return _("The incidents can't be read now.")
        if self._rows and self.filter_text:
            return _("No incident matches the filter.")
        return (_("No incident yet."), _("No open incident."), _("No incident has ended yet."))[self._list]

    def _show_pane(self) -> None:
        """What the list's row knows of the incident under the cursor."""
        incident, look = self.subject(), self.look
        lines: list[Line] = []
        if incident is not None:
            head, agent = incident_head(incident, self.now, self.zone, look)
            facts = incident_facts(incident, self.sight, self.now, self.zone, PANE, look, notes=NOTES)
            title = ruled(_("Incident {n}").format(n=incident.number), PANE, look)
            lines = [title, *(fit(line, PANE) for line in (head, agent)), BLANK, *facts]
        self.query_one("#pane", Lines).show(lines if self.sight.watched else faded(lines, look.glyphs.good))

    def _read_on(self) -> None:
        """Read older ones where the cursor is near the end of what was read, or a filter looks for them."""
        near = not self._view.keys or self.table.key in self._view.keys[-NEAR:]
        moved = near and (self.table.touched or bool(self.filter_text))
        wanted = moved and not self._unread
        if wanted and self._before and not self._reading and len(self._rows) < MOST and self.sight.watched:
            self._reading = True
            self._read_older(self._before)

    @work(exclusive=True, group="incidents")
    async def _read(self) -> None:
        answer = await self._ask(ListIncidents())
        if isinstance(answer, IncidentList):
            self._known = answer.incidents
            if not self._older:
                self._before = answer.before
        self._came, self._unread = True, not isinstance(answer, IncidentList)
        if self.is_mounted:
            self.draw()

    @work(group="older")
    async def _read_older(self, before: int) -> None:
        answer = await self._ask(ListIncidents(before))
        self._reading = False
        if isinstance(answer, IncidentList):
            listed = {one.number for one in (*self._known, *self._older)}
            self._older += tuple(one for one in answer.incidents if one.number not in listed)
            self._before = answer.before
        else:
            self._unread = True  # until the newest ones are read again
        if self.is_mounted:
            self.draw()


def _haystack(one: IncidentView) -> str:
    parts = (
        f"#{one.number}",
        one.severity.value,
        one.agent,
        one.rule,
        safe(one.summary),
        safe(one.cause),
        one.owner,
    )
    return " ".join((*parts, *one.notes)).lower()
