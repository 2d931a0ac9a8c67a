"""How bad each cell of a series was, by what the series is held against."""

from enum import IntEnum
from math import isfinite
from operator import eq, ge, gt, le, lt, ne

from qualtui.model import Severity
from qualtui.wire import Limit, SeriesHistory

_COMPARE = {">": gt, ">=": ge, "<": lt, "<=": le, "==": eq, "!=": ne}


class CellLevel(IntEnum):
    """The worst that is known of a cell, to compare."""

    UNKNOWN = -1
    OK = 0
    INFO = 1
    WARNING = 2
    CRITICAL = 3


_LEVELS = {
    Severity.INFO: CellLevel.INFO,
    Severity.WARNING: CellLevel.WARNING,
    Severity.CRITICAL: CellLevel.CRITICAL,
    None: CellLevel.WARNING,  # a goal that is missed
}


def shown(series: SeriesHistory) -> list[float | None]:
    """The value of each cell that is drawn: the extreme in the series' bad direction."""
    values = series.lows if series.worse == "down" else series.highs
    return [value if value is not None and isfinite(value) else None for value in values]


def passes(limit: Limit, value: float) -> bool:
    """Whether a value is on the bad side of a limit."""
    return bool(_COMPARE[limit.op](value, limit.value)) if limit.op in _COMPARE else False


def levels(series: SeriesHistory) -> list[CellLevel]:
    """How bad each cell was at its worst."""
    soft = is_state(series) and not series.limits  # no rule speaks of it: good to know
    limits = (Limit(0.0, "==", Severity.INFO),) if soft else series.limits
    known = [_level(limits, low, high) for low, high in zip(series.lows, series.highs, strict=True)]
    return [CellLevel.UNKNOWN] * series.from_rows + known[series.from_rows :]  # rows are no evidence of health


def _level(limits: tuple[Limit, ...], low: float | None, high: float | None) -> CellLevel:
    if low is None or high is None:
        return CellLevel.UNKNOWN
    bad = [_LEVELS[limit.severity] for limit in limits if passes(limit, low) or passes(limit, high)]
    return max(bad, default=CellLevel.OK)


def is_state(series: SeriesHistory) -> bool:
    """Whether it is 1 while all is well and 0 while not: it has no height to draw."""
    values = {value for value in (*series.lows, *series.highs) if value is not None}
    return series.worse == "down" and not series.unit and values <= {0.0, 1.0}
