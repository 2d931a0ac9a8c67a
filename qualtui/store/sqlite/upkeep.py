"""Roll-ups, prunings and checkpoints: computed beside the writer, written in small parts behind the appends."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from math import inf

from qualtui.config import values
from qualtui.model import State
from qualtui.store.ports import Pruned
from qualtui.store.sqlite import checkpoint, rollup
from qualtui.store.sqlite.read_pool import ReadPool
from qualtui.store.sqlite.rollup import DAY, Rows
from qualtui.store.sqlite.samples import HOUR, MINUTE, keep_marks, marks
from qualtui.store.sqlite.statements import statement
from qualtui.store.sqlite.writer import Writer

PRUNE_LIMIT = 5_000  # rows of a kind in one call
PRUNE_AT_ONCE = 1_000  # rows in one transaction: some milliseconds, for which an append may have to wait
PRUNE_EVENTS = 2_000  # these are folded as they go
SERIES_AT_ONCE = 50  # in one transaction of a roll-up: 60 rows each at most

Read = Callable[[sqlite3.Connection, range, float, float], Rows]


class Upkeep:
    """Keeps the store small. One thread at a time; others may append, read and add samples meanwhile."""

    def __init__(self, writer: Writer, pool: ReadPool) -> None:
        self._writer = writer
        self._pool = pool
        self._added_since = inf  # the earliest sample written since the running roll-up began
        self.erased = 0  # how many times an event was erased

    def added(self, first: float) -> None:
        """Samples from `first` on are being written; the caller has the writer's turn."""
        self._added_since = min(self._added_since, first)

    def checkpoint(self, state: State) -> None:
        """Keeps a State for the next start."""
        row = checkpoint.as_row(state)
        with self._writing() as connection:
            checkpoint.save(connection, row)

    def roll_up(self, now: float) -> None:
        """Rolls up the minutes and hours that are over, from where the last time ended; safe to repeat."""
        over = rollup.Over(rollup.floor_to(now, MINUTE), rollup.floor_to(now, HOUR))
        generation = self._writer.generation
        with self._writing():
            self._added_since = inf
        with self._pool.reading() as connection:
            kept = over.limit(marks(connection))
            newest = rollup.newest_series(connection)
        since = kept.minutes_until
        for start, end in self._slices(rollup.first_sample, since, over.minutes, HOUR):
            self._roll(rollup.minute_rows, newest, start, end, generation)
            self._mark_minutes(over, end)
        self._mark_minutes(over, over.minutes)
        # What is pruned can't be counted again: an hour whose minutes are gone stays as it is.
        hours_since = max(
            rollup.floor_to(min(kept.hours_until, since), HOUR), rollup.ceil_to(kept.minutes_from, HOUR)
        )
        for start, end in self._slices(rollup.first_minute, hours_since, over.hours, DAY):
            self._roll(rollup.hour_rows, newest, start, end, generation)
        with self._writing() as connection:
            keep_marks(connection, rollup.hours_done(over.limit(marks(connection)), over.hours))

    def prune(self, now: float, keep: values.StoreSettings) -> Pruned:
        """Takes away samples older than their grain is kept, if rolled up, and events that a checkpoint covers.

        At most PRUNE_LIMIT rows of a kind; `more` in the answer: call again.
        """
        with self._writing() as connection:
            kept = rollup.pruned_from(marks(connection), now, keep)
            keep_marks(connection, kept)
        raw = self._delete("prune_samples", {"before": kept.raw_from})
        minutes = self._delete("prune_buckets", {"grain": MINUTE, "before": kept.minutes_from})
        hours = self._delete("prune_buckets", {"grain": HOUR, "before": now - keep.keep_hours})
        events = self._prune_events(now - keep.keep_events, now)
        more = max(raw, minutes, hours) >= PRUNE_LIMIT or events >= PRUNE_EVENTS
        return Pruned(raw, minutes, hours, events, more)

    def _writing(self, generation: int | None = None) -> AbstractContextManager[sqlite3.Connection]:
        return self._writer.writing(urgent=False, generation=generation)

    def _slices(
        self,
        first: Callable[[sqlite3.Connection, float, float], float | None],
        since: float,
        until: float,
        length: int,
    ) -> Iterator[tuple[float, float]]:
        """The parts of the time from since to until in which there is something, each within one `length`."""
        while since < until:
            with self._pool.reading() as connection:
                found = first(connection, since, until)
            if found is None:
                return
            start = max(since, rollup.floor_to(found, MINUTE))
            since = min(rollup.floor_to(start, length) + length, until)
            yield start, since

    def _roll(self, read: Read, newest: int, start: float, end: float, generation: int) -> None:
        for low in range(1, newest + 1, SERIES_AT_ONCE):
            with self._pool.reading() as connection:
                rows = read(connection, range(low, low + SERIES_AT_ONCE), start, end)
            if rows:
                with self._writing(generation) as connection:
                    connection.executemany(statement("add_bucket"), rows)

    def _mark_minutes(self, over: rollup.Over, until: float) -> None:
        """Minutes before `until` are done, but for those that samples came into meanwhile."""
        with self._writing() as connection:
            done = min(until, self._added_since)
            keep_marks(connection, rollup.minutes_done(over.limit(marks(connection)), done))

    def _delete(self, name: str, which: dict[str, float]) -> int:
        gone = 0
        while gone < PRUNE_LIMIT:
            with self._writing() as connection:
                deleted = connection.execute(statement(name), {**which, "limit": PRUNE_AT_ONCE}).rowcount
            gone += deleted
            if deleted < PRUNE_AT_ONCE:
                break
        return gone

    def _prune_events(self, before: float, now: float) -> int:
        """Takes events away whose fold goes into the anchor; none where one was erased meanwhile."""
        erased, generation = self.erased, self._writer.generation
        with self._pool.reading() as connection:
            anchor = checkpoint.next_anchor(connection, before, now, PRUNE_EVENTS)
        if anchor is None:
            return 0
        with self._writing(generation) as connection:
            return checkpoint.move_anchor(connection, anchor) if erased == self.erased else 0
