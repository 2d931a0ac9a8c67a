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
    values = resample(past, cells)
    before = max(0, cells - len(past))  # cells of which nothing is known yet
    steps = len(glyphs.blocks)
    top = max([limit or 0.0, 1e-9, *(value for value in values if value is not None)])
    heights = [None if value is None else _height(value, top, rows * steps) for value in values]
    tokens = [over if limit is not None and value is not None and value > limit else "spark" for value in values]
    blocks = f" {glyphs.blocks}"
    lines: list[Line] = []
    for row in range(rows - 1, -1, -1):
        spans: list[Span] = []
        for x, height in enumerate(heights):
            if height is None:
                _add(spans, glyphs.gap if row == 0 and x >= before else " ", "gap")
            else:
                level = min(steps, max(0, height - row * steps))
                _add(spans, blocks[level], tokens[x] if level else "gap")
        lines.append(tuple(spans))
    return lines


def _height(value: float, top: float, most: int) -> int:
    """The height of a bar in steps: at least one, so that a zero is seen to be known."""
    return min(most, max(1, round(max(0.0, value) / top * most)))


def _add(spans: list[Span], char: str, token: str) -> None:
    if spans and spans[-1].token == token:
        spans[-1] = Span(spans[-1].text + char, token)
    else:
        spans.append(Span(char, token))
