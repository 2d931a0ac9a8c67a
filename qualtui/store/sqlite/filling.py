"""Fills a store that no one uses yet with a past: its events, its samples, and what these are rolled up to."""

from collections.abc import Iterable

from qualtui.eventlog.codec import number_of
from qualtui.model import EventBody, Sample
from qualtui.store.sqlite import log, rollup, samples
from qualtui.store.sqlite.statements import statement
from qualtui.store.sqlite.store import SqliteStore

Dated = tuple[float, EventBody, str]  # when, what, and its key


def fill(store: SqliteStore, events: Iterable[Dated], past: Iterable[Sample], now: float) -> None:
    """Write all as `append`, `add_samples` and `roll_up` do, in one transaction: one wait for the disk.

    For a store of one owner, before an engine opens it: an append would wait for all of it. Hours are left to the
    engine's first cleaning. Raises StoreError.
    """
    until, highest = rollup.floor_to(now, samples.MINUTE), 0
    with store.writer.writing() as connection:
        for at, body, key in events:
            log.append(connection, log.log_head(connection), [(body, key)], at, store.epoch)
            highest = max(highest, number_of(body))
        samples.add(connection, past, {})
        if every := range(1, rollup.newest_series(connection) + 1):
            minutes = rollup.minute_rows(connection, every, 0.0, until)
            connection.executemany(statement("add_bucket"), minutes)
            samples.keep_marks(connection, rollup.minutes_done(samples.marks(connection), until))
    store.writer.lease.note(highest)
