"""The one connection that writes: only while lease and file are ours, and appends before everything else."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition

from qualtui.model import State
from qualtui.store.errors import StoreError, StoreLost
from qualtui.store.sqlite import connection as connection_
from qualtui.store.sqlite.errors import closed, translated
from qualtui.store.sqlite.guard import StoreGuard
from qualtui.store.sqlite.lease import FileLease
from qualtui.store.sqlite.renewal import renew
from qualtui.text.message import Saying, message


class WriteTurn:
    """One writer at a time. Whoever is urgent goes before all that is not, however long they have waited."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._taken = False
        self.urgent = 0  # how many wait that go first

    @contextmanager
    def take(self, *, urgent: bool) -> Iterator[None]:
        """Waits for the turn and has it inside."""
        with self._changed:
            self.urgent += urgent
            try:
                self._changed.wait_for(lambda: not self._taken and (urgent or not self.urgent))
            finally:
                self.urgent -= urgent
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()


class Writer:
    """Owns the writing connection, its lease and its guard. Any thread may write; they take turns."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lease: FileLease, epoch: int) -> None:
        self.path = path
        self.connection = connection
        self.lease = lease
        self.epoch = epoch
        self.remade: Saying = ""  # what had to be made again beside the store, until somebody has read it
        self.generation = 0  # how often the file was replaced by a renewal: rows read before don't fit after
        self._turn = WriteTurn()
        self._waits = True  # for another program's lock; one that had it a moment ago is not waited for again
        with translated(path):
            self._guard: StoreGuard | None = StoreGuard(path, connection, epoch)

    @contextmanager
    def writing(self, *, urgent: bool = True, generation: int | None = None) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing.

        `generation`: the one that the caller read before. Raises StoreError, also where it is over.
        """
        with self._turn.take(urgent=urgent):
            guard = self._open_guard()
            if generation not in {None, self.generation}:
                raise StoreError(message("the store {path} was rebuilt meanwhile", path=str(self.path)))
            if self.lease.keep():
                self.remade = message("another program removed the store's lock; it was made again")
            with translated(self.path):
                guard.check_file()
                self._begin()
                try:
                    guard.check_content()
                    yield self.connection
                    self.connection.execute("COMMIT")
                    guard.written()
                except BaseException:
                    with suppress(sqlite3.Error):  # SQLite has rolled back by itself after some errors
                        self.connection.execute("ROLLBACK")
                    raise

    def check_place(self) -> None:
        """Raises StoreLost where the file's name is not our file's; StoreError after `close`. For new readers."""
        self._open_guard().check_place()

    def empty_log(self) -> None:
        """Moves the write-ahead log into the file, so that what was erased is gone from the disk."""
        with self._turn.take(urgent=False), translated(self.path):
            guard = self._open_guard()
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            guard.written()

    def renew(self, state: State, lost: StoreLost, at: float) -> int:
        """Replaces the lost file; returns the seq that its log goes on after. No reader may be open meanwhile."""
        with self._turn.take(urgent=True):
            if self._guard is None:
                raise lost
            with translated(self.path):
                after = self._guard.head.seq
                self.connection = renew(self.path, self.connection, self._guard, state, lost, at, self.epoch)
                self.generation += 1
                self.lease.follow()
                self._guard = StoreGuard(self.path, self.connection, self.epoch)
            return after

    def close(self) -> None:
        """Closes the file; a second time does nothing."""
        with self._turn.take(urgent=True):
            self._guard = None
            with suppress(sqlite3.Error):
                self.connection.close()

    def _open_guard(self) -> StoreGuard:
        if self._guard is None:
            raise closed(self.path)
        return self._guard

    def _begin(self) -> None:
        """Waits for another program's lock, but not again for one that was there the last time."""
        wanted = connection_.BUSY if self._waits else 0.0
        self.connection.execute(f"PRAGMA busy_timeout = {int(wanted * 1000):d}")
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            self._waits = getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY
            raise
        self._waits = True
