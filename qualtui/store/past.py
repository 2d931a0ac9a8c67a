"""The samples of the past for a replay, each series read once."""

from collections.abc import Callable, Sequence
from functools import cache

from qualtui.config.values import Aggregate
from qualtui.model import Sample
from qualtui.store.sqlite import SqliteReader


def stored_past(store: SqliteReader, since: float, until: float) -> Callable[[str, Aggregate], Sequence[Sample]]:
    """Return what gives a series' samples. Raises StoreError."""

    @cache
    def past(series: str, how: Aggregate) -> Sequence[Sample]:
        return store.known(series, since, until, how)

    return past
