"""One incident: what, why, who has it, what was sent, its history, and what else changed at that time."""

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from qualtui.model import Phase
from qualtui.screens.pages import PageContext
from qualtui.screens.ranged import Ranged
from qualtui.text import _
from qualtui.widgets.activity import activity_row
from qualtui.widgets.chain import chain_line
from qualtui.widgets.chart import chart
from qualtui.widgets.frame import ruled
from qualtui.widgets.incident_beside import (
    RELATED,
    alert_rows,
    channel_rows,
    fix_rows,
    related_rows,
    runbook_rows,
    sections,
)
from qualtui.widgets.incident_facts import Fact, incident_facts, incident_head
from qualtui.widgets.incident_words import alert_words, alerts_summary, notice_words
from qualtui.widgets.levels import is_state
from qualtui.widgets.line import BLANK, Line, Span, faded, fit, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.marks import MARKED
from qualtui.widgets.rule_chart import fired_after, plot_cells, rule_title
from qualtui.widgets.table import Table, TableRow
from qualtui.widgets.time_range import range_for
from qualtui.widgets.words import day_clock
from qualtui.wire import (
    Fixes,
    FixView,
    IncidentDetail,
    IncidentView,
    ListFixes,
    ShowHistory,
    ShowIncident,
)

ROOMY = 30  # rows from which alerts and notices have a line each, and more than the last note is shown
BROAD, PANE, GAP = 130, 58, 2  # cells from which there are two columns; of the right one; between them
FEWEST = 20  # rows below which neither the chain nor a blank row is shown
NOTES = 5
FRAME = 3  # rows of header, footer, and a blank one
HISTORY, HALF = 8, 14  # rows that what happened has at least, where it needs them; beyond which it shares
LEAST_CHART, MOST_CHART = 7, 24  # rows
STATE_CHART = 7  # of a series that is only up or down
LISTED = 6  # alerts, and notices, that have a line each in one column
FOOTER = ("back", "fix", "have", "note", "snooze", "silence", "release", "previous", "next", "copy", "help")


class IncidentPage(Ranged):
    """The page of one incident; asks for its history, and again when the log grew."""

    DEFAULT_CSS = """
    IncidentPage #columns { height: 1fr; }
    IncidentPage #main { width: 1fr; height: 1fr; }
    IncidentPage #beside { width: 58; height: 1fr; margin-left: 2; display: none; }
    IncidentPage #beside.shown { display: block; }
    """

    def __init__(self, context: PageContext, number: int) -> None:
        super().__init__(context)
        self.number = number
        self._framed = 0  # the incident that the range was chosen for
        self._answer: IncidentDetail | None = None
        self._fixes: tuple[FixView, ...] = ()
        self._asked_at = -1  # seq of the snapshot that the history belongs to
        self._missing = False

    def middle(self) -> ComposeResult:
        """Facts, what happened and the chart; beside them alerts, notices, fixes, related series."""
        with Horizontal(id="columns"):
            with Vertical(id="main"):
                yield Lines(self.look, id="facts")
                yield Table(self.look, id="rows", empty=_("reading ..."))
                yield Lines(self.look, id="chart")
            yield Lines(self.look, id="beside")

    def subject(self) -> IncidentView | None:
        """This incident."""
        return self.sight.incident(self.number) or (self._answer.incident if self._answer else None)

    def step(self, by: int) -> None:
        """To the incident beside this one in the snapshot's order."""
        numbers = [incident.number for incident in self.sight.incidents]
        if not numbers:
            return
        at = numbers.index(self.number) if self.number in numbers else 0
        self.number = numbers[(at + by) % len(numbers)]
        self._answer, self._asked_at, self._missing, self._fixes = None, -1, False, ()
        self.past = None
        self.draw()

    def fresh(self) -> None:
        """Reads the history and the past again."""
        self._asked_at = -1
        super().fresh()

    def wanted(self) -> ShowHistory | None:
        """The past of the rule's series, in a range that shows what was before the incident."""
        incident = self.subject()
        if incident is None:
            return None
        until = 0.0
        if incident.resolved_at is not None:
            until = min(self.now, incident.resolved_at + self.range.seconds / 10)
        related = RELATED if self._two_columns else ()
        return ShowHistory(
            incident.agent,
            (*related, *MARKED),
            rule=incident.rule,
            seconds=self.range.seconds,
            cells=plot_cells(self._left),
            until=until,
        )

    def fill(self) -> None:
        """Show facts from the snapshot, and the newest history."""
        snapshot = self.sight.snapshot
        if snapshot is not None and snapshot.seq != self._asked_at and self.sight.watched:
            self._asked_at = snapshot.seq
            self._read(self.number)
        incident = self.subject()
        cells, height, live = self._left, self.size.height, self.sight.watched
        facts = self._facts(incident, cells, height) if incident else [BLANK, self._absent()]
        facts += self._chain(incident, cells) if incident and height >= FEWEST else []
        if not live and snapshot is not None:
            facts = faded(facts, self.look.glyphs.good)
        self.query_one("#facts", Lines).show(facts)
        history = self._answer.history if self._answer else ()
        self.table.empty = "" if incident is None else _("reading ...")
        rows = [
            TableRow(str(n), activity_row(line, self.now, self.zone, cells, self.look))
            for n, line in enumerate(history)
        ]
        self.table.show(ruled(_("What happened"), cells, self.look), rows)
        above = len(facts) + len(self.query_one("#banners", Lines).lines)
        room = height - FRAME - above - len(self._status)
        room -= min(len(rows) + 1, max(HISTORY, room - HALF))
        self.query_one("#chart", Lines).show(self._chart(incident, cells, room) if incident else [])
        pane = self.query_one("#beside", Lines)
        pane.set_class(self._two_columns, "shown")
        if self._two_columns:
            beside = self._beside(incident) if incident else []
            pane.show(beside if live else faded(beside, self.look.glyphs.good))

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self.named(FOOTER)

    def agents(self) -> tuple[str, ...]:
        """The incident's."""
        incident = self.subject()
        return (incident.agent,) if incident is not None else ()

    @property
    def _two_columns(self) -> bool:
        return self.size.width >= BROAD and self.size.height >= ROOMY

    @property
    def _left(self) -> int:
        """Cells of the left column."""
        return self.size.width - (PANE + GAP if self._two_columns else 0)

    def _chart(self, incident: IncidentView, cells: int, room: int) -> list[Line]:
        """The rule's series where there is room for it."""
        if room < LEAST_CHART:
            return []
        if self._framed != incident.number:
            self._framed = incident.number
            self.use_range(range_for(2 * ((incident.resolved_at or self.now) - incident.since)))
        self.read_past()
        axis, past = self.axis, self.past
        if axis is None or past is None:
            return []
        title = rule_title(past.series[0], self.range, self.look)
        stretch = fired_after(incident, past.series[0], self.zone)
        height = min(room, STATE_CHART if is_state(past.series[0]) else MOST_CHART)
        return chart(
            past.series[0],
            axis,
            self.now,
            title,
            cells,
            height,
            self.look,
            cursor=self.cursor,
            stretch=stretch,
            marks=self.marks,
        )

    def _absent(self) -> Line:
        text = _("Incident {n} is not known.") if self._missing else _("Reading incident {n} ...")
        if not self.sight.watched:
            text = _("Engine not running: incident {n} can't be read.")
        return (Span(" " + text.format(n=self.number), "strong"),)

    def _facts(self, incident: IncidentView, cells: int, height: int) -> list[Line]:
        """The head and the facts; what the right column shows is left out where there is one."""
        more = [] if self._two_columns else [*self._alerts(cells, height), *self._notices(incident, height)]
        facts = incident_facts(
            incident, self.sight, self.now, self.zone, cells, self.look, more,
            NOTES if height >= ROOMY else 1,
            # On a small screen the fix is enough: what happened needs the rows.
            runbook=not self._two_columns and (height >= ROOMY or not incident.fix),
        )  # fmt: skip
        blank = [BLANK] if height >= ROOMY else []
        head = [fit(line, cells) for line in incident_head(incident, self.now, self.zone, self.look)]
        return [*([BLANK] if height >= FEWEST else []), *head, *blank, *facts, *blank]

    def _alerts(self, cells: int, height: int) -> list[Fact]:
        """Its alerts, where there are more than the one that gives the title; each on a line if there is room."""
        alerts = self._answer.alerts if self._answer else ()
        if len(alerts) < 2:
            return []
        if height < ROOMY:
            return [(_("ALERTS"), alerts_summary(alerts, max(20, cells - 10)))]
        lines = [alert_words(one, self.now) for one in alerts[:LISTED]]
        return list(zip([_("ALERTS"), *[""] * LISTED], lines, strict=False))

    def _notices(self, incident: IncidentView, height: int) -> list[Fact]:
        """What became of its notices: the newest each on a line where there is room."""
        notices = self._answer.notices if self._answer else ()
        if height < ROOMY or not notices:
            return [(_("SENT"), safe(incident.notices, 100) or _("nothing"))]
        lines = [notice_words(one, day_clock(one.queued_at, self.zone, self.now)) for one in notices[-LISTED:]]
        return list(zip([_("SENT"), *[""] * LISTED], lines, strict=False))

    def _beside(self, incident: IncidentView) -> list[Line]:
        """The right column."""
        answer, look = self._answer, self.look
        if answer is None:
            return [BLANK, (Span(_("reading ..."), "faint"),)]
        (key, _word), *_rest = self._keys(("fix",))
        past = [one for one in self.past.series[1:] if one.name not in MARKED] if self.past is not None else ()
        related = related_rows(past, PANE, look)
        if related:
            span = _("last {range}").format(range=self.range.name)
            related.insert(0, ruled(_("At the same time"), PANE, look, span))
        parts = (
            alert_rows(answer.alerts, self.now, PANE, look),
            channel_rows(answer.notices, incident, self.now, self.zone, PANE, look),
            fix_rows(self._fixes, incident, key, PANE, look) if incident.phase is Phase.FIRING else [],
            runbook_rows(incident, PANE, look),
            related,
        )
        room = self.size.height - FRAME - len(self.query_one("#banners", Lines).lines) - len(self._status)
        return [BLANK, *sections(parts, room)]

    def _chain(self, incident: IncidentView, cells: int) -> list[Line]:
        """The links as they are now, while it fires."""
        view = self.sight.detail(incident.agent)
        if view is None or not view.chain or incident.phase is not Phase.FIRING:
            return []
        links = chain_line(view.chain, cells, self.look, rows=2)
        return [*links, *([BLANK] if self.size.height >= ROOMY else [])]

    @work(exclusive=True, group="detail")
    async def _read(self, number: int) -> None:
        answer = await self._ask(ShowIncident(number))
        if number != self.number:
            return
        if isinstance(answer, IncidentDetail):
            self._answer = answer
        else:
            self._missing = self._answer is None
        if self._two_columns and self._answer is not None and self._answer.incident.phase is Phase.FIRING:
            fixes = await self._ask(ListFixes())
            if isinstance(fixes, Fixes):
                self._fixes = fixes.fixes
        if self.is_mounted:
            self.draw()
