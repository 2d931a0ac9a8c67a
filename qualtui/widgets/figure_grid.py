"""The figures in compact form: label, value, mark, and what each is held against, in columns."""

from qualtui.widgets.catalogue import Entry, groups, own
from qualtui.widgets.figures import answered_line, evidence_words, mark, value
from qualtui.widgets.line import Line, Span, column, fit, padded, shares
from qualtui.widgets.look import Look
from qualtui.wire import AgentDetail, Figure

LABEL, VALUE = 19, 8  # cells
GAP = 2
LATE = ("customers.phantom", "customers.unstored", "customers.never_greeted")  # shown where they are not 0


def figure_grid(
    view: AgentDetail, now: float, cells: int, columns: int, rows: int, look: Look, *, live: bool
) -> list[Line]:
    """At most `rows` rows. What has no source, or is 0 and only then worth a place, is left out."""
    entries = [answered_line(entry, view) for entry in _entries(view)][: rows * columns]
    height = -(-len(entries) // columns)
    widths = shares(cells, columns, GAP)
    lines: list[Line] = []
    for row in range(height):
        spans: list[Span] = []
        for n, wide in enumerate(widths):
            place = n * height + row
            part = _cell(entries[place], view, now, wide, look, live) if place < len(entries) else ()
            spans += [*fit(part, wide), Span(" " * GAP)]
        lines.append(tuple(spans[:-1]))
    return lines


def _entries(view: AgentDetail) -> list[Entry]:
    mine = own(view)
    all_ = [entry for group in (*groups(), *([mine] if mine else [])) for entry in group.entries]
    bad = [entry for entry in all_ if _figure(view, entry) is not None and entry.series.startswith("user.")]
    bad = [entry for entry in bad if view.figures[entry.series].severity is not None]
    rest = [entry for entry in all_ if entry not in bad and _told(view, entry)]
    return [*rest[:4], *bad, *rest[4:]]


def _figure(view: AgentDetail, entry: Entry) -> Figure | None:
    return view.figures.get(entry.series)


def _told(view: AgentDetail, entry: Entry) -> bool:
    figure = _figure(view, entry)
    if figure is None or figure.evidence == "no_source":
        return False
    return bool(figure.value) or entry.series not in LATE


def _cell(entry: Entry, view: AgentDetail, now: float, cells: int, look: Look, live: bool) -> Line:
    figure = view.figures.get(entry.series)
    if figure is None:
        return (Span(f" {entry.label}", "faint"),)
    glyph, token = mark(entry, figure, look)
    wrong = evidence_words(figure, now, live=live)
    label = min(LABEL, max(0, cells - VALUE - 4))
    shade = "text" if token in {"good", "label"} else token
    text = value(entry, figure)
    room = cells - 1 - label - VALUE - 3
    beside = wrong or entry.goal_text
    return (
        Span(" " + column(entry.label, label), "label"),
        Span(padded(text or look.glyphs.dash, VALUE, right=True), shade if text else "faint"),
        Span(f" {glyph} ", token),
        Span(padded(beside, room) if room > 3 else "", token if wrong or token != "good" else "faint"),  # noqa: S105 - a style's name
    )
