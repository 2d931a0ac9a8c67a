"""What the bot's rows say of the 30 days before qualtui first looked: a value an hour. Pure.

It is kept apart from samples: no rule, goal, budget or evidence ever reads it. A row says that an answer was
stored, not that it was delivered, so a chart marks it *from the database*.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import floor

import msgspec

from qualtui.series.timeline import NOTHING, Extent

HOUR = 3600.0
REACH = 30 * 24 * HOUR  # s before the first look
COUNTED = "goal.minute_answered"  # an hour's sum of it; the other series are levels
ASSESSED, QUALIFIED, CONVERSION = "leads.assessed", "leads.qualified", "leads.conversion"
ENOUGH = 20  # leads assessed: below that a share says nothing
HOURLY = (
    "customers.answered_1h",
    "messages.sent_1h",
    "leads.created_1h",
    "reply.p50",
    "reply.p95",
    "reply.follow_p50",
    "reply.follow_p95",
    "reply.first_p50",
    "reply.first_p95",
    COUNTED,
)
NAMES = frozenset((*HOURLY, CONVERSION, ASSESSED, QUALIFIED))

Hours = Mapping[int, float]  # by the hour, counted since 1970


class RowsPast(msgspec.Struct, frozen=True):
    """What was read so far: of `since` to `until` all from `read_from` on. The newest is read first."""

    since: float
    until: float  # qualtui first looked then
    read_from: float
    series: dict[str, dict[int, float]] = {}
    leads_read: bool = False  # what became of the leads was read

    @property
    def complete(self) -> bool:
        """Whether all is read."""
        return self.read_from <= self.since and self.leads_read

    def read(self, read_from: float, found: Mapping[str, Hours]) -> "RowsPast":
        """Return it with what was found from `read_from` on, the beginning of an hour."""
        series = {**self.series, **{name: {**self.series.get(name, {}), **hours} for name, hours in found.items()}}
        return msgspec.structs.replace(self, read_from=read_from, series=series)

    def covers(self, since: float, until: float) -> bool:
        """Whether all of a time was read."""
        return self.read_from <= since and until <= self.until

    def sum_of(self, since: float, until: float) -> float:
        """Return how many messages of a time were answered in time; an hour is parted evenly."""
        total = 0.0
        for hour, value in self.series.get(COUNTED, {}).items():
            begin, end = hour * HOUR, min((hour + 1) * HOUR, self.until)
            inside = min(end, until) - max(begin, since)
            total += value * inside / (end - begin) if inside > 0 else 0.0
        return total


def blob_name(agent: str) -> str:
    """The name under which an agent's is kept in our own store."""
    return f"past/{agent}"


def next_part(past: RowsPast, longest: float) -> tuple[float, float]:
    """The newest time that was not read yet, at most so long; it begins at a full hour."""
    until = past.read_from
    full = (floor((until - 1e-6) / HOUR) + 1) * HOUR  # an hour that is cut off counts as one
    return max(past.since, full - max(HOUR, longest)), until


def known_zeros(hours: Hours, begin: float, end: float) -> Hours:
    """The counts of a time that was read: an hour without a row counts zero."""
    return {hour: hours.get(hour, 0.0) for hour in range(floor(begin / HOUR), floor((end - 1e-6) / HOUR) + 1)}


def shares(assessed: Iterable[tuple[int, float, float]], past: RowsPast) -> Mapping[str, Hours]:
    """What became of the leads, added up hour by hour: (hour, qualified, assessed) in any order."""
    found: dict[str, dict[int, float]] = {CONVERSION: {}, ASSESSED: {}, QUALIFIED: {}}
    by_hour = {hour: (good, every) for hour, good, every in assessed}
    good = every = 0.0
    for hour in range(floor(past.since / HOUR), floor(past.until / HOUR)):
        more_good, more = by_hour.get(hour, (0.0, 0.0))
        good, every = good + more_good, every + more
        if every:
            found[ASSESSED][hour], found[QUALIFIED][hour] = every, good
        if every >= ENOUGH:
            found[CONVERSION][hour] = round(100.0 * good / every, 1)
    return found


def filled(
    known: Sequence[Extent], past: RowsPast | None, name: str, since: float, step: float
) -> tuple[tuple[Extent, ...], int]:
    """The cells, with what rows say of those before the first look; and among how many, from the first, those are.

    A cell of which our own samples know something is left as it is.
    """
    if past is None or name == COUNTED or since >= past.until:
        return tuple(known), 0
    hours = past.series.get(name, {})
    cells, marked = list(known), 0
    for place, own in enumerate(known):
        begin = since + place * step
        if begin >= past.until:
            break
        if (
            own.high is None
            and (told := _cell(hours, begin, min(begin + step, past.until), past.until)).high is not None
        ):
            cells[place], marked = told, place + 1
    return tuple(cells), marked


def _cell(hours: Hours, begin: float, end: float, until: float) -> Extent:
    """The values of the hours that a cell touches. The last full hour speaks until the first look."""
    last = floor(until / HOUR) - 1
    touched = range(floor(begin / HOUR), floor((end - 1e-6) / HOUR) + 1)
    values = [
        value
        for hour in dict.fromkeys(min(one, last) for one in touched)
        if (value := hours.get(hour)) is not None
    ]
    return Extent(min(values), max(values), values[-1]) if values else NOTHING
