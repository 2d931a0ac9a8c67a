"""The store in one SQLite file: whoever opens it holds the lease, and every write checks that it still does.

Reads, roll-ups and prunings have separate connections. SQLite has one writer at a time: what roll-ups and
prunings must write, they write in small parts, behind every append that waits.
"""

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from qualtui.config import values
from qualtui.config.values import Aggregate
from qualtui.eventlog.alerts import RuleChanged
from qualtui.eventlog.incident_changes import IncidentOpened
from qualtui.model import Event, Sample, State
from qualtui.model.cells import Cell
from qualtui.store.errors import Conflict, StoreError, StoreLost
from qualtui.store.ports import Entries, Points, Pruned
from qualtui.store.sqlite import checkpoint, log, samples
from qualtui.store.sqlite.connection import connect, prepare, set_durable
from qualtui.store.sqlite.errors import damaged, translated
from qualtui.store.sqlite.guard import read_epoch
from qualtui.store.sqlite.integrity import check_integrity
from qualtui.store.sqlite.lease import FileLease
from qualtui.store.sqlite.migrations import migrate, shipped
from qualtui.store.sqlite.read_pool import ReadPool
from qualtui.store.sqlite.reader import SqliteReader
from qualtui.store.sqlite.statements import statement
from qualtui.store.sqlite.upkeep import Upkeep
from qualtui.store.sqlite.writer import Writer
from qualtui.text.message import Saying


class SqliteStore:
    """The store, open under the lease; see store/ports.py for what its methods promise. Any thread may call it."""

    def __init__(self, path: Path, writer: Writer) -> None:
        self.path = path
        self.writer = writer
        self._pool = ReadPool(path, self._connect)
        self.reader = SqliteReader(path, self._pool)
        self._upkeep = Upkeep(writer, self._pool)
        self._series: dict[str, int] = {}

    @classmethod
    def open(cls, path: Path, now: float | None = None) -> Self:
        """Open or make the store, take the lease, bring the schema to date, and begin a new epoch.

        `now` is shown to an engine that comes second. Raises StoreBusy if another engine has it, StoreError.
        """
        prepare(path)
        lease = FileLease.take(path, time.time() if now is None else now)
        try:
            return cls.open_with(path, lease)
        except BaseException:
            lease.release()
            raise

    @classmethod
    def open_with(cls, path: Path, lease: FileLease, *, readable: bool = False) -> Self:
        """Open the store under a lease that the caller holds; `readable`: not before the whole log was folded."""
        connection, epoch = open_file(path, readable=readable)
        try:
            store = cls(path, Writer(path, connection, lease, epoch))
            store._pool.open_one()
        except BaseException:
            connection.close()
            raise
        return store

    @property
    def epoch(self) -> int:
        """The number of this opening: each event bears it."""
        return self.writer.epoch

    @property
    def numbers(self) -> int:
        """The highest incident number that the lock remembers from earlier engines."""
        return self.writer.lease.numbers

    @property
    def remade(self) -> Saying:
        """What was repaired beside the store, until somebody has read it and set it to ""."""
        return self.writer.remade

    @remade.setter
    def remade(self, text: Saying) -> None:
        self.writer.remade = text

    # --- the log ---

    def append(self, bodies: Entries, at: float, expect_seq: int | None = None) -> tuple[Event, ...]:
        """Write all the bodies or none; on the disk when it returns. `at` may be earlier than before."""
        with self.writer.writing() as connection:
            newest = log.log_head(connection)
            if expect_seq is not None and newest.seq != expect_seq:
                raise Conflict(expect_seq, newest.seq)
            written = log.append(connection, newest, bodies, at, self.epoch)
        numbers = (one.number for one, _key in bodies if isinstance(one, RuleChanged | IncidentOpened))
        self.writer.lease.note(max(numbers, default=0))
        return written

    def check(self) -> None:
        """Raise what a write would raise, and write nothing."""
        with self.writer.writing():
            pass

    def renew(self, state: State, lost: StoreLost, at: float) -> tuple[Event, ...]:
        """Make a store again out of what is left of a lost one, and go on in it; return its first new event.

        `state` is the fold up to the last event that was written. Raises StoreError: all is as before then.
        """
        with self._pool.paused():
            after = self.writer.renew(state, lost, at)
            self._series = {}
        return self.events(after_seq=after)

    def checkpoint(self, state: State) -> None:
        """Keep a State that `load` gave or that was folded from its events, for the next start."""
        self._upkeep.checkpoint(state)

    def erase(self, seq: int) -> bool:
        """Erase what an event says (LGPD), from the log and from the disk's pages; False where there is nothing.

        The event's place stays, and `verify` still proves the rest. Whoever holds a State must load it again.
        """
        with self.writer.writing() as connection:
            erased = log.erase(connection, seq)
            checkpoint.forget_checkpoints(connection, seq)
            self._upkeep.erased += 1
        self.writer.empty_log()
        return erased

    def load(self) -> State:
        """Return the fold of the whole log."""
        return self.reader.load()

    def events(self, after_seq: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Return the events after a seq; see SqliteReader."""
        return self.reader.events(after_seq, limit)

    def history(self, number: int) -> tuple[Event, ...]:
        """Return the events of an incident, oldest first."""
        return self.reader.history(number)

    def events_before(self, before: int, limit: int) -> tuple[Event, ...]:
        """Return the newest events before a seq, oldest first, at most `limit`."""
        return self.reader.events_before(before, limit)

    def numbers_before(self, before: int, limit: int) -> tuple[int, ...]:
        """Return the numbers of the incidents below this one, the highest first, at most `limit`."""
        return self.reader.numbers_before(before, limit)

    def verify(self) -> int | None:
        """Return the seq of the first event that is not as it was written, or is missing."""
        return self.reader.verify()

    # --- samples, and what probes remember ---

    def add_samples(self, batch: Iterable[Sample]) -> None:
        """Write the samples in one transaction; a second answer of one series and time replaces the first."""
        with self.writer.writing() as connection:
            new, first = samples.add(connection, batch, self._series)
            self._upkeep.added(first)
        self._series.update(new)

    def window(
        self, series: str, since: float, until: float, step: float | None = None, how: Aggregate = Aggregate.AVG
    ) -> Points:
        """Return a series' points from since to until, both included; see samples.window."""
        return self.reader.window(series, since, until, step, how)

    def cells(self, series: str, since: float, until: float, step: float) -> tuple[Cell, ...]:
        """Return a series in bins with lowest, highest and last value; see samples.cells."""
        return self.reader.cells(series, since, until, step)

    def roll_up(self, now: float) -> None:
        """Roll raw samples up to minutes, and minutes to hours; cheap each minute, exact when repeated."""
        self._upkeep.roll_up(now)

    def prune(self, now: float, keep: values.StoreSettings) -> Pruned:
        """Remove what is older than `keep` says: samples that are rolled up, events that a checkpoint covers."""
        return self._upkeep.prune(now, keep)

    def load_tracking(self, name: str) -> bytes | None:
        """Return what a probe saved under this name."""
        return self.reader.load_tracking(name)

    def save_tracking(self, name: str, blob: bytes) -> None:
        """Keep a probe's memory under this name, instead of the one before."""
        with self.writer.writing() as connection:
            connection.execute(statement("save_tracking"), {"name": name, "blob": blob})

    # --- life ---

    def close(self) -> None:
        """Close the file and give the lease back; a second time does nothing."""
        self._pool.close()
        self.writer.close()
        self.writer.lease.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self) -> sqlite3.Connection:
        """A connection that reads our file; to open another one under its name would spoil what lies beside it."""
        self.writer.check_place()
        connection = connect(self.path, read_only=True)
        try:
            read_epoch(connection)  # opens the write-ahead log while its name is there
        except BaseException:
            connection.close()
            raise
        return connection


def open_file(path: Path, *, readable: bool = False) -> tuple[sqlite3.Connection, int]:
    """A connection that writes, and the epoch that it begins; `readable`: not before the whole log was folded.

    The caller holds the lease. Raises StoreError.
    """
    check_integrity(path)
    with translated(path):
        connection = connect(path, read_only=False)
        try:
            migrate(connection, path, shipped())
            set_durable(connection, path)
            if readable:
                checkpoint.load_state(connection)
            return connection, _begin_epoch(connection, path)
        except BaseException:
            connection.close()
            raise


def _begin_epoch(connection: sqlite3.Connection, path: Path) -> int:
    if connection.execute(statement("take_epoch")).rowcount != 1:
        raise StoreError(damaged(path))
    return read_epoch(connection)
