"""A store whose file can't be used yet: an engine begins with what can be read of it, and it is opened later."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from msgspec.structs import replace

from qualtui.model import State
from qualtui.store.errors import StoreError
from qualtui.store.sqlite.connection import connect, prepare
from qualtui.store.sqlite.errors import translated
from qualtui.store.sqlite.lease import FileLease
from qualtui.store.sqlite.migrations import NEWEST, check, migrate, shipped
from qualtui.store.sqlite.store import SqliteStore, open_store
from qualtui.text import _

BEGIN = 1_767_225_600.0  # 2026-01-01 UTC: numbers are counted from here where the log does not tell them
MINUTE = 60.0


def begin_deferred(path: Path, now: float) -> tuple[SqliteStore, State]:
    """An engine's store and its State. Whoever has the lease gets one, if need be one that is opened later.

    Raises StoreBusy where another engine has the lease, StoreError where nobody can have it.
    """
    with suppress(StoreError):
        store = SqliteStore.open(path, now)
        try:
            return store, _numbered(store, store.load())
        except StoreError:
            store.close()
    late = DeferredStore.take(path, now)
    return late, late.begun if not late.known else _numbered(late, late.begun)


def _numbered(store: SqliteStore, state: State) -> State:
    """The State, in which no incident gets a number that the lock knows of, whatever became of the store since."""
    if store.numbers < state.next_number:
        return state
    store.remade = _(
        "the store is older than its lock: a copy was put back, or it was deleted; incidents go on at #{number}"
    ).format(number=store.numbers + 1)
    return replace(state, next_number=store.numbers + 1)


class DeferredStore(SqliteStore):
    """A store that holds the lease, reads what can be read, and is opened by the first write that can.

    Until then every write raises StoreError. `begun` is the State that could be read; where none could, incidents
    are numbered from the minutes since 2026, beyond any that the log may hold.
    """

    def __init__(self, path: Path, lease: FileLease, now: float) -> None:
        # No log's epoch: what is kept in memory bears keys that no earlier engine wrote.
        super().__init__(path, _empty(path), lease, int(now))
        self._late = True
        self.known = True  # what the log tells; else it could not be read at all
        try:
            self.begun = self.load()
        except StoreError:
            self.known = False
            self.begun = State(next_number=max(1, int((now - BEGIN) / MINUTE)))

    @classmethod
    def take(cls, path: Path, now: float) -> Self:
        """Takes the lease alone. Raises StoreBusy, StoreError."""
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

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """On a connection for this once: one that stays would make the one that writes read-only as well."""
        if self._late:
            self._connection.close()
            self._connection = _look(self.path)
        try:
            with super()._reading() as connection:
                yield connection
        finally:
            if self._late:
                self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._open()
        with super()._writing() as connection:
            yield connection

    def _open(self) -> None:
        if not self._late:
            return
        try:
            prepare(self.path)  # it may have been moved aside
            self._connection, self._epoch = open_store(self.path, readable=True)
            self._lease.keep()
            self._watch(self._connection)
        except StoreError as error:
            if self.known:
                raise
            unknown = _("{}; what it holds is not known: whoever waited at this start pages nobody")
            raise StoreError(unknown.format(error)) from None
        self._late = False


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
        if version == NEWEST:
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    if version:
        raise StoreError(_("the store {path} is of an older form").format(path=path))
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
