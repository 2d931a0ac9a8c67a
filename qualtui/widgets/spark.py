"""Sparklines of one or more rows: gaps are shown as gaps, values over the threshold in its colour."""

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

from qualtui.widgets.line import Line, Span
from qualtui.widgets.look import Glyphs

Past = Sequence[float | None]
FEWEST = 3  # values that make a picture
_BODIES = {"spark": "spark", "sparktop": "sparkbody", "warnspark": "warnbody", "critspark": "critbody"}


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
    """The past as bars, `rows` high, newest at the right; values over `limit` get the token `over`.

    Too few values draw nothing: one of them would be a bare pillar. Of high bars the body is darker than the top.
    """
    if cells <= 0 or rows <= 0:
        return []
    values = resample(past, cells)
    first = next((n for n, value in enumerate(values) if value is not None), cells)  # nothing is known before it
    known = [value for value in values if value is not None]
    if len(known) < FEWEST:
        return [(Span(" " * cells, "gap"),)] * rows
    steps = len(glyphs.blocks)
    low, top = _bounds(known, limit)
    heights = [None if value is None else _height(value, low, top, rows * steps) for value in values]
    quiet = "sparktop" if rows > 1 else "spark"
    tokens = [over if limit is not None and value is not None and value > limit else quiet for value in values]
    blocks = f" {glyphs.blocks}"
    lines: list[Line] = []
    for row in range(rows - 1, -1, -1):
        spans: list[Span] = []
        for x, height in enumerate(heights):
            if height is None:
                _add(spans, glyphs.gap if row == 0 and x > first else " ", "gap")
            else:
                level = min(steps, max(0, height - row * steps))
                body = _BODIES[tokens[x]] if height > (row + 1) * steps else tokens[x]
                _add(spans, blocks[level], body if level else "gap")
        lines.append(tuple(spans))
    return lines


def _bounds(known: Sequence[float], limit: float | None) -> tuple[float, float]:
    """The value at the foot and at the top: zero, or so near the values that they are no full block."""
    low, high = min(known), max([limit or 0.0, 1e-9, *known])
    if low <= high / 2:
        return 0.0, high
    spread = max(max(known) - low, high / 4)
    return low - spread / 2, max(high, max(known) + spread / 4)


def _height(value: float, low: float, top: float, most: int) -> int:
    """The height of a bar in steps: at least one, so that a zero is seen to be known."""
    return min(most, max(1, round((value - low) / (top - low) * most)))


def _add(spans: list[Span], char: str, token: str) -> None:
    if spans and spans[-1].token == token:
        spans[-1] = Span(spans[-1].text + char, token)
    else:
        spans.append(Span(char, token))
