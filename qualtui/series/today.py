"""How many were answered today, and on a usual day of this weekday by now: times in the display's zone. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from statistics import median

STEP = 300.0  # s: as exactly as days are compared
WEEKS = 4  # days of the same weekday that are looked at
ENOUGH = 2  # of these must be known


def midnight(now: float, zone: tzinfo, weeks: int = 0) -> float:
    """When today began, or the same weekday so many weeks before; days of 23 and 25 hours are known."""
    day = datetime.fromtimestamp(now, zone).date() - timedelta(weeks=weeks)
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def spans(now: float, zone: tzinfo) -> list[tuple[float, float]]:
    """From midnight until this time of day: today, and the same weekday in the weeks before, the newest first."""
    passed = (now - midnight(now, zone)) // STEP * STEP
    starts = [midnight(now, zone, week) for week in range(1, WEEKS + 1)]
    return [(midnight(now, zone), now), *((start, start + passed) for start in starts)]


def usual(counts: Iterable[float | None]) -> float | None:
    """The median of the days that are known; None: too few are."""
    known = [count for count in counts if count is not None]
    return median(known) if len(known) >= ENOUGH else None


def weekday(now: float, zone: tzinfo) -> int:
    """0 for a Monday, up to 6."""
    return datetime.fromtimestamp(now, zone).weekday()
