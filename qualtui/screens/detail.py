"""One incident: what, why, who has it, what was sent, and its history."""

from textual import work
from textual.app import ComposeResult

from qualtui.model import Phase
from qualtui.screens.pages import PageContext
from qualtui.screens.ranged import Ranged
from qualtui.text import _
from qualtui.widgets.activity import activity_row
from qualtui.widgets.chain import chain_line
from qualtui.widgets.chart import chart
from qualtui.widgets.incident_words import alert_words, alerts_summary, notice_words
from qualtui.widgets.line import BLANK, Line, Span, faded, safe, wrapped
from qualtui.widgets.lines import Lines
from qualtui.widgets.rule_chart import fired_after, plot_cells, rule_title
from qualtui.widgets.table import TableRow
from qualtui.widgets.time_range import range_for
from qualtui.widgets.who import who_line
from qualtui.widgets.words import age, day_clock, lasting, severity_word
from qualtui.wire import AgentDetail, IncidentDetail, IncidentView, ShowHistory, ShowIncident

ROOMY = 30  # rows from which the chain is shown, too, and more than the last note
NOTES = 5
FRAME = 3  # rows of header, footer, and a blank one
HISTORY = 8  # rows that what happened has at least, where it needs them
LEAST_CHART, MOST_CHART = 7, 14  # rows
LISTED = 6  # alerts, and notices, that have a line each
FOOTER = ("back", "fix", "have", "note", "snooze", "silence", "release", "previous", "next", "copy", "help")


class IncidentPage(Ranged):
    """The page of one incident; asks for its history, and again when the log grew."""

    def __init__(self, context: PageContext, number: int) -> None:
        super().__init__(context)
        self.number = number
        self._framed = 0  # the incident that the range was chosen for
        self._answer: IncidentDetail | None = None
        self._asked_at = -1  # seq of the snapshot that the history belongs to
        self._missing = False

    def above(self) -> ComposeResult:
        """The facts."""
        yield Lines(self.look, id="facts")

    def below(self) -> ComposeResult:
        """The chart of its rule's series."""
        yield Lines(self.look, id="chart")

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
        self._answer, self._asked_at, self._missing = None, -1, False
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
        cells = plot_cells(self.size.width)
        return ShowHistory(
            incident.agent, rule=incident.rule, seconds=self.range.seconds, cells=cells, until=until
        )

    def fill(self) -> None:
        """Show facts from the snapshot, and the newest history."""
        snapshot = self.sight.snapshot
        if snapshot is not None and snapshot.seq != self._asked_at and self.sight.watched:
            self._asked_at = snapshot.seq
            self._read(self.number)
        incident = self.subject()
        facts = self._facts(incident) if incident else [self._absent()]
        if not self.sight.watched and snapshot is not None:
            facts = faded(facts, self.look.glyphs.good)
        cells, height = self.size
        links = self._chain(incident, cells) if incident and height >= ROOMY else []
        self.query_one("#facts", Lines).show([BLANK, *facts, BLANK, *links] if height >= 20 else facts)
        history = self._answer.history if self._answer else ()
        table = self.table
        width = table.size.width
        rows = [
            TableRow(str(n), activity_row(line, self.now, self.zone, width, self.look))
            for n, line in enumerate(history)
        ]
        table.show((Span(f" {_('What happened')}", "title"),), rows)
        above = len(self.query_one("#facts", Lines).lines) + len(self.query_one("#banners", Lines).lines)
        room = height - FRAME - above - min(len(rows) + 1, HISTORY) - len(self._status)
        self.query_one("#chart", Lines).show(self._chart(incident, cells, room) if incident else [])

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
        height = min(room, MOST_CHART)
        return chart(
            past.series[0], axis, self.now, title, cells, height, self.look, cursor=self.cursor, stretch=stretch
        )

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self.named(FOOTER)

    def _absent(self) -> Line:
        text = _("Incident {n} is not known.") if self._missing else _("Reading incident {n} ...")
        if not self.sight.watched:
            text = _("Engine not running: incident {n} can't be read.")
        return (Span(" " + text.format(n=self.number), "strong"),)

    def _facts(self, incident: IncidentView) -> list[Line]:
        cells, height = self.size
        fires = incident.phase is Phase.FIRING
        glyph, token = self.look.severity(incident.urgency)
        word = severity_word(incident)
        if not fires:
            glyph, token, word = self.look.glyphs.none, "label", _("RESOLVED")
        since = _("since {clock}").format(clock=day_clock(incident.since, self.zone, self.now))
        ended = incident.resolved_at
        how_long = age(self.now, incident.since) if ended is None else lasting(ended - incident.since)
        rows: list[Line] = [
            (
                Span(f" {glyph} {word} ", token),
                Span(f" #{incident.number}  ", "label"),
                Span(safe(incident.summary), "strong"),
            ),
            BLANK,
        ]

        def fact(word: str, text: str) -> None:
            rows.extend(_fact(word, text, cells))

        fact(_("AGENT"), safe(incident.agent, 60))
        fact(_("RULE"), safe(incident.rule, 60))
        fact(_("LASTS"), f"{how_long}, {since}")
        if fires and incident.unseen_since is not None:
            text = _("no data for {age}: it neither gets worse nor ends")
            fact("", text.format(age=age(self.now, incident.unseen_since)))
        if incident.flapping:
            text = _("{flapping}; notices of its end and return are held")
            fact(_("FLAPS"), text.format(flapping=safe(incident.flapping, 60)))
        fact(_("WHY"), safe(incident.cause, 300) or _("no cause is known"))
        for word, text in self._evidence(incident):
            fact(word, text)
        who: Line = (Span(safe(incident.owner, 60) or _("no one"), "text"),)
        if fires:
            who = who_line(incident, "", self.now, self.zone, max(1, cells - 9), self.look)
        rows.append((Span(f" {_('WHO'):<7}", "label"), *who))
        for word, text in (*self._alerts(cells, height), *self._notices(incident, height)):
            fact(word, text)
        if incident.fix:
            fact(_("FIX"), safe(incident.fix, 80))
        # On a small screen the fix is enough: what happened needs the rows.
        if incident.runbook and (height >= ROOMY or not incident.fix):
            fact(_("READ"), safe(incident.runbook, 300))
        for note in incident.notes[-(NOTES if height >= ROOMY else 1) :]:
            fact(_("NOTE"), safe(note, 300))
        return rows

    def _alerts(self, cells: int, height: int) -> list[tuple[str, str]]:
        """Its alerts, where there are more than the one that gives the title; each on a line if there is room."""
        alerts = self._answer.alerts if self._answer else ()
        if len(alerts) < 2:
            return []
        if height < ROOMY:
            return [(_("ALERTS"), alerts_summary(alerts, max(20, cells - 10)))]
        lines = [alert_words(one, self.now) for one in alerts[:LISTED]]
        return list(zip([_("ALERTS"), *[""] * LISTED], lines, strict=False))

    def _notices(self, incident: IncidentView, height: int) -> list[tuple[str, str]]:
        """What became of its notices: the newest each on a line where there is room."""
        notices = self._answer.notices if self._answer else ()
        if height < ROOMY or not notices:
            return [(_("SENT"), safe(incident.notices, 100) or _("nothing"))]
        lines = [notice_words(one, day_clock(one.queued_at, self.zone, self.now)) for one in notices[-LISTED:]]
        return list(zip([_("SENT"), *[""] * LISTED], lines, strict=False))

    def _evidence(self, incident: IncidentView) -> list[tuple[str, str]]:
        """Return the present cause and its proof, if NOW is about this incident."""
        view = self._agent(incident)
        if view is None or view.now.number != incident.number:
            return []
        rows = []
        if view.now.why and view.now.why != incident.cause:
            rows.append((_("NOW"), safe(view.now.why, 300)))
        words = [_("PROOF"), *[""] * len(view.now.proof)]
        return rows + [(word, safe(item, 200)) for word, item in zip(words, view.now.proof, strict=False)]

    def _chain(self, incident: IncidentView, cells: int) -> list[Line]:
        """The links as they are now, while it fires."""
        view = self._agent(incident)
        if view is None or not view.chain or incident.phase is not Phase.FIRING:
            return []
        links = [*chain_line(view.chain, cells, self.look, rows=2), BLANK]
        return links if self.sight.watched else faded(links, self.look.glyphs.good)

    def _agent(self, incident: IncidentView) -> AgentDetail | None:
        return self.sight.detail(incident.agent)

    def agents(self) -> tuple[str, ...]:
        """The incident's."""
        incident = self.subject()
        return (incident.agent,) if incident is not None else ()

    @work(exclusive=True, group="detail")
    async def _read(self, number: int) -> None:
        answer = await self._ask(ShowIncident(number))
        if number != self.number:
            return
        if isinstance(answer, IncidentDetail):
            self._answer = answer
        else:
            self._missing = self._answer is None
        if self.is_mounted:
            self.draw()


def _fact(word: str, text: str, cells: int) -> list[Line]:
    """A word, and what is to say of it in as many lines as that takes."""
    parts = wrapped(text, max(1, cells - 9)) or [""]
    return [(Span(f" {word if n == 0 else '':<7}", "label"), Span(part, "text")) for n, part in enumerate(parts)]
