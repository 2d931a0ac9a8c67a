"""Questions to the store: from the engine's threads, or from another process beside it."""

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

from qualtui.config.values import Aggregate
from qualtui.model import Event, Sample, State
from qualtui.model.cells import Cell
from qualtui.store.errors import StoreError
from qualtui.store.ports import Points
from qualtui.store.sqlite import checkpoint, log, samples
from qualtui.store.sqlite.connection import connect
from qualtui.store.sqlite.errors import translated
from qualtui.store.sqlite.migrations import NEWEST, check
from qualtui.store.sqlite.read_pool import ReadPool
from qualtui.store.sqlite.statements import statement
from qualtui.text.message import message


class SqliteReader:
    """Reads through a pool of connections. Any thread may call it; every method raises StoreError."""

    def __init__(self, path: Path, pool: ReadPool) -> None:
        self.path = path
        self._pool = pool

    @classmethod
    def look(cls, path: Path) -> Self:
        """A reader of the store at `path`, which may have an engine. Writes nothing, needs no lease."""
        if not path.exists():
            raise StoreError(message("there is no store at {path}: no engine has used it yet", path=str(path)))
        pool = ReadPool(path, lambda: _connected(path))
        pool.open_one()
        return cls(path, pool)

    def load(self) -> State:
        """Return the fold of the whole log: the newest checkpoint and what came after it."""
        with self._pool.reading() as connection:
            return checkpoint.load_state(connection)

    def events(self, after_seq: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Return the events after a seq, oldest first, at most `limit`; erased ones are left out."""
        with self._pool.reading() as connection:
            return tuple(log.read_events(connection, after=after_seq, limit=limit))

    def history(self, number: int) -> tuple[Event, ...]:
        """Return all that was kept of an incident: its changes, people, notices and fixes, oldest first."""
        with self._pool.reading() as connection:
            return log.history(connection, number)

    def events_before(self, before: int, limit: int) -> tuple[Event, ...]:
        """Return the newest events before a seq, oldest first, at most `limit`; erased ones are left out."""
        with self._pool.reading() as connection:
            return log.events_before(connection, before, limit)

    def numbers_before(self, before: int, limit: int) -> tuple[int, ...]:
        """Return the numbers of the incidents below this one, the highest first, at most `limit`."""
        with self._pool.reading() as connection:
            return log.numbers_before(connection, before, limit)

    def verify(self) -> int | None:
        """Return the seq of the first event that is missing or not as it was written; None if there is none."""
        with self._pool.reading() as connection:
            return log.first_broken(connection, *checkpoint.beginning(connection))

    def window(
        self,
        series: str,
        since: float,
        until: float,
        step: float | None = None,
        how: Aggregate = Aggregate.AVG,
    ) -> Points:
        """Return a series' points from since to until, both included; see samples.window."""
        with self._pool.reading() as connection:
            return samples.window(connection, series, since, until, step, how)

    def cells(self, series: str, since: float, until: float, step: float) -> tuple[Cell, ...]:
        """Return a series in bins with lowest, highest and last value; see samples.cells."""
        with self._pool.reading() as connection:
            return samples.cells(connection, series, since, until, step)

    def known(self, series: str, since: float, until: float, how: Aggregate) -> tuple[Sample, ...]:
        """Return a series' samples as a rule would have had them, oldest first; see samples.known."""
        with self._pool.reading() as connection:
            rows = samples.known(connection, series, since, until, how)
            return tuple(Sample(series, at, value) for at, value in rows)

    def load_tracking(self, name: str) -> bytes | None:
        """Return what a probe saved under this name."""
        with self._pool.reading() as connection:
            row = connection.execute(statement("load_tracking"), {"name": name}).fetchone()
            return None if row is None else bytes(row[0])

    def close(self) -> None:
        """Close the connections; a second time does nothing."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _connected(path: Path) -> sqlite3.Connection:
    with translated(path):
        connection = connect(path, read_only=True)
        try:
            _check_form(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _check_form(connection: sqlite3.Connection, path: Path) -> None:
    if check(connection, path) != NEWEST:
        raise StoreError(
            message("the store {path} has an older form: start the engine once to upgrade it", path=str(path))
        )
