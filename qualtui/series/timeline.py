"""A series on a time axis: how long a cell is, and what is known of each. Pure."""

from collections.abc import Iterable, Iterator
from itertools import chain
from math import ceil, floor
from typing import NamedTuple

from qualtui.model.cells import Cell

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# Lengths that divide the next larger unit: an axis of them has ticks at round times.
STEPS = (
    *(1, 2, 3, 5, 6, 10, 12, 15, 20, 30),
    *(n * _MINUTE for n in (1, 2, 3, 5, 6, 10, 12, 15, 20, 30)),
    *(n * _HOUR for n in (1, 2, 3, 4, 6, 8, 12)),
)


class Extent(NamedTuple):
    """What is known of one cell; None: nothing."""

    low: float | None
    high: float | None
    last: float | None


NOTHING = Extent(None, None, None)


def step_for(seconds: float, cells: int) -> float:
    """The shortest round length of which at most `cells` cover so many seconds."""
    days = (n * _DAY for n in range(1, ceil(seconds / _DAY) + 2))
    return float(next(step for step in chain(STEPS, days) if seconds <= step * cells))


def grid(seconds: float, cells: int, until: float) -> tuple[float, float, int]:
    """The beginning, the length and the number of the cells; the last of them contains `until`."""
    step = step_for(seconds, cells)
    count = min(cells, ceil(seconds / step))
    return (floor(until / step) - count + 1) * step, step, count


def extents(found: Iterable[Cell], since: float, step: float, count: int, holds: float) -> tuple[Extent, ...]:
    """What is known of `count` cells from `since` on.

    A value speaks for `holds` seconds: a series polled seldom has no holes. A poll without an answer ends it.
    """
    return tuple(_extents(found, since, step, count, holds))


def _extents(found: Iterable[Cell], since: float, step: float, count: int, holds: float) -> Iterator[Extent]:
    polled = {round(cell.at / step): cell for cell in found}
    first = round(since / step)
    value: float | None = None
    speaks_until = 0.0
    for n in range(min([first, *polled]), first + count):
        cell = polled.get(n)
        if cell is not None and cell.count:
            value, speaks_until = cell.last, cell.last_at + holds
            told = Extent(cell.low, cell.high, cell.last)
        elif cell is not None:
            value, told = None, NOTHING
        else:
            told = Extent(value, value, value) if n * step < speaks_until else NOTHING
        if n >= first:
            yield told
