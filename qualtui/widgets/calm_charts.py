"""The charts of a calm overview: customers answered, reply time against its goal, and the days before."""

from collections.abc import Sequence

from qualtui.text import _, span
from qualtui.widgets.chart import LEAST, chart
from qualtui.widgets.frame import ruled
from qualtui.widgets.levels import CellLevel
from qualtui.widgets.line import BLANK, Line, Span, fit, width
from qualtui.widgets.look import Look
from qualtui.widgets.time_axis import TimeAxis
from qualtui.widgets.uptime import uptime_bar
from qualtui.widgets.words import count, weekday_word
from qualtui.wire import AgentDetail, History, Today

GAP = 2  # cells between two charts
AXIS = 9  # cells that a value axis takes at most
EXTREMES = 24  # cells of a title that its lowest and highest value need
UP = 2  # rows of the uptime bar


def calm_charts(
    answered: History | None,
    replies: History | None,
    now: float,
    widths: tuple[int, int],
    height: int,
    zone: str,
    look: Look,
    today: Today | None = None,
) -> list[Line]:
    """Two charts side by side in `height` rows; no width for the second: only the first."""
    if height < LEAST:
        return []
    name = _("Customers answered an hour")
    left = _charted(answered, name, now, widths[0], height, zone, look, today_words(today))
    if not widths[1]:
        return left
    right = _charted(replies, _("Reply time p95"), now, widths[1], height, zone, look)
    return [(*fit(one, widths[0]), Span(" " * GAP), *other) for one, other in zip(left, right, strict=True)]


def _charted(
    past: History | None,
    name: str,
    now: float,
    cells: int,
    height: int,
    zone: str,
    look: Look,
    beside: Sequence[str] = (),
) -> list[Line]:
    if past is None:
        return [fit((Span(f" {name}", "title"),), cells), *[BLANK] * (height - 1)]
    series = past.series[0]
    many = len(series.highs)
    axis = TimeAxis(past.since, past.step, many, zone, wide=max(1, (cells - AXIS) // many))
    reach = span(axis.step * axis.cells)
    title: Line = (Span(f" {name}", "title"), Span(f" {look.glyphs.dot} {reach}", "faint"))
    room = cells - width(title) - EXTREMES
    spans = (Span(f"   {one}", "strong") for one in beside)
    words = next((one for one in spans if width((one,)) <= room), None)
    if words is not None:
        title = (*title, words)
    return chart(series, axis, now, title, cells, height, look)


def today_words(today: Today | None) -> list[str]:
    """How many were answered in time since midnight, beside a usual day by now; the longest words first."""
    if today is None:
        return []
    answered = count(today.answered)
    alone = _("{count} answered today").format(count=answered)
    if today.usual is None:
        return [alone]
    usual = count(today.usual)
    words = _("{count} answered today, a usual {day} by now {usual}")
    return [
        words.format(count=answered, day=weekday_word(today.weekday), usual=usual),
        _("{count} answered today, usually {usual} by now").format(count=answered, usual=usual),
        alone,
    ]


def uptime_row(view: AgentDetail, past: History | None, cells: int, look: Look) -> list[Line]:
    """How the days before were, a cell the worst of its time, and the share of good minutes."""
    if past is None:
        return []
    series = past.series[0]
    known = [_minutes(low, high) for low, high in zip(series.lows, series.highs, strict=True)]
    if not any(level is not CellLevel.UNKNOWN for level in known):
        return []
    figure = view.figures.get("goal.up")
    goal = "" if figure is None or figure.goal is None else f" {look.glyphs.dot} " + _("goal {goal} %").format(
        goal=f"{figure.goal:g}"
    )  # fmt: skip
    reach = span(past.step * len(series.highs))
    title = _("Up")
    beside = _("{span}, 1 cell = {step}, the worst of it").format(span=reach, step=span(past.step)) + goal
    share = "" if series.mean is None else f" {100 * series.mean:.2f} %"
    bar = fit((Span(" "), *uptime_bar(known, look)), min(cells - len(share), len(known) + 1))
    return [ruled(title, cells, look, beside), (*bar, Span(share, "strong"))]


def _minutes(low: float | None, high: float | None) -> CellLevel:
    """How a stretch of minutes was, each 1 where customers could be answered and 0 where not."""
    if low is None or high is None:
        return CellLevel.UNKNOWN
    if low >= 1:
        return CellLevel.OK
    return CellLevel.WARNING if high >= 1 else CellLevel.CRITICAL
