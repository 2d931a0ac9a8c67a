"""Machines: the chain with its uptime, charts of what is measured, and the evidence of each number."""

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult

from qualtui.model import Link
from qualtui.screens.agent_charts import AgentCharts
from qualtui.text import _
from qualtui.widgets.chain import link_mark, link_names
from qualtui.widgets.chart import LEAST, chart
from qualtui.widgets.evidence_rows import meaning, source_of
from qualtui.widgets.line import BLANK, Line, Span, faded, padded, safe, wrapped
from qualtui.widgets.lines import Lines
from qualtui.widgets.machines import (
    MACHINES,
    SERIES,
    WIDE,
    bar_cells,
    chart_title,
    held,
    left_of,
    machine_of,
    machine_row,
    measured,
    unmeasured,
)
from qualtui.widgets.table import Table, TableRow
from qualtui.widgets.uptime import uptime_levels
from qualtui.widgets.words import age, evidence_text, quantity
from qualtui.wire import AgentDetail, LinkView, ShowHistory

HEIGHT = 5  # rows of a chart at least
TALL = 14  # ... and at most
EVIDENCE = 6  # rows about where a link's numbers come from
ABOVE = 3  # rows of header, title and footer


class MachinesPage(AgentCharts):
    """The links as rows; below them the charts on the same time axis, those of the chosen link first."""

    DEFAULT_CSS = """
    MachinesPage #rows { height: 8; }
    MachinesPage #charts { height: 1fr; }
    """
    FOOTER = ("back", "shorter/longer", "earlier/later", "open", "figures", "refresh", "help")

    def below(self) -> ComposeResult:
        """The charts."""
        yield Lines(self.look, id="charts")

    def wanted(self) -> ShowHistory:
        """All series of the page at once."""
        return ShowHistory(self._agent, SERIES, seconds=self.range.seconds, cells=bar_cells(self.size.width))

    def fill(self) -> None:
        """Links and charts from the newest frame and the newest past."""
        self.read_past()
        agent = self.sight.detail(self._agent)
        links = {view.link: view for view in agent.chain} if agent is not None else {}
        rows = [self._row(links[machine.link]) for machine in MACHINES if machine.link in links]
        charts = self._charts(agent) if agent is not None else []
        if not self.sight.watched:
            rows, charts = (faded(lines, self.look.glyphs.good) for lines in (rows, charts))
        keys = [machine.link.value for machine in MACHINES if machine.link in links]
        self.query_one("#title", Lines).show([(*self.heading(_("Machines")), *self._status_of(links))])
        self.table.empty = _("no data of this agent yet")
        self.table.show(self._head(), [TableRow(key, row) for key, row in zip(keys, rows, strict=True)])
        self.query_one("#charts", Lines).show(charts)

    def words(self) -> tuple[str, ...]:
        """What the keys do."""
        return (_("back"), _("range"), _("read a value"), _("sources"), _("evidence"), _("refresh"), _("help"))

    @on(Table.Opened)
    def _show_evidence(self, event: Table.Opened) -> None:
        """Source, age and meaning of the chosen link's numbers."""
        event.stop()
        agent = self.sight.detail(self._agent)
        machine = machine_of(event.key)
        names = dict.fromkeys((*machine.charts, *machine.more, *machine.bar))
        told = [self._evidence(agent, name) for name in names if name in agent.figures] if agent else []
        rows = [row for text in told for row in wrapped(text, max(1, self.size.width - 2))]
        self.report([(Span(f" {row}", "label"),) for row in rows[:EVIDENCE]])
        self.draw()

    def _evidence(self, agent: AgentDetail, name: str) -> str:
        figure = agent.figures[name]
        wrong = evidence_text(figure, self.now)
        value = wrong if figure.value is None else quantity(figure.value, figure.unit)
        old = "" if figure.at is None else " " + _("({age} ago)").format(age=age(self.now, figure.at))
        return _("{name} {value}{age}; source: {source}; {meaning}").format(
            name=name, value=value, age=old, source=source_of(figure), meaning=meaning(figure)
        )

    def _status_of(self, links: Mapping[Link, LinkView]) -> Line:
        """On a small screen the whole status of the chosen link, for which its row has no room."""
        view = next((view for link, view in links.items() if link == self.table.key), None)
        if self.size.width >= WIDE or view is None or not view.text or not self.sight.watched:
            return ()
        return (
            Span(f"   {link_names()[view.link]} ", "label"),
            Span(safe(view.text, 80), link_mark(view, self.look)[1]),
        )

    def _head(self) -> Line:
        axis = self.axis
        labels = axis.labels(self.now) if axis is not None else ""
        left = padded("   " + _("link"), left_of(self.size.width))
        up = "      " + _("up") if self.size.width >= WIDE else ""
        return (Span(left, "faint"), Span(labels, "faint"), Span(up, "faint"))

    def _row(self, view: LinkView) -> Line:
        machine = machine_of(view.link)
        some = [held(one) for name in machine.bar if (one := self.series(name)) is not None]
        axis = self.axis
        levels = uptime_levels(some, axis.cells if axis is not None else 0)
        up = self.series(machine.up)
        return machine_row(
            view, levels, 1, up.mean if up is not None else None, self.size.width, self.look, self.cursor
        )

    def _beside_charts(self) -> int:
        """Rows of everything else."""
        return ABOVE + len(MACHINES) + 1 + len(self.query_one("#banners", Lines).lines) + len(self._status)

    def _charts(self, agent: AgentDetail) -> list[Line]:
        """As many charts as there is room for, and one line about what nothing measures."""
        axis, cells = self.axis, self.size.width
        if axis is None:
            return []
        missing = unmeasured(agent)
        room = self.size.height - self._beside_charts() - (1 if missing else 0)
        names = measured(agent)
        machine = machine_of(self.table.key) if self.table.key else None
        chosen = (*machine.charts, *machine.more) if machine is not None else ()
        number = min(len(names), max(1, room // HEIGHT))
        if number < len(names):
            names = sorted(names, key=lambda name: name not in chosen)[:number]
        lines: list[Line] = []
        for n, name in enumerate(names):
            height = min(TALL, (room - len(lines)) // (number - n))
            series = self.series(name)
            if series is None or height < LEAST:
                continue
            title = chart_title(name, agent, self.now, self.look, chosen=name in chosen)
            lines += chart(
                series, axis, self.now, title, cells, height, self.look,
                cursor=self.cursor, left=left_of(cells), times=n == number - 1, marks=self.marks,
            )  # fmt: skip
        if missing:
            text = _("no source for {names}").format(names=", ".join(missing))
            lines += [BLANK] * (room - len(lines)) + [(Span(f" {text}", "faint"),)]
        return lines
