"""Connections that read beside the one that writes: in WAL mode neither waits for the other."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition

from qualtui.store.errors import StoreError
from qualtui.store.sqlite.errors import closed, translated
from qualtui.text.message import message

KEPT = 2  # idle connections that stay open
PATIENCE = 5.0  # s to wait for reads to end, or for a pause to end
AGAIN = 0.05  # s between two interrupts of a read that has several statements


class ReadPool:
    """Opens connections with `connect` as reads need them; any thread may read. `keep`: they stay open.

    Raises StoreError.
    """

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection], *, keep: bool = True) -> None:
        self._path = path
        self._connect = connect
        self._keep = keep
        self._changed = Condition()
        self._idle: list[sqlite3.Connection] = []
        self._busy: list[sqlite3.Connection] = []
        self._paused = False
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One transaction: everything read in it is of one moment."""
        connection = self._take()
        try:
            with translated(self._path):
                connection.execute("BEGIN")
                try:
                    yield connection
                finally:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
        finally:
            self._give(connection)

    def open_one(self) -> None:
        """Opens a connection now, so that reads go on even if the file's name is taken away."""
        self._give(self._take())

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No connection is open inside. Interrupts running reads; new ones wait."""
        with self._changed:
            self._paused = True
            if not self._end_reads(PATIENCE):
                self._resume()
                raise StoreError(message("a read of the store {path} does not end", path=str(self._path)))
        try:
            yield
        finally:
            with self._changed:
                self._resume()

    def close(self, patience: float = 1.0) -> None:
        """Closes all; a read that does not end within `patience` seconds closes its connection when it does."""
        with self._changed:
            self._closed = True
            self._end_reads(patience)

    def _resume(self) -> None:
        self._paused = False
        self._changed.notify_all()

    def _end_reads(self, patience: float) -> bool:
        until = time.monotonic() + patience
        while self._busy and time.monotonic() < until:
            for connection in self._busy:
                connection.interrupt()
            self._changed.wait(AGAIN)
        while self._idle:
            self._idle.pop().close()
        return not self._busy

    def _take(self) -> sqlite3.Connection:
        with self._changed:
            if not self._changed.wait_for(lambda: self._closed or not self._paused, PATIENCE):
                raise StoreError(
                    message("the store {path} is being rebuilt: try again later", path=str(self._path))
                )
            if self._closed:
                raise closed(self._path)
            if self._idle:
                connection = self._idle.pop()
            else:
                with translated(self._path):
                    connection = self._connect()
            self._busy.append(connection)
            return connection

    def _give(self, connection: sqlite3.Connection) -> None:
        with self._changed:
            self._busy.remove(connection)
            if self._keep and not self._closed and not self._paused and len(self._idle) < KEPT:
                self._idle.append(connection)
            else:
                connection.close()
            self._changed.notify_all()
