"""Good and total events by the minute for 6 h and by the hour for 30 d, in bounded memory: 9 kB. Pure."""

from array import array
from math import floor

import msgspec

HOUR = 60  # minutes
FINE = 6 * HOUR  # minutes that are kept one by one
COARSE = 30 * 24  # hours that are kept


class Counts(msgspec.Struct, frozen=True, gc=False):
    """Events of a time: those that were good, and all of which that is known."""

    good: float = 0.0
    total: float = 0.0

    @property
    def bad(self) -> float:
        """Those that were not good."""
        return self.total - self.good


class _Ring:
    """The newest `size` places of a numbered row; what is older is forgotten."""

    __slots__ = ("_good", "_newest", "_size", "_total")

    def __init__(self, size: int) -> None:
        self._size = size
        self._good = array("f", bytes(4 * size))
        self._total = array("f", bytes(4 * size))
        self._newest: int | None = None

    def reaches(self, place: int) -> bool:
        """Whether a place is kept."""
        return self._newest is None or place > self._newest - self._size

    def get(self, place: int) -> Counts:
        """What stands at a place; nothing where it is not kept."""
        if self._newest is None or not self._newest - self._size < place <= self._newest:
            return Counts()
        return Counts(self._good[place % self._size], self._total[place % self._size])

    def add(self, place: int, good: float, total: float) -> None:
        """Add to a place; one that is too old is left out."""
        if not self.reaches(place):
            return
        newest = place if self._newest is None else self._newest
        for empty in range(max(newest + 1, place - self._size + 1), place + 1):
            self._good[empty % self._size] = self._total[empty % self._size] = 0.0
        self._newest = max(newest, place)
        self._good[place % self._size] += good
        self._total[place % self._size] += total

    def sums(self, first: int, last: int) -> Counts:
        """The sum of the places from first to last, both included."""
        if self._newest is None:
            return Counts()
        first, last = max(first, self._newest - self._size + 1), min(last, self._newest)
        if last < first:
            return Counts()
        start, end = first % self._size, last % self._size + 1
        if start < end:
            return Counts(sum(self._good[start:end]), sum(self._total[start:end]))
        good = sum(self._good[start:]) + sum(self._good[:end])
        return Counts(good, sum(self._total[start:]) + sum(self._total[:end]))


class MinuteCounts:
    """The counters of one goal. `minute`: seconds of a minute; a demo's time is faster."""

    def __init__(self, minute: float) -> None:
        self._minute = minute
        self._minutes = _Ring(FINE + HOUR)
        self._hours = _Ring(COARSE)
        self._first: int | None = None  # the hour of its first event

    def place(self, at: float) -> int:
        """The number of the minute that a time falls into."""
        return floor(at / self._minute + 1e-6)  # a bin of the store may begin a little before its minute

    def fill_hour(self, at: float, good: float, total: float) -> None:
        """Take in what a store has of the hour that begins at `at`."""
        hour = floor(at / (HOUR * self._minute) + 1e-6)
        self._hours.add(hour, good, total)
        self._begin(hour, total)

    def fill_minute(self, at: float, good: float, total: float) -> None:
        """Take in what a store has of a minute whose hour was filled already."""
        self._minutes.add(self.place(at), good, total)

    def add(self, at: float, good: float, total: float) -> None:
        """Count events of a moment."""
        before = self._minutes.get(self.place(at))
        self.put(at, before.good + good, before.total + total)

    def put(self, at: float, good: float, total: float) -> None:
        """Set what a minute counts; a second time replaces the first."""
        place = self.place(at)
        if not self._minutes.reaches(place):
            return
        before = self._minutes.get(place)
        self._minutes.add(place, good - before.good, total - before.total)
        self._hours.add(place // HOUR, good - before.good, total - before.total)
        self._begin(place // HOUR, total)

    def missing(self, last: int) -> float:
        """Return the minutes up to `last` without an event, since the hour after that of the first event."""
        if self._first is None:
            return 0.0
        first = max(self._first + 1, last // HOUR - COARSE + 1)
        return max(0.0, last + 1 - HOUR * first - self._hours.sums(first, last // HOUR).total)

    def of(self, minutes: int, last: int) -> Counts:
        """The sums of so many minutes up to the minute `last`; beyond FINE of them by the hour."""
        if minutes <= FINE:
            return self._minutes.sums(last - minutes + 1, last)
        return self._hours.sums(last // HOUR - minutes // HOUR + 1, last // HOUR)

    def _begin(self, hour: int, total: float) -> None:
        if total and (self._first is None or hour < self._first):
            self._first = hour
