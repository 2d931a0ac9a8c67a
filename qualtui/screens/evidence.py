"""Evidence that is measured: its value, age, evidence and source, and what it means; problems first."""

from functools import lru_cache
from importlib.resources import files

from textual import on

from qualtui.model import Evidence
from qualtui.screens.filtered import Filtered
from qualtui.screens.pages import PageContext
from qualtui.text import _, plural
from qualtui.widgets.evidence_rows import FigureGroup, Row, arranged, figure_row, group_row, head, words
from qualtui.widgets.line import Line, Span, faded
from qualtui.widgets.lines import Lines
from qualtui.widgets.table import Table
from qualtui.widgets.words import unasked
from qualtui.wire import AgentDetail, Figure

FOOTER = ("back", "filter", "open", "refresh", "down", "up", "help")


@lru_cache(maxsize=64)
def statement(query: str) -> tuple[str, ...]:
    """The rows of a statement of probes/sql; names of tables and columns are still placeholders."""
    text = files("qualtui").joinpath("probes", "sql", f"{query}.sql").read_text(encoding="utf-8")
    return tuple(text.rstrip().splitlines())


class EvidencePage(Filtered):
    """The figures in groups; Enter shows all about one: meaning, age, source, statement."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._agent = context.agent
        self._opened: frozenset[str] = frozenset()

    def hint(self) -> str:
        """What can be typed into the filter."""
        return _("filter: part of a name, a source or its evidence; Enter keeps it, Esc drops it")

    def _view(self) -> AgentDetail | None:
        return self.sight.detail(self._agent)

    def agents(self) -> tuple[str, ...]:
        """Return the agent whose figures are shown."""
        return (self._agent,)

    def fill(self) -> None:
        """The figures of the newest snapshot."""
        view, cells = self._view(), self.size.width
        figures = view.figures if view is not None else {}
        filter_text = self.filter_text
        rows = arranged(figures, filter_text, self._opened, self.now, cells, statement)
        live = self.sight.watched

        def line(n: int) -> Line:
            drawn = self._row(rows[n], view, cells)
            return drawn if live else faded([drawn], self.look.glyphs.good)[0]

        headings = frozenset(n for n, row in enumerate(rows) if isinstance(row.entry, FigureGroup))
        self.table.empty = _("no figure matches the filter") if figures else _("no figures of this agent yet")
        self.query_one("#title", Lines).show([self._title(view)])
        self.table.show_lazily(head(cells), [row.key for row in rows], line, headings)

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        told = {"open": _("source, query")}
        return [(key, told.get(name, word)) for name in FOOTER for key, word in self._keys((name,))]

    def dimmed(self) -> frozenset[str]:
        """Enter speaks of a figure here."""
        return super().dimmed() - {key for key, _word in self._keys(("open",))}

    @on(Table.Opened)
    def _show_all(self, event: Table.Opened) -> None:
        """Show or hide all about the figure."""
        event.stop()
        name = event.key.partition("\n")[0]
        self._opened ^= {name}
        event.table.select(name)
        self.draw()

    def _row(self, row: Row, view: AgentDetail | None, cells: int) -> Line:
        entry = row.entry
        if isinstance(entry, FigureGroup):
            return group_row(entry, self.look)
        if isinstance(entry, Figure):
            return figure_row(entry, view, self.now, cells, self.look) if view is not None else ()
        return entry

    def _title(self, view: AgentDetail | None) -> Line:
        figures = list(view.figures.values()) if view is not None else []
        spans = [Span(" " + _("Evidence") + "   ", "title")]
        early = sum(unasked(figure) for figure in figures)
        for kind, word in words().items():
            number = sum(figure.evidence is kind and not unasked(figure) for figure in figures)
            if number:
                bad = kind not in {Evidence.FRESH, Evidence.NO_SOURCE}
                spans.append(Span(f"{number} {word}   ", "unknown" if bad else "label"))
        if idle := sum(
            len(one.idle) for one in figures if one.evidence is not Evidence.NO_SOURCE and not unasked(one)
        ):
            idle_words = plural("{n} rule can't begin   ", "{n} rules can't begin   ", idle)
            spans.append(Span(idle_words.format(n=idle), "unknown"))
        if early:
            spans.append(Span(_("{n} without a value yet").format(n=early), "label"))
        return tuple(spans)
