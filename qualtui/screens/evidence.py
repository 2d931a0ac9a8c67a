"""Evidence that is measured: its value, age, evidence and source, and what it means."""

from textual import on
from textual.app import ComposeResult

from qualtui.model import Evidence
from qualtui.screens.listing import Listing
from qualtui.screens.pages import PageContext
from qualtui.series.catalogue import BY_NAME
from qualtui.text import _
from qualtui.widgets.catalogue import Entry
from qualtui.widgets.figures import few, mark
from qualtui.widgets.line import Line, Span, column, faded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.table import Table, TableRow
from qualtui.widgets.words import age, evidence_text, quantity, unasked
from qualtui.wire import AgentDetail, Figure

FOOTER = ("back", "open", "refresh", "down", "up", "help")
WIDE = 110  # cells from which each row says what the figure means
WIDEST = 140  # cells from which no name is cut
_COLUMNS = (26, 10, 8, 12, 22)  # cells of the name, the value, its age, its evidence, its source


class EvidencePage(Listing):
    """One row for each series, in the order of declaration."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look, context.keys)
        self._agent = context.agent

    def above(self) -> ComposeResult:
        """The title, with the number of series by evidence."""
        yield Lines(self.look, id="title")

    def _view(self) -> AgentDetail | None:
        return self.sight.detail(self._agent)

    def agents(self) -> tuple[str, ...]:
        """Return the agent whose figures are shown."""
        return (self._agent,)

    def fill(self) -> None:
        """The figures of the newest snapshot."""
        view = self._view()
        figures = view.figures if view is not None else {}
        lines = [self._row(figure) for figure in figures.values()]
        if not self.sight.watched:
            lines = faded(lines, self.look.glyphs.good)
        self.table.empty = _("no figures of this agent yet")
        self.query_one("#title", Lines).show([self._title(view)])
        titles = (_("figure"), _("value"), _("age"), _("evidence"), _("source"))
        head = "".join(column(title, cells) for title, cells in zip(titles, self._columns(), strict=True))
        rows = [TableRow(name, line) for name, line in zip(figures, lines, strict=True)]
        last = _("what it is") if self.size.width >= WIDE else ""
        self.table.show((Span("  " + head, "faint"), Span(last, "faint")), rows)

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        words = {"open": _("show all")}
        return [(key, words.get(name, word)) for name in FOOTER for key, word in self._keys((name,))]

    @on(Table.Opened)
    def _show_all(self, event: Table.Opened) -> None:
        """Show in full a row that is too long for its place."""
        event.stop()
        view = self._view()
        found = view.figures.get(event.key) if view is not None else None
        if found is not None:
            self.status(f"{found.name}: {meaning(found)} ({safe(found.source, 80)})", "label")

    def _title(self, view: AgentDetail | None) -> Line:
        figures = list(view.figures.values()) if view is not None else []
        spans = [Span(" " + _("Evidence") + "   ", "title")]
        for kind, word in _words().items():
            number = sum(figure.evidence is kind for figure in figures)
            if number:
                bad = kind not in {Evidence.FRESH, Evidence.NO_SOURCE}
                spans.append(Span(f"{number} {word}   ", "unknown" if bad else "label"))
        return tuple(spans)

    def _columns(self) -> tuple[int, ...]:
        """The widths of the columns: the longest name has room where there is any."""
        first, *others = _COLUMNS
        return (first + 11 if self.size.width >= WIDEST else first, *others)

    def _row(self, figure: Figure) -> Line:
        glyph, token = mark(Entry("", figure.name), figure, self.look)
        if glyph == " ":  # neither good nor bad
            glyph, token = self.look.glyphs.dot, "faint"
        name, value, old, proof, source = self._columns()
        shown = "" if figure.value is None else quantity(figure.value, figure.unit)
        view = self._view()
        shown = (few(view, figure.name) if view is not None else "") or shown
        since = "" if figure.at is None else age(self.now, figure.at)
        missing = figure.evidence is Evidence.NO_SOURCE
        wrong = evidence_text(figure, self.now)
        rests = "faint" if missing or unasked(figure) else "unknown" if wrong else "text"
        spans = (
            Span(f" {glyph} ", token),
            Span(column(safe(figure.name, 80), name - 1), "faint" if missing else "label"),
            Span(column(shown, value), "text" if figure.severity is None else token),
            Span(column(since, old), "faint"),
            Span(column(wrong or _words()[Evidence.FRESH], proof), rests),
            Span(column(_(safe(figure.source, 80)), source), "faint"),
        )
        return (*spans, Span(meaning(figure), "faint")) if self.size.width >= WIDE else spans


def _words() -> dict[Evidence, str]:
    """Return the word for each kind of evidence."""
    return {
        Evidence.FRESH: _("fresh"),
        Evidence.OLD: _("stale"),
        Evidence.NO_DATA: _("no data"),
        Evidence.DISAGREE: _("disagree"),
        Evidence.NO_SOURCE: _("no source"),
    }


def source_of(figure: Figure) -> str:
    """Return where the value comes from."""
    return _(safe(figure.source, 80))


def meaning(figure: Figure) -> str:
    """Return the value's note, and what the figure means."""
    declared = BY_NAME.get(figure.name)
    parts = (safe(figure.note, 160), _(declared.meaning) if declared is not None else "")
    return "; ".join(part for part in parts if part)
