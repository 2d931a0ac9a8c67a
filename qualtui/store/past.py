"""The samples of the past for a replay: single ones where they are kept, before that one a minute."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol

from qualtui.config.values import Aggregate
from qualtui.model import Sample
from qualtui.store.ports import Points

MINUTE = 60.0


class Readable(Protocol):
    """What is read of a store."""

    def raw_from(self) -> float:
        """Since when every single sample is kept."""

    def window(
        self, series: str, since: float, until: float, step: float | None = None, how: Aggregate = Aggregate.AVG
    ) -> Points:
        """A series' points."""


def stored_past(store: Readable, since: float, until: float) -> Callable[[str, Aggregate], Sequence[Sample]]:
    """Return what gives a series' samples. A minute's value is known at its end. Raises StoreError."""
    raw = min(until, max(since, -(-store.raw_from() // MINUTE) * MINUTE))

    @cache
    def past(series: str, how: Aggregate) -> tuple[Sample, ...]:
        found: list[Sample] = []
        if raw > since:
            minutes = store.window(series, since, raw - MINUTE, MINUTE, how)
            # A minute without a value may be one of a slower series: it is no sample at all.
            found += [Sample(series, at + MINUTE, value) for at, value in minutes if value is not None]
        found += [Sample(series, at, value) for at, value in store.window(series, raw, until)]
        return tuple(found)

    return past
