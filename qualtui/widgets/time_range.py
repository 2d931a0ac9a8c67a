"""The ranges of time that charts show, and the keys that change them."""

from typing import NamedTuple

from textual.binding import BindingType

from qualtui.widgets.bindings import binding

_HOUR = 3600.0


class TimeRange(NamedTuple):
    """A range, with its name."""

    name: str
    seconds: float


RANGES = (
    TimeRange("15m", _HOUR / 4),
    TimeRange("1h", _HOUR),
    TimeRange("6h", 6 * _HOUR),
    TimeRange("24h", 24 * _HOUR),
    TimeRange("7d", 168 * _HOUR),
    TimeRange("30d", 720 * _HOUR),
)
FIRST = 1  # the range that a chart begins with

RANGE_BINDINGS: list[BindingType] = [
    binding("shorter", "range(-1)", "shorter range"),
    binding("longer", "range(1)", "longer range"),
    binding("earlier", "cursor(-1)", "read earlier"),
    binding("later", "cursor(1)", "read later"),
]


def range_for(seconds: float) -> int:
    """The place of the shortest range that covers so many seconds, or of the longest."""
    return next((n for n, one in enumerate(RANGES) if one.seconds >= seconds), len(RANGES) - 1)
