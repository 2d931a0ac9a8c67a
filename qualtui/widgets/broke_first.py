"""What broke first: the links of the chain and the oldest wait on one time axis, so that the cause is leftmost."""

from collections.abc import Callable

from qualtui.model import Evidence, Link
from qualtui.text import _, span
from qualtui.widgets.chain import link_mark, link_names
from qualtui.widgets.chart import LEAST as CHART_LEAST
from qualtui.widgets.chart import chart
from qualtui.widgets.frame import ruled
from qualtui.widgets.levels import CellLevel
from qualtui.widgets.line import Line, Span, column, cut_line, fit, padded, safe, whole_words, width
from qualtui.widgets.look import Look
from qualtui.widgets.machines import MACHINES
from qualtui.widgets.time_axis import TimeAxis
from qualtui.widgets.uptime import uptime_bar, uptime_levels
from qualtui.wire import AgentDetail, LinkView, SeriesHistory

Series = Callable[[str], SeriesHistory | None]
BAD = "bad"
NAME = 9  # cells of a link's name
LEAST, MOST = 18, 32  # cells before the bars
MARK = 8  # cells behind them: what broke first
_NOW = {"bad": CellLevel.CRITICAL, "busy": CellLevel.WARNING, "ok": CellLevel.OK}


def first_broken(chain: tuple[LinkView, ...]) -> Link | None:
    """The link whose trouble began first; of two that began together, the one nearer to us."""
    broken = [view for view in chain if view.status == BAD and view.since is not None]
    return min(broken, key=lambda view: view.since or 0.0).link if broken else None


def beside_bars(cells: int, axis: TimeAxis) -> int:
    """The cells before the bars and before the columns of the chart below them."""
    return max(LEAST, min(MOST, cells - axis.columns - MARK))


def broke_first(
    view: AgentDetail, series: Series, axis: TimeAxis, now: float, cells: int, look: Look, *, brief: bool = False
) -> list[Line]:
    """A row a link, a cell a stretch of time, the times below. `brief`: the broken links and the customer."""
    beside = _("{span}, 1 cell = {step}").format(span=span(axis.step * axis.cells), step=span(axis.step))
    first = first_broken(view.chain)
    left = beside_bars(cells, axis)
    lines = [] if brief else [ruled(_("What broke first"), cells, look, beside)]
    for machine in MACHINES:
        link = next((one for one in view.chain if one.link is machine.link), None)
        if link is None or (link.status == "no_source" and link.evidence is Evidence.NO_SOURCE):
            continue
        if brief and link.status != BAD and link.link is not Link.CUSTOMER:
            continue
        some = [one for name in machine.bar if (one := series(name)) is not None]
        levels = uptime_levels(some, axis.cells)
        if levels and link.status in _NOW and axis.begins(axis.cells - 1) <= now:
            levels[-1] = max(levels[-1], _NOW[link.status])
        if brief:
            lines.append(_brief(link, levels, cells, look))
            continue
        row = (*fit((*_name(link, look), _state(link, look)), left - 1), Span(" "), *uptime_bar(levels, look))
        mark = Span(f" {look.glyphs.first} {_('first')}", "strong")
        lines.append((*row, mark) if link.link is first else row)
    if not brief:
        lines.append((Span(" " * left, "faint"), Span(axis.labels(now), "faint")))
    return lines


def _brief(link: LinkView, levels: list[CellLevel], cells: int, look: Look) -> Line:
    """One link where there is little room: its state stands behind the bars, at *now*."""
    name, state = _name(link, look), _state(link, look)
    bar = uptime_bar(levels[-max(1, cells - width(name) - 2) :], look)
    room = cells - width((*name, *bar)) - 1
    words = whole_words(state.text, room)  # FAILED of "FAILED 4m", 13 of "13 waiting"; but not "no" of "no answer"
    short = words if words.isupper() or words.isdecimal() else cut_line(state.text, room)
    return (*name, *bar, Span(f" {short}", state.token))


def _name(link: LinkView, look: Look) -> Line:
    glyph, token = link_mark(link, look)
    name = Span(column(link_names()[link.link], NAME), "strong" if link.status == BAD else "label")
    return (Span(f" {glyph} ", token), name)


def _state(link: LinkView, look: Look) -> Span:
    return Span(safe(link.text, 40), link_mark(link, look)[1])


def oldest_wait(
    series: SeriesHistory | None, axis: TimeAxis, now: float, cells: int, height: int, look: Look
) -> list[Line]:
    """The longest wait on the same axis, with the limits of its rule."""
    if series is None or height < CHART_LEAST:
        return []
    title = (Span(f" {padded(_('Oldest wait'), 12)}", "title"),)
    left = beside_bars(cells, axis)
    return chart(series, axis, now, title, cells, height, look, left=left, times=False)
