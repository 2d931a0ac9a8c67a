"""The value axis of a chart: a range in which the values differ visibly, with ticks at round numbers."""

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10

import msgspec

from qualtui.widgets.words import count, lasting

_MOST = 1e15  # beyond that no two values look different
_REACH = 3.0  # a limit further off than so many times the values is left out: it would flatten them
# Round times above a minute, s.
_TIMES = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


class Scale(msgspec.Struct, frozen=True):
    """From `low` at the foot to `high` at the top, with a tick each `step`."""

    low: float
    high: float
    step: float

    def share(self, value: float) -> float:
        """Where a value is, from 0 at the foot to 1 at the top."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def holds(self, value: float) -> bool:
        """Whether a value is within the scale."""
        return self.low <= value <= self.high

    def ticks(self) -> list[float]:
        """The ticks, lowest first."""
        number = round((self.high - self.low) / self.step)
        return [self.low + n * self.step for n in range(number + 1)]


def axis_text(value: float, unit: str) -> str:
    """A tick or limit as it stands beside the axis."""
    if unit == "s":
        return _seconds(value)
    if unit == "%":
        return f"{round(value, 6):.6g}%"
    return f"{round(value, 6):.6g}" if abs(value) < 10000 else count(value)


def scale_for(values: Sequence[float], limits: Sequence[float], rows: int, unit: str = "") -> Scale:
    """The scale for these values (one at least) on so many rows, with the limits that are near enough."""
    held = [max(-_MOST, min(_MOST, value)) for value in values if isfinite(value)] or [0.0]
    top = max(abs(value) for value in held)
    near = [limit for limit in limits if abs(limit) <= _MOST and (not top or abs(limit) <= _REACH * top)]
    low, high = min(*held, *near, held[0]), max(*held, *near, held[0])
    whole = unit not in {"s", "%"} and all(value == int(value) for value in held)
    if low >= 0 and low <= high / 2:
        low = 0.0
    else:  # all far from zero: from there they would be one block
        low -= max(high - low, abs(high) / 10) / 4
    high = high if high > low else low + 1.0
    step = _step((high - low) / max(1, rows // 2), unit)
    step = max(1.0, step) if whole else step
    foot = floor(low / step) * step
    head = ceil(high / step) * step
    if head - max(held) < (head - foot) / 12:  # what touches the top is not seen to end
        head += step
    return Scale(foot, head, step)


def _step(least: float, unit: str) -> float:
    """The smallest round step of at least so much: 1, 2 or 5 of a power of ten, or a round time."""
    if unit == "s" and least > _TIMES[0] / 2:
        found = next((step for step in _TIMES if step >= least), None)
        if found is not None:
            return float(found)
        return _TIMES[-1] * _step(least / _TIMES[-1], "")
    power = 10.0 ** floor(log10(max(least, 1e-12)))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= least * 0.999999)


def _seconds(value: float) -> str:
    size = abs(value)
    if value == 0:
        return "0s"
    if size < 1:
        return f"{round(value * 1000, 3):.6g}ms"
    return f"{round(value, 3):.6g}s" if size < 60 else lasting(value).removesuffix(" 00m")
