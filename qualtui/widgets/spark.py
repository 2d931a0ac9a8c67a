"""Sparklines of one or more rows: gaps are shown as gaps, values over the threshold in its colour."""

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

from qualtui.widgets.line import Line, Span
from qualtui.widgets.look import Glyphs

Past = Sequence[float | None]


def resample(past: Past, cells: int) -> list[float | None]:
    """The newest values, one a cell: the worst (largest) of each bin where there are more values than cells."""
    values = [value if value is not None and isfinite(value) else None for value in past]
    if len(values) <= cells:
        return [None] * (cells - len(values)) + values
    bounds = [n * len(values) // cells for n in range(cells + 1)]
    bins = [values[start:end] for start, end in pairwise(bounds)]
    return [max((value for value in part if value is not None), default=None) for part in bins]


def spark(
    past: Past, cells: int, glyphs: Glyphs, *, rows: int = 1, limit: float | None = None, over: str = "warnspark"
) -> list[Line]:
    """The past as bars from zero, `rows` high, newest at the right; values over `limit` get the token `over`."""
    if cells <= 0 or rows <= 0:
        return []
    empty = len(past) < cells
    values = resample(past, cells)
    known = [value for value in values if value is not None]
    top = max([*known, limit or 0.0, 1e-9])
    steps = len(glyphs.blocks)
    begin = cells - len(past) if empty else 0
    lines: list[Line] = []
    for row in range(rows - 1, -1, -1):
        spans: list[Span] = []
        for x, value in enumerate(values):
            spans.append(_cell(value, row, rows, top, steps, glyphs, limit, over, x < begin))
        lines.append(_joined(spans))
    return lines


def _cell(
    value: float | None,
    row: int,
    rows: int,
    top: float,
    steps: int,
    glyphs: Glyphs,
    limit: float | None,
    over: str,
    before: bool,
) -> Span:
    if value is None:
        return Span(glyphs.gap if row == 0 and not before else " ", "gap")
    level = min(rows * steps, max(1, round(max(0.0, value) / top * rows * steps))) - row * steps
    if level <= 0:
        return Span(" ", "gap")
    token = over if limit is not None and value > limit else "spark"
    return Span(glyphs.blocks[min(level, steps) - 1], token)


def _joined(spans: list[Span]) -> Line:
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].token == span.token:
            joined[-1] = Span(joined[-1].text + span.text, span.token)
        else:
            joined.append(span)
    return tuple(joined)
