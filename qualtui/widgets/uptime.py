"""Uptime bars: one cell a stretch of time, its height and colour by the worst that happened in it."""

from collections.abc import Sequence

from qualtui.widgets.levels import CellLevel, levels
from qualtui.widgets.line import Line, Span
from qualtui.widgets.look import Look
from qualtui.wire import SeriesHistory

_TOKENS = {
    CellLevel.UNKNOWN: "gap",
    CellLevel.OK: "good",
    CellLevel.INFO: "busy",
    CellLevel.WARNING: "warnspark",
    CellLevel.CRITICAL: "critspark",
}


def uptime_levels(all_: Sequence[SeriesHistory], count: int) -> list[CellLevel]:
    """The worst of these series in each cell; UNKNOWN where none of them is known."""
    columns = [levels(series) for series in all_]
    return [max((column[n] for column in columns), default=CellLevel.UNKNOWN) for n in range(count)]


def uptime_bar(cells: Sequence[CellLevel], look: Look, wide: int = 1, cursor: int | None = None) -> Line:
    """The cells as a line, each `wide` columns; what is not known is a space."""
    blocks = look.glyphs.blocks
    heights = {
        CellLevel.UNKNOWN: " ",
        CellLevel.OK: blocks[0],
        CellLevel.INFO: blocks[1],
        CellLevel.WARNING: blocks[3],
        CellLevel.CRITICAL: look.glyphs.fill,
    }
    spans: list[Span] = []
    for n, level in enumerate(cells):
        token = "cursor" if n == cursor else _TOKENS[level]
        sign = look.glyphs.bar if n == cursor and level is CellLevel.UNKNOWN else heights[level]
        if spans and spans[-1].token == token:
            spans[-1] = Span(spans[-1].text + sign * wide, token)
        else:
            spans.append(Span(sign * wide, token))
    return tuple(spans)
