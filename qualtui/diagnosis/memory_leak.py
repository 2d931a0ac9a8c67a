"""S31: whether memory leaks in one instance's life, and when it reaches its limit. Pure.

A leak is growth that goes on: a step after a deploy, a cache that fills and a sawtooth are none. The slope is
Theil and Sen's (median of the slopes of all pairs), its interval Sen's by Kendall's variance.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import inf, sqrt
from statistics import median
from typing import NamedTuple

from qualtui.text.message import Text, message

LIFE = 6 * 3600.0  # s of an instance's newest life that are looked at
SETTLES = 120.0  # s after its start in which a bot loads what it needs
SPAN = 600.0  # s of growth, before it says anything
POINTS = 10  # and so many measurements
BINS = 30  # of their medians: 435 pairs
RISE = 8.0  # percentage points of growth, before it says anything
SURE = 3.29  # standard deviations: of a thousand steady lives one looks like growth
EVEN = 0.4  # each third grows at least at this share of the whole's rate: a step does not
FADES = 0.75  # the last third grows at least at this share of the first one's rate: a cache that fills does not
FALLS = 0.5  # of the growth: what falls more often than that is a sawtooth

URGENT, SOON = 1800.0, 86_400.0  # s until the limit
HOUR = 3600.0

Points = Sequence[tuple[float, float]]  # when, % of the limit; oldest first


class Leak(NamedTuple):
    """Growth in % of the limit per second, and in how many seconds the limit is reached: best, soonest, latest."""

    rate: float
    left: float
    soonest: float
    latest: float


def urgency(leak: Leak, speed: float = 1.0) -> float:
    """2: the limit is reached within half an hour; 1: within a day; 0: later."""
    return 2.0 if leak.left <= URGENT / speed else float(leak.left <= SOON / speed)


def forecast_text(leak: Leak) -> Text:
    """The growth and when the limit is reached, with its uncertainty."""
    words = {"rate": leak.rate * HOUR, "left": leak.left, "soonest": leak.soonest, "latest": leak.latest}
    return message(
        "grows by {rate:whole} points an hour, reaches its limit in {left:span} ({soonest:span} to {latest:span})",
        **words,
    )


def leak_of(points: Points, speed: float = 1.0, limit: float = 100.0) -> Leak | None:
    """The leak that the measurements of one instance's life show; None: none, or too early to say.

    A leak may begin late: the newest half and quarter of the life are looked at, too. `speed`: a demo's time.
    """
    if not points:
        return None
    end = points[-1][0]
    whole = end - points[0][0]
    given_back = 0.0
    for share in (1.0, 0.5, 0.25):
        part = [one for one in points if one[0] >= end - share * whole]
        if len(part) < POINTS or end - part[0][0] < SPAN / speed:
            break
        binned = _binned(part)
        given_back = given_back or _largest_fall(binned)
        found = _steady_growth(binned, limit)
        # What fell before as far as it grows now falls again.
        if found and (share == 1.0 or given_back < FALLS * found.rate * share * whole):
            return found
    return None


def _largest_fall(points: Points) -> float:
    """How far it fell at most from what it had reached."""
    top, fall = -inf, 0.0
    for _at, value in points:
        top = max(top, value)
        fall = max(fall, top - value)
    return fall


def _steady_growth(points: Points, limit: float) -> Leak | None:
    begin, end = points[0][0], points[-1][0]
    rate, low, high = theil_sen(points)
    if low <= 0 or rate * (end - begin) < RISE:
        return None
    third = (end - begin) / 3
    parts = [[one for one in points if begin + n * third <= one[0] <= begin + (n + 1) * third] for n in range(3)]
    if any(len(part) < 3 for part in parts):
        return None
    first, middle, last = (theil_sen(part).rate for part in parts)
    if min(first, middle, last) < EVEN * rate or last < FADES * first:
        return None
    falls = sum(max(0.0, one[1] - two[1]) for one, two in pairwise(points))
    if falls > FALLS * rate * (end - begin):
        return None
    level = median(value - rate * (at - end) for at, value in points)
    room = max(0.0, limit - level)
    return Leak(rate, room / rate, room / high, room / low)


class Slope(NamedTuple):
    """A slope with the interval that surely holds it."""

    rate: float
    low: float
    high: float


def theil_sen(points: Points) -> Slope:
    """The median of the slopes of all pairs, with its interval; of less than two moments it is not known."""
    slopes = sorted(
        (two[1] - one[1]) / (two[0] - one[0])
        for place, one in enumerate(points)
        for two in points[place + 1 :]
        if two[0] > one[0]
    )
    if not slopes:
        return Slope(0.0, -inf, inf)
    count, pairs = len(points), len(slopes)
    spread = SURE * sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low, high = round((pairs - spread) / 2), round((pairs + spread) / 2)
    return Slope(median(slopes), slopes[low] if low >= 0 else -inf, slopes[high] if high < pairs else inf)


def _binned(points: Points) -> Points:
    """The medians of at most BINS equal parts of the time."""
    begin, end = points[0][0], points[-1][0]
    width = (end - begin) / BINS or 1.0
    bins: dict[int, list[tuple[float, float]]] = {}
    for at, value in points:
        bins.setdefault(min(BINS - 1, int((at - begin) / width)), []).append((at, value))
    return [(median(at for at, _ in part), median(value for _, value in part)) for _, part in sorted(bins.items())]
