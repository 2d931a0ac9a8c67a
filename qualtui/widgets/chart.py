"""Chart: a series as columns between a value axis and a time axis, with its limits and a cursor. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from qualtui.model import Severity
from qualtui.text import _
from qualtui.widgets.levels import CellLevel, is_state, levels, shown
from qualtui.widgets.line import BLANK, Line, Span, fit, padded, safe, width
from qualtui.widgets.look import Look
from qualtui.widgets.marks import NONE, ChartMarks
from qualtui.widgets.scale import Scale, axis_text, scale_for
from qualtui.widgets.time_axis import TimeAxis
from qualtui.widgets.words import quantity
from qualtui.wire import Limit, SeriesHistory

LEAST = 4  # rows: a title, two of columns, the times
ENOUGH = 3  # known cells: fewer are no chart
AXIS = 10  # columns of the value axis at most
_TOKENS = {
    CellLevel.OK: ("sparktop", "sparkbody"),
    CellLevel.INFO: ("sparktop", "sparkbody"),
    CellLevel.WARNING: ("warnspark", "warnbody"),
    CellLevel.CRITICAL: ("critspark", "critbody"),
}

_ROWS = ("gap", "gap")  # no evidence: neither good nor bad


class Stretch(NamedTuple):
    """A stretch of time that is marked below the columns, with a word."""

    since: float
    until: float
    text: str


def chart(
    series: SeriesHistory,
    axis: TimeAxis,
    now: float,
    title: Line,
    cells: int,
    height: int,
    look: Look,
    *,
    cursor: int | None = None,
    stretch: Stretch | None = None,
    left: int = 0,
    times: bool = True,
    marks: ChartMarks = NONE,
) -> list[Line]:
    """The chart in exactly `height` rows of at most `cells`; `cursor`: the cell whose values the title shows.

    The title is the first row. Where too little is known for a chart, a sentence says so. `left`: the least
    number of cells before the columns, so that charts stand below each other; `times`: with the row of times.
    """
    if cells <= 0 or height <= 0:
        return []
    legend = (Span(f"   {marks.legend}", "strong"),) if marks.signs else ()
    head = fit((*title, *_reading(series, axis, cursor, look), *legend), cells)
    values = shown(series)
    known = [value for value in values if value is not None]
    if len(known) < ENOUGH or height < LEAST:
        rows: list[Line] = [head, (Span("   " + _too_little(axis, values), "faint"),)]
    else:
        rows = [head, *_plot(series, axis, now, height - 1, look, cursor, stretch, left, times, marks)]
    rows += [BLANK] * (height - len(rows))
    return [fit(row, cells) if width(row) > cells else row for row in rows[:height]]


def limit_words(series: SeriesHistory, look: Look) -> str:
    """What the series is held against: ▲ > 3m  ✖ > 10m  goal 30s."""
    parts = []
    for limit in sorted(series.limits, key=lambda one: one.value):
        value = axis_text(limit.value, series.unit)
        if limit.severity is None:
            parts.append(_("goal {value}").format(value=value))
        elif not is_state(series):
            parts.append(f"{look.severity(limit.severity)[0]} {limit.op} {value}")
    return "  ".join(dict.fromkeys(parts))


def _reading(series: SeriesHistory, axis: TimeAxis, cursor: int | None, look: Look) -> Line:
    """What stands beside the title: the values under the cursor, or the extremes and the limits."""
    if cursor is not None and 0 <= cursor < axis.cells:
        moment = axis.moment(axis.begins(cursor))
        low, high = series.lows[cursor], series.highs[cursor]
        if low is None or high is None:
            return (Span(f"   {moment}  ", "cursor"), Span(_("no data"), "unknown"))
        text = quantity(high if series.worse != "down" else low, series.unit)
        rest = "" if low == high else _("  from {low} to {high}").format(
            low=quantity(low, series.unit), high=quantity(high, series.unit)
        )  # fmt: skip
        source = Span("  " + _("from the database") if cursor < series.from_rows else "", "faint")
        return (Span(f"   {moment}  ", "cursor"), Span(text, "strong"), Span(rest, "label"), source)
    values = [value for value in (*series.lows, *series.highs) if value is not None]
    spans = []
    if values and not is_state(series):
        text = _("low {low}  high {high}").format(
            low=quantity(min(values), series.unit), high=quantity(max(values), series.unit)
        )
        spans.append(Span(f"   {text}", "faint"))
    limits = limit_words(series, look)
    rows = (Span(f"   {rows_words(series, axis)}", "faint"),) if series.from_rows else ()
    return (*spans, *rows, Span(f"   {limits}", "label")) if limits else (*spans, *rows)


def rows_words(series: SeriesHistory, axis: TimeAxis) -> str:
    """Up to when a chart shows what stands in the bot's rows: these say that an answer was stored, no more."""
    if series.from_rows >= axis.cells:
        return _("from the database")
    return _("before {clock} from the database").format(clock=axis.moment(axis.begins(series.from_rows)))


def _too_little(axis: TimeAxis, values: Sequence[float | None]) -> str:
    first = next((n for n, value in enumerate(values) if value is not None), None)
    if first is None:
        return _("no data for this time")
    text = _("known since {clock} only: too little for a chart of this range")
    return text.format(clock=axis.moment(axis.begins(first)))


def _plot(
    series: SeriesHistory,
    axis: TimeAxis,
    now: float,
    height: int,
    look: Look,
    cursor: int | None,
    stretch: Stretch | None,
    left: int,
    times: bool,
    marks: ChartMarks,
) -> list[Line]:
    """Columns with their axes in so many rows."""
    marked = [_stretch(stretch, axis, look)] if stretch is not None and height > LEAST else []
    rows = height - int(times) - len(marked)
    state = is_state(series)
    known = [value for value in shown(series) if value is not None]
    near = [limit.value for limit in series.limits]
    scale = Scale(0.0, 1.0, 1.0) if state else scale_for(known, near, rows, series.unit)
    drawn = [None if value is None else 1.0 - value if state else value for value in shown(series)]
    columns = _columns(drawn, levels(series), scale, rows, look, series.from_rows)
    names = _names(series, scale, rows, look, state)
    wide = max(left - 3, min(AXIS, max((len(text) for text, _sign, _token in names.values()), default=0)))
    lines: list[Line] = []
    for row in range(rows - 1, -1, -1):
        text, sign, token = names.get(row, ("", look.glyphs.bar, "rule"))
        start = (Span(f" {padded(text, wide, right=True)} ", "label"), Span(sign, token))
        line = _row(columns, row, look, axis, cursor, sign != look.glyphs.bar, token)
        lines.append((*start, *(_marked(line, marks, axis) if row == rows - 1 else line)))
    blank = Span(" " * (wide + 3), "label")
    lines += [(blank, *line) for line in marked]
    if times:
        lines.append((blank, Span(axis.labels(now), "faint")))
    return lines


class _Column(NamedTuple):
    """One cell as it is drawn: its height in steps of a block, None where nothing is known."""

    height: int | None
    top: str = "gap"
    body: str = "gap"


def _columns(
    values: Sequence[float | None],
    bad: Sequence[CellLevel],
    scale: Scale,
    rows: int,
    look: Look,
    from_rows: int,
) -> list[_Column]:
    most = rows * len(look.glyphs.blocks)
    found = []
    for place, (value, level) in enumerate(zip(values, bad, strict=True)):
        if value is None:
            found.append(_Column(None))
        else:  # one step at least: a zero is seen to be known
            tokens = _ROWS if place < from_rows else _TOKENS[max(level, CellLevel.OK)]
            found.append(_Column(max(1, round(scale.share(value) * most)), *tokens))
    return found


def _row(
    columns: Sequence[_Column], row: int, look: Look, axis: TimeAxis, cursor: int | None, limit: bool, token: str
) -> list[Span]:
    """One row of the columns; where they leave it free, the line of its limit."""
    steps, glyphs = len(look.glyphs.blocks), look.glyphs
    first = next((n for n, column in enumerate(columns) if column.height is not None), len(columns))
    spans: list[Span] = []
    for n, column in enumerate(columns):
        level = 0 if column.height is None else max(0, column.height - row * steps)
        if level > steps:
            sign, style = glyphs.body(plain=look.plain), column.body
        elif level:
            sign, style = glyphs.blocks[level - 1], column.top
        elif n == cursor:
            sign, style = glyphs.bar, "cursor"
        elif limit:
            sign, style = glyphs.line, token
        elif column.height is None and row == 0 and n > first:
            sign, style = glyphs.gap, "gap"
        else:
            sign, style = " ", "gap"
        style = "cursor" if n == cursor else style
        if spans and spans[-1].token == style:
            spans[-1] = Span(spans[-1].text + sign * axis.wide, style)
        else:
            spans.append(Span(sign * axis.wide, style))
    return spans


def _marked(line: Sequence[Span], marks: ChartMarks, axis: TimeAxis) -> list[Span]:
    """The uppermost row with the signs of what happened."""
    cells = [Span(sign, span.token) for span in line for sign in span.text]
    for cell, sign in marks.signs.items():
        cells[cell * axis.wide] = Span(sign, "strong")
    return cells


def _names(
    series: SeriesHistory, scale: Scale, rows: int, look: Look, state: bool
) -> dict[int, tuple[str, str, str]]:
    """By row what stands beside the axis: a limit with its sign and colour, or a tick."""
    bar = look.glyphs.bar
    if state:
        return {rows - 1: (_("down"), bar, "rule"), 0: (_("up"), bar, "rule")}
    found: dict[int, tuple[str, str, str]] = {}
    for limit in sorted(series.limits, key=_urgency):
        if scale.holds(limit.value) and limit.value != scale.low:
            sign, token = _limit_sign(limit, look)
            found.setdefault(_place(scale, limit.value, rows), (axis_text(limit.value, series.unit), sign, token))
    for tick in scale.ticks():
        found.setdefault(_place(scale, tick, rows), (axis_text(tick, series.unit), bar, "rule"))
    return found


def _urgency(limit: Limit) -> int:
    return 0 if limit.severity is None else -1 - limit.severity.rank


def _limit_sign(limit: Limit, look: Look) -> tuple[str, str]:
    if limit.severity is None:
        return look.glyphs.line, "faint"
    token = {Severity.CRITICAL: "critspark", Severity.WARNING: "warnspark"}.get(limit.severity, "busy")
    return look.severity(limit.severity)[0], token


def _place(scale: Scale, value: float, rows: int) -> int:
    """The row of a value, from 0 at the foot."""
    return min(rows - 1, int(scale.share(value) * rows + 1e-9))


def _stretch(stretch: Stretch, axis: TimeAxis, look: Look) -> Line:
    """The row that marks a stretch of time: ├──┤ for 2m."""
    left, right, dash = look.glyphs.ends[0], look.glyphs.ends[1], look.glyphs.dash
    start = max(0, min(axis.columns - 1, axis.column(stretch.since)))
    end = max(start, min(axis.columns - 1, axis.column(stretch.until)))
    bar = left + dash * (end - start - 1) + right if end > start else left
    text = safe(stretch.text, 60)
    if end + 2 + len(text) <= axis.columns or start < len(text) + 1:
        return (Span(" " * start, "gap"), Span(bar, "label"), Span(f" {text}", "label"))
    return (Span(" " * (start - len(text) - 1), "gap"), Span(f"{text} {bar}", "label"))
