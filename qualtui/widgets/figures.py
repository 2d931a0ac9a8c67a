"""Figures in groups: customers, sessions, failures, goals; each with its evidence and its short past."""

import msgspec

from qualtui.model import Evidence, Severity
from qualtui.text import _
from qualtui.widgets.catalogue import LONG, MANY, Entry, Group, groups, literal, own, ratios
from qualtui.widgets.frame import ruled
from qualtui.widgets.line import Line, Span, column, cut_line, fit, padded, safe
from qualtui.widgets.look import Look
from qualtui.widgets.spark import Past, spark
from qualtui.widgets.words import age, count, evidence_text, lasting, quantity, unasked
from qualtui.wire import AgentDetail, Figure

_LABEL = 18  # cells of a row's label
_VALUE = 8  # cells of its value
_AGED = 120.0  # s: from this age on a figure shows its age, such as those of the slow lane
_BROAD, _NARROW = 80, 40  # cells of a literal row, with and without ages


def mark(entry: Entry, figure: Figure, look: Look) -> tuple[str, str]:
    """Glyph and token of a figure: trouble first, then its evidence, then its goal."""
    if figure.evidence is Evidence.NO_SOURCE:
        return look.glyphs.none, "faint"
    if figure.severity is not None:
        return look.severity(figure.severity)
    if unasked(figure):
        return look.glyphs.none, "faint"
    if figure.evidence is not Evidence.FRESH:
        return look.glyphs.unknown, "unknown"
    if figure.value is None:
        return look.glyphs.unknown, "unknown"
    if entry.state:
        return look.severity(None) if figure.value else (look.glyphs.critical, "crit")
    if entry.goal is not None and not entry.grey:
        return look.severity(Severity.WARNING if entry.missed(figure.value) else None)
    if entry.zero and not figure.value:
        return look.severity(None)
    return " ", "label" if entry.grey else "text"


def evidence_words(figure: Figure, now: float, *, live: bool) -> str:
    """What is wrong with a figure's evidence, or its age where it is not kept up to date."""
    wrong = evidence_text(figure, now)
    if not live and figure.at is not None and not wrong:
        return _("{age} ago").format(age=age(now, figure.at))
    return wrong


def value(entry: Entry, figure: Figure) -> str:
    """The newest value as a text."""
    if figure.evidence is Evidence.NO_SOURCE or (figure.value is None and figure.evidence is Evidence.NO_DATA):
        return ""
    if entry.text:
        return entry.text
    if entry.state and figure.value is not None:
        return safe(figure.note, 20) or (_("up") if figure.value else _("down"))
    if entry.age and figure.value is not None:
        return lasting(figure.value)
    return quantity(figure.value, figure.unit)


def row(entry: Entry, figure: Figure | None, now: float, cells: int, look: Look, live: bool) -> Line:
    """One figure: label, value, mark, evidence or goal, and a sparkline in what room is left."""
    label = Span(" " + padded(entry.label, min(_LABEL, max(0, cells - _VALUE - 3))), "label")
    if figure is None:
        return (label, Span(padded(look.glyphs.dash, _VALUE, right=True), "faint"))
    glyph, token = mark(entry, figure, look)
    text = value(entry, figure)
    wrong = evidence_words(figure, now, live=live)
    note = wrong if wrong else entry.goal_text if token == "warn" else entry.note  # noqa: S105 - a style's name
    if not text:
        shown = wrong or "?"
        return (label, Span(padded(shown, max(_VALUE, len(shown)), right=True) + f" {glyph}", token))
    shade = (
        "faint"
        if figure.evidence in {Evidence.OLD, Evidence.NO_DATA}
        else "text"
        if token in {"good", "label"}
        else token
    )
    beside = token if glyph != " " else shade
    spans = [label, Span(padded(text, _VALUE, right=True), shade), Span(f" {glyph} ", beside)]
    if note:
        spans.append(Span(f"{note} ", token))
    elif figure.at is not None and now - figure.at >= _AGED:
        spans.append(Span(_("{age} ago").format(age=age(now, figure.at)) + " ", "faint"))
    room = cells - sum(len(span.text) for span in spans) - 1
    if figure.past and not entry.state and not entry.grey and room >= 6:
        spans += _bars(entry, figure, min(room, 24), look)[0]
    return tuple(spans)


def _bars(entry: Entry, figure: Figure, cells: int, look: Look) -> list[Line]:
    """The past as bars: coloured where it is over the goal, or where a rule says that the figure is bad."""
    over = "critspark" if figure.severity is Severity.CRITICAL else "warnspark"
    bad = figure.severity not in {None, Severity.INFO}
    limit = 0.0 if entry.zero and bad else None if entry.least else entry.goal
    return spark(figure.past, cells, look.glyphs, limit=limit, over=over)


def figure_text(group: Group, view: AgentDetail) -> list[Entry]:
    """The entries of a group that have something to say for this agent."""
    return [entry for entry in group.entries if not entry.rare or _some(view.figures.get(entry.series))]


def _some(figure: Figure | None) -> bool:
    return figure is not None and bool(figure.value)


def answered_line(entry: Entry, view: AgentDetail) -> Entry:
    """The entry with its goal; one that says so, where there was no answer at all; of few events, their counts."""
    entry = _ending(_aimed(entry, view.figures.get(entry.series)), view.figures.get(entry.ends))
    up = view.figures.get(entry.up)
    if up is not None and up.evidence is Evidence.FRESH and up.value == 0:
        return msgspec.structs.replace(entry, series=entry.up, state=True)
    counts = few(view, entry.series, entry.part, entry.whole)
    if not counts:
        return entry
    alarm = view.figures[entry.series].severity if entry.series in view.figures else None
    # An alarm that ends keeps its colour; the ratio of so few would be no figure, such as 0% beside 8 of 8.
    series = entry.series if alarm else entry.part
    return msgspec.structs.replace(entry, series=series, text=counts, goal=None)


def few(view: AgentDetail, series: str, part: str = "", whole: str = "") -> str:
    """Return the counts to show instead of a ratio of few events; empty if the ratio is shown."""
    if not part:
        part, whole = ratios().get(series, ("", ""))
    some, all_ = view.figures.get(part), view.figures.get(whole)
    if some is None or all_ is None or some.value is None or all_.value is None or all_.value >= MANY:
        return ""
    return _("{part} of {all}").format(part=count(some.value), all=count(all_.value))


def _ending(entry: Entry, lasts: Figure | None) -> Entry:
    """The entry, with how long it lasts where it ends."""
    if lasts is None or lasts.evidence is not Evidence.FRESH or not lasts.value or lasts.value >= LONG:
        return entry
    # In one unit: there is room for nine cells beside the value.
    return msgspec.structs.replace(entry, note=_("lasts {time}").format(time=lasting(lasts.value).split()[0]))


def _aimed(entry: Entry, figure: Figure | None) -> Entry:
    """The entry, held against what the configuration says."""
    if figure is None or figure.goal is None or entry.grey:
        return entry
    sign = "≥" if entry.least else "≤" if figure.goal else "="
    shown = f"{figure.goal:g}%" if figure.unit == "%" else quantity(figure.goal, figure.unit)
    return msgspec.structs.replace(entry, goal=figure.goal, goal_text=f"{sign} {shown}")


def held(view: AgentDetail, pasts: dict[str, Past]) -> AgentDetail:
    """The view with the pasts of a little while ago: bars that move every second are restless and cost bytes."""
    figures = {
        name: msgspec.structs.replace(figure, past=tuple(pasts.get(name, figure.past)))
        for name, figure in view.figures.items()
    }
    return msgspec.structs.replace(view, figures=figures)


def panel(group: Group, view: AgentDetail, now: float, cells: int, look: Look, live: bool) -> list[Line]:
    """A group: its title on a rule, and its rows."""
    entries = [answered_line(entry, view) for entry in group.entries]
    rows = [row(entry, view.figures.get(entry.series), now, cells, look, live) for entry in entries]
    return [ruled(group.title, cells, look), *rows]


def compact(view: AgentDetail, now: float, cells: int, look: Look, *, live: bool, rows: int) -> list[Line]:
    """The figures that matter most in few rows, without titles."""
    wanted = [answered_line(entry, view) for group in groups() for entry in figure_text(group, view)]
    order = [
        "customers.waiting",
        "customers.lost",
        "sessions.bot_owes",
        "reply.follow_p95",
        "customers.oldest",
        "customers.answered_1h",
        "customers.phantom",
        "failures.rate",
        "failures.unanswered",
        "customers.backlog",
    ]
    ranked = sorted(
        (entry for entry in wanted if entry.series in order and entry.series in view.figures),
        key=lambda entry: order.index(entry.series),
    )
    columns = max(1, cells // 26)
    each = cells // columns
    mine = own(view)
    entries = mine.entries if mine else ()
    bad = [entry for entry in entries if view.figures[entry.series].severity]
    # Of the user's own, those that a rule calls bad take the last places that are seen; the others, what is left.
    place = max(1, columns * rows - len(bad))
    ranked = [*ranked[:place], *bad, *ranked[place:], *entries[len(bad) :]]
    lines: list[Line] = []
    for start in range(0, min(len(ranked), columns * rows), columns):
        cellsful = ranked[start : start + columns]
        lines.append(
            tuple(
                span
                for entry in cellsful
                for span in fit(_small(entry, view.figures[entry.series], now, look, live), each)
            )
        )
    return lines


def _small(entry: Entry, figure: Figure, now: float, look: Look, live: bool) -> Line:
    glyph, token = mark(entry, figure, look)
    wrong = evidence_text(figure, now)
    if not live and figure.at is not None:
        wrong = _("{age} ago").format(age=age(now, figure.at))
    text = value(entry, figure)
    shade = "text" if token in {"good", "label"} else token
    past = _bars(entry, figure, 6, look)[0] if figure.past and not wrong else ()
    return (
        Span(f" {cut_line(entry.label, 14)} ", "label"),
        Span(text + " " if text else "", shade),
        Span(f"{glyph} " if glyph != " " else "", token),
        Span(f"{wrong} " if wrong else "", token),
        *past,
    )


def literal_rows(view: AgentDetail, now: float, cells: int, look: Look) -> list[Line]:
    """Return the raw values beside the truth: with ages in wide columns, without in narrow ones."""
    each = _BROAD if cells >= 2 * _BROAD else _NARROW
    columns = max(1, cells // each)
    shown = [_literal(*both, view, now, look, broad=each == _BROAD) for both in literal()]
    height = -(-len(shown) // columns)
    lines: list[Line] = [(Span(f" {_('Raw value')} {look.glyphs.arrow} {_('the truth')}", "title"),)]
    for row_number in range(height):
        parts = shown[row_number::height][:columns]
        lines.append(tuple(span for part in parts for span in fit(part, cells // columns)))
    return lines


def _literal(
    name: str, written: Entry, meant: Entry, view: AgentDetail, now: float, look: Look, *, broad: bool
) -> Line:
    wrote, truth = answered_line(written, view), answered_line(meant, view)
    shown, true = view.figures.get(wrote.series), view.figures.get(truth.series)
    token = mark(truth, true, look)[1] if true else "faint"
    start = (Span(f" {padded(name, 3)} ", "label"),)
    if broad:
        figure_text = Span(column(_aged_value(wrote, shown, now), 20), "text")
        label = Span(column(wrote.label, 18), "label")
        arrow = (Span(f"{look.glyphs.arrow} ", "faint"), Span(column(truth.label, 17), "label"))
        return (*start, label, figure_text, *arrow, Span(_aged_value(truth, true, now), token))
    figure_text = Span(padded(_short(wrote, shown), 7, right=True), "text")
    end = (Span(f" {look.glyphs.arrow} ", "faint"), Span(_short(truth, true), token))
    return (*start, Span(column(wrote.label, 18), "label"), figure_text, *end)


def _short(entry: Entry, figure: Figure | None) -> str:
    """A figure in few cells."""
    text = value(entry, figure) if figure is not None else ""
    return text or ("?" if figure is not None and figure.evidence is not Evidence.NO_SOURCE else "-")


def _aged_value(entry: Entry, figure: Figure | None, now: float) -> str:
    if figure is None:
        return _("no source")
    wrong = evidence_text(figure, now)
    shown_value = "" if figure.value is None else padded(value(entry, figure), 7, right=True) + " "
    when = _("{age} ago").format(age=age(now, figure.at)) if figure.at is not None and not wrong else ""
    return " ".join(part for part in (shown_value, wrong or when) if part) or "?"
