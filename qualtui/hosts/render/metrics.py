"""What Render's time series mean: the worst instance's share of its limit, and counts by status code. Pure."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from qualtui.hosts.host import Latency, Requests, Use
from qualtui.text import clean
from qualtui.text.message import Saying, message

STEP = 60.0  # s of a point
LATE = 300.0  # s: points arrive late; one older than this says nothing of now
CPU_UNITS = frozenset({"cpu", "cores"})
MEMORY_UNITS = frozenset({"bytes", "byte", "b", "kb", "mb", "gb", "kib", "mib", "gib"})
SECONDS = {
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "ms": 0.001,
    "millisecond": 0.001,
    "milliseconds": 0.001,
}
COUNT_UNITS = frozenset({"unitless", "count", "requests", ""})


class Label(msgspec.Struct, frozen=True):
    """A label of a series."""

    field: str
    value: str


class Point(msgspec.Struct, frozen=True):
    """One point; a value may be null."""

    timestamp: datetime
    value: float | None = None


class TimeSeries(msgspec.Struct, frozen=True):
    """The points of one label set, and their unit as the answer gives it."""

    labels: tuple[Label, ...] = ()
    values: tuple[Point, ...] = ()
    unit: str = ""

    def label(self, field: str) -> str:
        """A label's value, empty where there is none."""
        return next((one.value for one in self.labels if one.field == field), "")


Collection = tuple[TimeSeries, ...] | None  # null has been seen for "no data"


def use_of(used: Collection, limit: Collection, units: frozenset[str], now: float) -> Use:
    """The share of the worst instance of those that report. No points, or null, are no data and never zero."""
    points = [(one, point) for one in used or () if (point := _newest(one, now)) is not None]
    if not points:
        return Use(None, message("no points from the host"))
    newest = max(_at(point) for _one, point in points)
    worst: Use | None = None
    for one, point in points:
        if newest - _at(point) > 2 * STEP:  # an instance that a deploy has replaced
            continue
        share = _share(one, point, limit or (), units, now)
        if share.percent is None:
            return share
        if worst is None or worst.percent is None or share.percent > worst.percent:
            worst = share
    assert worst is not None  # the newest point is among them
    return worst


def _share(one: TimeSeries, point: Point, limits: Sequence[TimeSeries], units: frozenset[str], now: float) -> Use:
    assert point.value is not None
    at = _at(point)
    raw: Saying = f"{point.value:g} {clean(one.unit, 20)}".strip()
    mine = [limit for limit in limits if limit.label("instance") == one.label("instance")] or list(limits)
    most = [(limit, newest) for limit in mine if (newest := _newest(limit, now)) is not None and newest.value]
    if not most:
        return Use(None, message("{raw}; the host names no limit", raw=raw), at)
    limit, top = min(most, key=lambda found: found[1].value or 0.0)
    assert top.value is not None
    unit = one.unit.strip().lower()
    if unit not in units or limit.unit.strip().lower() != unit:
        of = f"{top.value:g} {clean(limit.unit, 20)}".strip()
        return Use(None, message("{raw} of {of}: a unit that qualtui does not know", raw=raw, of=of), at)
    return Use(100.0 * point.value / top.value, at=at)


def counts_of(found: Collection, since: float) -> Requests:
    """Answers by status code since a time; "0" is a client that went away."""
    if not found:
        return Requests(None, message("no requests from the host"))
    odd = next((one.unit for one in found if one.unit.strip().lower() not in COUNT_UNITS), None)
    if odd is not None:
        return Requests(None, message("counted in {unit}, which qualtui does not know", unit=clean(odd, 20)))
    counts: dict[str, float] = {}
    for one in found:
        code = one.label("statusCode") or "?"
        values = [point.value for point in one.values if point.value is not None and _at(point) >= since]
        counts[code] = counts.get(code, 0.0) + sum(values)
    return Requests(counts)


def latency_of(found: Collection, now: float) -> Latency:
    """The slowest series' newest point, in seconds; a unit that is not known gives the raw value in the note."""
    points = [(one, point) for one in found or () if (point := _newest(one, now)) is not None]
    if not points:
        return Latency(None, message("no latency from the host: no message in 5 min, or its plan has none"))
    one, point = max(points, key=lambda pair: pair[1].value or 0.0)
    assert point.value is not None
    scale = SECONDS.get(one.unit.strip().lower())
    if scale is None:
        raw = f"{point.value:g} {clean(one.unit, 20)}".strip()
        return Latency(None, message("{raw}: a unit that qualtui does not know", raw=raw))
    return Latency(point.value * scale)


def _newest(one: TimeSeries, now: float) -> Point | None:
    points = [point for point in one.values if point.value is not None and now - _at(point) <= LATE]
    return max(points, key=_at, default=None)


def _at(point: Point) -> float:
    return point.timestamp.timestamp()
