"""Failures: each kind with its past, a chart of the chosen one, and masked examples of it."""

from textual import on, work
from textual.app import ComposeResult

from qualtui.screens.agent_charts import AgentCharts
from qualtui.screens.pages import PageContext
from qualtui.text import _, plural
from qualtui.widgets.chart import LEAST, chart
from qualtui.widgets.evidence_rows import meaning, source_of
from qualtui.widgets.failure_rows import (
    KINDS,
    KNOWN_TEXTS,
    SERIES,
    FailureKind,
    bar_cells,
    examples,
    failure_row,
    has_source,
    head,
    kind_of,
    left_of,
    log_rows,
    ordered,
)
from qualtui.widgets.line import BLANK, Line, Span, column, faded, safe, wrapped
from qualtui.widgets.lines import Lines
from qualtui.widgets.marks import MARKED
from qualtui.widgets.table import Table, TableRow
from qualtui.widgets.words import age
from qualtui.wire import AgentDetail, Customers, CustomerView, ListCustomers, ShowHistory

ABOVE = 3  # rows of header, title and footer
TALL = 16  # rows of the chart at most
EXAMPLES, SMALL_EXAMPLES = 8, 2  # customers that are shown of a kind at most, and on a small screen
SMALL = 30  # rows below which a screen is small
EVERY, MOST = 15.0, 200  # s between two requests of the customers; how many are looked at


class FailuresPage(AgentCharts):
    """The kinds as rows, those that fail now first; below them what is known of the chosen one."""

    DEFAULT_CSS = """
    FailuresPage #detail { height: 1fr; }
    """
    FOOTER = ("back", "shorter/longer", "earlier/later", "open", "refresh", "help")

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._people: tuple[CustomerView, ...] | None = None
        self._unread = False  # the newest request failed
        self._people_at: float | None = None

    def below(self) -> ComposeResult:
        """The chart of the chosen kind, and its examples."""
        yield Lines(self.look, id="detail")

    def wanted(self) -> ShowHistory:
        """All kinds at once."""
        return ShowHistory(
            self._agent, (*SERIES, *MARKED), seconds=self.range.seconds, cells=bar_cells(self.size.width)
        )

    def fresh(self) -> None:
        """Read the past and the examples again."""
        self._people_at = None
        super().fresh()

    def fill(self) -> None:
        """The kinds from the newest frame and the newest past."""
        self.read_past()
        if self.sight.watched and (self._people_at is None or self.now - self._people_at >= EVERY):
            self._people_at = self.now
            self._read_people()
        agent = self.sight.detail(self._agent)
        kinds = ordered(agent, self.series) if agent is not None else []
        rows = [self._row(kind, agent) for kind in kinds] if agent is not None else []
        self.table.styles.height = 1 + max(1, len(rows))
        self.table.empty = _("no data of this agent yet")
        axis = self.axis
        labels = axis.labels(self.now) if axis is not None else ""
        live = self.sight.watched
        shown = rows if live else faded(rows, self.look.glyphs.good)
        self.query_one("#title", Lines).show([self._title(agent)])
        self.table.show(
            head(labels, self.size.width),
            [TableRow(kind.series, row) for kind, row in zip(kinds, shown, strict=True)],
        )
        detail = self._detail(agent, len(rows)) if agent is not None and kinds else []
        self.query_one("#detail", Lines).show(detail if live else faded(detail, self.look.glyphs.good))

    def words(self) -> tuple[str, ...]:
        """What the keys do."""
        return (_("back"), _("range"), _("read a value"), _("source"), _("refresh"), _("help"))

    @on(Table.Opened)
    def _show_source(self, event: Table.Opened) -> None:
        """Source, age and meaning of the chosen kind."""
        event.stop()
        agent = self.sight.detail(self._agent)
        figure = agent.figures.get(event.key) if agent is not None else None
        if figure is not None:
            told = _("{name}: source: {source}; {meaning}")
            self.status(told.format(name=figure.name, source=source_of(figure), meaning=meaning(figure)), "label")

    def _title(self, agent: AgentDetail | None) -> Line:
        spans = self.heading(_("Failures"))
        if self.sight.watched and not self.refused and self.past is not None and agent is not None:
            fails = sum(bool(agent.figures[kind.series].value) for kind in KINDS if has_source(kind, agent))
            word = plural("{n} kind fails now", "{n} kinds fail now", fails).format(n=fails) if fails else ""
            spans.append(Span("   " + (word or _("none now")), "strong" if fails else "good"))
        return tuple(spans)

    def _row(self, kind: FailureKind, agent: AgentDetail) -> Line:
        figure = agent.figures[kind.series]
        return failure_row(
            kind, figure, self.series(kind.series), self.now, self.size.width, self.look, self.cursor
        )

    def _detail(self, agent: AgentDetail, rows: int) -> list[Line]:
        """The chart of the chosen kind, its examples, and what nothing measures."""
        kind = kind_of(self.table.key)
        room = (
            self.size.height - ABOVE - 1 - rows - len(self.query_one("#banners", Lines).lines) - len(self._status)
        )
        told = [BLANK, *self._examples(kind, agent)]
        missing = [kind.title() for kind in KINDS if not has_source(kind, agent)]
        if missing:
            text = _("no source for: {names}").format(names=", ".join(missing))
            told += [(Span(f" {row}", "faint"),) for row in wrapped(text, max(1, self.size.width - 2))]
        series, axis = self.series(kind.series), self.axis
        height = min(TALL, room - len(told))
        if series is None or axis is None or height < LEAST:
            return told[1:][: max(0, room)]
        title = (Span(" ", "title"), Span(kind.title(), "title"))
        cells = self.size.width
        drawn = chart(
            series,
            axis,
            self.now,
            title,
            cells,
            height,
            self.look,
            cursor=self.cursor,
            left=left_of(cells),
            marks=self.marks,
        )
        return [*drawn, *told]

    def _examples(self, kind: FailureKind, agent: AgentDetail) -> list[Line]:
        """What the figure's note says, and who waits because of it: phones masked, no text of theirs."""
        figure = agent.figures[kind.series]
        title = Span(" " + _("Examples") + "   ", "title")
        lines: list[Line] = []
        if note := safe(figure.note, 160):
            lines.append((title, Span(note, "text")))
        if kind.series == KNOWN_TEXTS:
            lines += log_rows(agent, self.size.width)
        if not kind.causes:
            return lines or [(title, Span(_("this is a count: single cases are not kept"), "faint"))]
        if self._people is None:
            told = (
                (_("the waiting customers can't be read"), "unknown")
                if self._unread
                else (_("reading ..."), "faint")
            )
            return [*lines, (title, Span(*told))]
        found = examples(kind, self._people)
        number = plural("{n} customer waits because of it", "{n} customers wait because of it", len(found))
        word = number.format(n=len(found)) if found else _("no customer waits because of this now")
        lines.append((title, Span(word, "label")))
        for person in found[: EXAMPLES if self.size.height >= SMALL else SMALL_EXAMPLES]:
            waits = _("waits {age}").format(age=age(self.now, person.since))
            who = (
                Span("   "),
                Span(column(safe(person.phone, 30), 22), "text"),
                Span(column(waits, 16), "strong"),
            )
            lines.append((*who, Span(safe(person.cause, 120), "label")))
        return lines

    @work(exclusive=True, group="customers")
    async def _read_people(self) -> None:
        answer = await self._ask(ListCustomers(self._agent, limit=MOST))
        self._unread = not isinstance(answer, Customers)
        if isinstance(answer, Customers):
            self._people = answer.customers
        if self.is_mounted:
            self.draw()
