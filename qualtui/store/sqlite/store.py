"""The store's one writer: who opens it holds the lease, and every write checks that it still does."""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from msgspec.structs import replace

from qualtui.config import values
from qualtui.eventlog.alerts import RuleChanged
from qualtui.model import Event, EventBody, Sample, State
from qualtui.store.errors import Conflict, StoreError, StoreLost
from qualtui.store.ports import Pruned
from qualtui.store.sqlite import checkpoint, log, rollup, samples
from qualtui.store.sqlite import connection as connection_
from qualtui.store.sqlite.connection import connect, prepare, set_durable
from qualtui.store.sqlite.errors import damaged, translated
from qualtui.store.sqlite.guard import StoreGuard, read_epoch
from qualtui.store.sqlite.integrity import check_integrity
from qualtui.store.sqlite.lease import FileLease
from qualtui.store.sqlite.migrations import migrate, shipped
from qualtui.store.sqlite.reader import SqliteReader
from qualtui.store.sqlite.renewal import renew
from qualtui.store.sqlite.statements import statement
from qualtui.text import _

PRUNE_LIMIT = 5_000  # rows of a kind at once: an alert's append never waits long behind a pruning
PRUNE_EVENTS = 2_000  # these are folded as they go


class SqliteStore(SqliteReader):
    """The store, open for writing under the lease. Every method raises StoreError; one thread at a time.

    A failed write changes nothing: the store is as before, and goes on when the cause is gone.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lease: FileLease, epoch: int) -> None:
        super().__init__(path, connection)
        self._lease = lease
        self._epoch = epoch
        self._series: dict[str, int] = {}
        self._guard: StoreGuard | None = None  # none: not open yet
        self._waits = True  # for another program's lock; one that had it a moment ago is not waited for again
        self.remade = ""  # what had to be made again beside the store, until somebody has read it

    @classmethod
    def open(cls, path: Path, now: float | None = None) -> Self:
        """Opens or makes the store, takes the lease, brings the schema to date, and begins a new epoch.

        `now` is only told to whoever comes second. Raises StoreBusy where another engine has it, else StoreError.
        """
        prepare(path)
        lease = FileLease.take(path, time.time() if now is None else now)
        try:
            connection, epoch = open_store(path)
        except BaseException:
            lease.release()
            raise
        store = cls(path, connection, lease, epoch)
        store._watch(connection)
        return store

    @property
    def epoch(self) -> int:
        """The number of this opening: each event bears it."""
        return self._epoch

    def append(
        self, bodies: Sequence[tuple[EventBody, str]], at: float, expect_seq: int | None = None
    ) -> tuple[Event, ...]:
        """Writes all the bodies, each with its key ("" for none), or none of them; on the disk when it returns.

        One whose key is in the log already is left out of the answer. `at` may be earlier than before: the clock
        may have been set back, and `seq` alone is the order. Raises Conflict where the newest event is not
        `expect_seq`, LeaseLost, and StoreLost.
        """
        with self._writing() as connection:
            newest = log.log_head(connection)
            if expect_seq is not None and newest.seq != expect_seq:
                raise Conflict(expect_seq, newest.seq)
            written = log.append(connection, newest, bodies, at, self._epoch)
        self._lease.note(max((one.number for one, _key in bodies if isinstance(one, RuleChanged)), default=0))
        return written

    def check(self) -> None:
        """Raises what a write would raise, and writes nothing."""
        with self._writing():
            pass

    def renew(self, state: State, lost: StoreLost, at: float) -> tuple[Event, ...]:
        """Makes a store again out of what is left of a lost one, and goes on in it; returns its first new event.

        `state` is the fold up to the last event that was written. Raises StoreError: all is as before then.
        """
        if self._guard is None:
            raise lost
        with translated(self.path):
            after = self._guard.head.seq
            connection = renew(self.path, self._connection, self._guard, state, lost, at, self._epoch)
            self._connection = connection
            self._series = {}
            self._lease.follow()
            self._watch(connection)
        return self.events(after_seq=after)

    @property
    def numbers(self) -> int:
        """The highest incident number that the lock remembers from earlier engines."""
        return self._lease.numbers

    def _watch(self, connection: sqlite3.Connection) -> None:
        """From now on each write looks first whether the store is still this one."""
        with translated(self.path):
            self._guard = StoreGuard(self.path, connection, self._epoch)

    def checkpoint(self, state: State) -> None:
        """Keeps a State that `load` gave or that was folded from its events, for the next start."""
        with self._writing() as connection:
            checkpoint.save(connection, state)

    def erase(self, seq: int) -> bool:
        """Erases what an event says (LGPD), from the log and from the disk's pages; False where there is nothing.

        The event's place stays, and `verify` still proves the rest. Whoever holds a State must load it anew.
        """
        with self._writing() as connection:
            erased = log.erase(connection, seq)
            checkpoint.forget_checkpoints(connection, seq)
        with translated(self.path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if self._guard is not None:
                self._guard.written()
        return erased

    def add_samples(self, batch: Iterable[Sample]) -> None:
        """Writes the samples in one transaction; a second answer of one series and time replaces the first."""
        with self._writing() as connection:
            new = samples.add(connection, batch, self._series)
        self._series.update(new)

    def roll_up(self, now: float) -> None:
        """Rolls raw samples up to minutes, and minutes to hours; cheap each minute, exact when repeated."""
        with self._writing() as connection:
            rollup.roll_up(connection, now)

    def prune(self, now: float, keep: values.StoreSettings) -> Pruned:
        """Takes away what is older than `keep` says: samples that are rolled up, events that a checkpoint covers.

        At most PRUNE_LIMIT rows of a kind; `more` in the answer: call again, after others had their turn.
        """
        with self._writing() as connection:
            pruned = rollup.prune(connection, now, keep, PRUNE_LIMIT)
        with self._writing() as connection:
            events = checkpoint.prune_log(connection, now - keep.keep_events, now, PRUNE_EVENTS)
        return replace(pruned, events=events, more=pruned.more or events >= PRUNE_EVENTS)

    def save_tracking(self, name: str, blob: bytes) -> None:
        """Keeps a probe's memory under this name, instead of the one before."""
        with self._writing() as connection:
            connection.execute(statement("save_tracking"), {"name": name, "blob": blob})

    def close(self) -> None:
        """Closes the file and gives the lease back; a second time does nothing."""
        self._guard = None
        with suppress(sqlite3.Error):
            super().close()
        self._lease.release()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing, and only while lease and file are ours."""
        guard = self._guard
        if guard is None:
            raise StoreError(_("the store {path} is closed").format(path=self.path))
        if self._lease.keep():
            self.remade = _("the store's lock was removed by another program; it was made again")
        with translated(self.path):
            guard.check_file()
            self._begin()
            try:
                guard.check_content()
                yield self._connection
                self._connection.execute("COMMIT")
                guard.written()
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite has rolled back by itself after some errors
                    self._connection.execute("ROLLBACK")
                raise

    def _begin(self) -> None:
        """Waits for another program's lock, but not again for one that was there the last time."""
        wanted = connection_.BUSY if self._waits else 0.0
        self._connection.execute(f"PRAGMA busy_timeout = {int(wanted * 1000):d}")
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            self._waits = getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY
            raise
        self._waits = True


def open_store(path: Path, *, readable: bool = False) -> tuple[sqlite3.Connection, int]:
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
