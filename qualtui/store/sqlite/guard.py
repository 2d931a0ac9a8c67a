"""Whether the store's file is still the one that was opened, and holds what was written into it.

Files are looked at by stat alone: closing one that SQLite has open would take its locks away from this process.
"""

import os
import sqlite3
from pathlib import Path

import msgspec

from qualtui.store.errors import LeaseLost, StoreError, StoreLost
from qualtui.store.sqlite import checkpoint, log
from qualtui.store.sqlite.connection import connect
from qualtui.store.sqlite.log import Head
from qualtui.store.sqlite.migrations import NEWEST, check
from qualtui.store.sqlite.statements import statement
from qualtui.text.message import message

TABLES = {"anchor", "buckets", "checkpoints", "events", "lease", "marks", "samples", "series", "tracking"}
BESIDE = ("-wal", "-shm")  # what SQLite keeps beside the file while it is open


class Mark(msgspec.Struct, frozen=True):
    """What stat returns of a file."""

    device: int
    inode: int
    size: int
    changed: int  # ns

    def same_file(self, other: "Mark | None") -> bool:
        """Return whether it is the same file, even if its content changed."""
        return other is not None and (self.device, self.inode) == (other.device, other.inode)


def file_mark(path: Path) -> Mark | None:
    """Return the file at `path`, None if there is none. Raises StoreError if that can't be checked."""
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreError(
            message("the store {path} can't be checked: {what}", path=str(path), what=error.strerror)
        ) from None
    return Mark(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


class StoreGuard:
    """Remembers file and log after our last write, and compares them before the next one."""

    def __init__(self, path: Path, connection: sqlite3.Connection, epoch: int) -> None:
        self._path = path
        # Links on the way are followed once: one that leads elsewhere since leads to another store, too.
        self._places = [files_beside(path, end) for end in BESIDE]
        self._beside: list[Mark | None] = [None for _end in BESIDE]
        self._connection = connection
        self._epoch = epoch
        self.head = Head()
        self.written()

    def written(self) -> None:
        """Remember what is there now as ours. Raises sqlite3.Error, StoreError."""
        self.head = log.log_head(self._connection)
        self._schema = _schema(self._connection)
        self._file = file_mark(self._path)
        # One that was known stays so: had it been removed during our write, that is to be found at the next one.
        self._beside = [
            file_mark(place) if before is None else before
            for place, before in zip(self._places, self._beside, strict=True)
        ]

    def check_file(self) -> None:
        """Raise StoreLost if the name is another file's, or no file's, or its content is not ours."""
        file = self.check_place()
        if file != self._file:  # not by us; another program may move the log into the file, and change nothing
            self._prove()
            self._file = file

    def check_place(self) -> Mark:
        """Raise StoreLost if the name is another file's, or no file's. Any thread may call it."""
        file = file_mark(self._path)
        if file is None:
            raise StoreLost(
                message("the store {path} was deleted or moved away", path=str(self._path)),
                moved=True,
            )
        if not file.same_file(self._file):
            raise StoreLost(
                message("another file replaced the store {path}", path=str(self._path)),
                moved=True,
            )
        for end, place, before in zip(BESIDE, self._places, self._beside, strict=True):
            if before is not None and not before.same_file(file_mark(place)):
                raise StoreLost(
                    message("the file {path}{end} was removed", path=str(self._path), end=end),
                    moved=True,
                )
        return file

    def check_content(self) -> None:
        """Raise LeaseLost or StoreLost. Call it in a transaction, so that no other program interferes."""
        if _schema(self._connection) != self._schema:
            self._prove()
        try:
            epoch = read_epoch(self._connection)
            head = log.log_head(self._connection)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_ERROR:
                raise
            raise self._changed() from None
        if epoch > self._epoch:
            raise LeaseLost(
                message(
                    "another engine took the store {path} over: this engine stops writing", path=str(self._path)
                )
            )
        if epoch < 0:
            raise StoreLost(
                message(
                    "the store {path} lost its own rows, or another engine took the store over",
                    path=str(self._path),
                )
            )
        if (epoch, head) != (self._epoch, self.head):
            raise self._changed()

    def owns(self, end: str) -> bool:
        """Return whether the file beside ours with this ending belongs to our connection."""
        place = BESIDE.index(end)
        mine = self._beside[place]
        return mine is not None and mine.same_file(file_mark(self._places[place]))

    def _prove(self) -> None:
        """Read all of it on a new connection. Raises StoreLost if anything is not ours."""
        try:
            connection = connect(self._path, read_only=True)
            try:
                if not self._proved(connection):
                    raise self._changed()
            finally:
                connection.close()
        except (sqlite3.Error, StoreError, UnicodeDecodeError) as error:
            busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if busy or isinstance(error, LeaseLost | StoreLost):
                raise
            raise self._changed() from None

    def _proved(self, connection: sqlite3.Connection) -> bool:
        if check(connection, self._path) != NEWEST:
            return False
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            return False
        tables = {name for (name,) in connection.execute(statement("tables"))}
        if not tables >= TABLES:
            return False
        if (epoch := read_epoch(connection)) > self._epoch:
            raise LeaseLost(
                message(
                    "another engine took the store {path} over: this engine stops writing", path=str(self._path)
                )
            )
        return (
            epoch == self._epoch
            and log.log_head(connection) == self.head
            and log.first_broken(connection, *checkpoint.beginning(connection)) is None
        )

    def _changed(self) -> StoreLost:
        return StoreLost(
            message("the store {path} was emptied, cut or overwritten by another program", path=str(self._path))
        )


def read_epoch(connection: sqlite3.Connection) -> int:
    """Return the epoch in the file, -1 (no engine's) if it is gone."""
    row = connection.execute(statement("read_epoch")).fetchone()
    return -1 if row is None else int(row[0])


def _schema(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA schema_version").fetchone()[0]
    return version


def files_beside(path: Path, end: str) -> Path:
    """Return the path of a file that SQLite keeps beside the store; SQLite follows links, so this does, too."""
    real = Path(os.path.realpath(path))
    return real.with_name(real.name + end)
