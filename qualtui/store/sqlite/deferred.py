"""A store whose file can't be used yet: an engine begins with what can be read of it, and it is opened later."""

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from qualtui.config.values import Aggregate, StoreSettings
from qualtui.model import Event, Sample, State
from qualtui.model.cells import Cell
from qualtui.store.errors import StoreError, StoreLost
from qualtui.store.ports import Entries, Points, Pruned, Store
from qualtui.store.sqlite.connection import connect, prepare
from qualtui.store.sqlite.errors import translated
from qualtui.store.sqlite.lease import FileLease
from qualtui.store.sqlite.migrations import READABLE, check, migrate, shipped
from qualtui.store.sqlite.read_pool import ReadPool
from qualtui.store.sqlite.reader import SqliteReader
from qualtui.store.sqlite.store import SqliteStore
from qualtui.text.message import Saying, joined, message

BEGIN = 1_767_225_600.0  # 2026-01-01 UTC: numbers count from here if the log does not have them
MINUTE = 60.0


def begin_deferred(path: Path, now: float) -> "tuple[SqliteStore | DeferredStore, State]":
    """An engine's store and its State. Whoever has the lease gets one, if need be one that is opened later.

    Raises StoreBusy if another engine has the lease, StoreError if it can't be taken.
    """
    with suppress(StoreError):
        store = SqliteStore.open(path, now)
        try:
            return store, _numbered(store, store.load())
        except StoreError:
            store.close()
    late = DeferredStore.take(path, now)
    return late, late.begun if not late.known else _numbered(late, late.begun)


def _numbered(store: Store, state: State) -> State:
    """The State, in which no incident gets a number that the lock knows of, whatever became of the store since."""
    if store.numbers < state.next_number:
        return state
    store.remade = message(
        "the store is older than its lock: it was deleted or an old copy was put back;"
        " incidents go on at #{number:whole}",
        number=store.numbers + 1,
    )
    return replace(state, next_number=store.numbers + 1)


class DeferredStore:
    """Holds the lease, reads what can be read, and opens the store at the first write that can.

    Until then every write raises StoreError. `begun` is the State that could be read; where none could, incidents
    are numbered from the minutes since 2026, beyond any that the log may hold.
    """

    def __init__(self, path: Path, lease: FileLease, now: float) -> None:
        self.path = path
        self._lease = lease
        self._epoch = int(now)  # no log's epoch: what is kept in memory bears keys that no earlier engine wrote
        self._remade: Saying = ""
        self._store: SqliteStore | None = None
        self._opening = Lock()
        # A connection for each read: one that stays would make the one that writes read-only as well.
        self._pool = ReadPool(path, lambda: _look(path), keep=False)
        self._reader = SqliteReader(path, self._pool)
        self.known = True  # whether the log could be read
        try:
            self.begun = self.load()
        except StoreError:
            self.known = False
            self.begun = State(next_number=max(1, int((now - BEGIN) / MINUTE)))

    @classmethod
    def take(cls, path: Path, now: float) -> Self:
        """Take the lease alone. Raises StoreBusy, StoreError."""
        try:
            prepare(path)
        except StoreError:
            if not path.parent.is_dir():
                raise
        lease = FileLease.take(path, now)
        try:
            return cls(path, lease, now)
        except BaseException:
            lease.release()
            raise

    @property
    def epoch(self) -> int:
        """The store's number of this opening, once it is open."""
        return self._epoch if self._store is None else self._store.epoch

    @property
    def numbers(self) -> int:
        """The highest incident number that the lock remembers from earlier engines."""
        return self._lease.numbers

    @property
    def remade(self) -> Saying:
        """What was repaired beside the store, until somebody has read it and set it to ""."""
        return self._remade if self._store is None else self._store.remade

    @remade.setter
    def remade(self, text: Saying) -> None:
        if self._store is None:
            self._remade = text
        else:
            self._store.remade = text

    def append(self, bodies: Entries, at: float, expect_seq: int | None = None) -> tuple[Event, ...]:
        """As SqliteStore."""
        return self._opened().append(bodies, at, expect_seq)

    def check(self) -> None:
        """As SqliteStore."""
        self._opened().check()

    def renew(self, state: State, lost: StoreLost, at: float) -> tuple[Event, ...]:
        """As SqliteStore; a store that was never opened can't be lost."""
        if self._store is None:
            raise lost
        return self._store.renew(state, lost, at)

    def checkpoint(self, state: State) -> None:
        """As SqliteStore."""
        self._opened().checkpoint(state)

    def load(self) -> State:
        """As SqliteStore."""
        return self._readable().load()

    def events(self, after_seq: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """As SqliteStore."""
        return self._readable().events(after_seq, limit)

    def history(self, number: int) -> tuple[Event, ...]:
        """As SqliteStore."""
        return self._readable().history(number)

    def events_before(self, before: int, limit: int) -> tuple[Event, ...]:
        """As SqliteStore."""
        return self._readable().events_before(before, limit)

    def numbers_before(self, before: int, limit: int) -> tuple[int, ...]:
        """As SqliteStore."""
        return self._readable().numbers_before(before, limit)

    def verify(self) -> int | None:
        """As SqliteStore."""
        return self._readable().verify()

    def add_samples(self, batch: Iterable[Sample]) -> None:
        """As SqliteStore."""
        self._opened().add_samples(batch)

    def window(
        self, series: str, since: float, until: float, step: float | None = None, how: Aggregate = Aggregate.AVG
    ) -> Points:
        """As SqliteStore."""
        return self._readable().window(series, since, until, step, how)

    def cells(self, series: str, since: float, until: float, step: float) -> tuple[Cell, ...]:
        """As SqliteStore."""
        return self._readable().cells(series, since, until, step)

    def roll_up(self, now: float) -> None:
        """As SqliteStore."""
        self._opened().roll_up(now)

    def prune(self, now: float, keep: StoreSettings) -> Pruned:
        """As SqliteStore."""
        return self._opened().prune(now, keep)

    def load_tracking(self, name: str) -> bytes | None:
        """As SqliteStore."""
        return self._readable().load_tracking(name)

    def save_tracking(self, name: str, blob: bytes) -> None:
        """As SqliteStore."""
        self._opened().save_tracking(name, blob)

    def close(self) -> None:
        """Close what is open and give the lease back; a second time does nothing."""
        self._pool.close()
        if self._store is not None:
            self._store.close()
        self._lease.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _readable(self) -> SqliteReader | SqliteStore:
        return self._reader if self._store is None else self._store

    def _opened(self) -> SqliteStore:
        """The store, opened now if it is not yet. Raises StoreError."""
        with self._opening:
            if self._store is not None:
                return self._store
            try:
                prepare(self.path)  # it may have been moved aside
                with self._pool.paused():
                    store = SqliteStore.open_with(self.path, self._lease, readable=True)
            except StoreError as error:
                if self.known:
                    raise
                unknown = message("its content is unknown: customers who already waited at this start page no one")
                raise StoreError(joined([error.text, unknown])) from None
            store.remade = self._remade
            self._store = store
            return store


def _look(path: Path) -> sqlite3.Connection:
    """A connection that reads, whatever may not be written. Raises StoreError."""
    if not path.exists():
        return _empty(path)
    with translated(path):
        try:
            return _reader(path, immutable=False)
        except sqlite3.Error:
            if not _at_rest(path):
                raise
        return _reader(path, immutable=True)


def _reader(path: Path, *, immutable: bool) -> sqlite3.Connection:
    connection = connect(path, read_only=True, immutable=immutable)
    try:
        version = check(connection, path)
        if version >= READABLE:
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    if version:
        raise StoreError(message("the store {path} has an older form", path=str(path)))
    return _empty(path)  # nothing was ever written


def _empty(path: Path) -> sqlite3.Connection:
    """A store in memory, with nothing in it."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(connection, path, shipped())
    return connection


def _at_rest(path: Path) -> bool:
    """Whether the file alone holds all: then it can be read where nothing can be made beside it."""
    wal = path.with_name(path.name + "-wal")
    return not wal.exists() or not wal.stat().st_size
