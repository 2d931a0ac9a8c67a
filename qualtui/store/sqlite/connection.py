"""Connections to the store's file: how they are opened and set."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qualtui.store.errors import StoreError
from qualtui.store.sqlite.lease import MODE, share
from qualtui.text.message import message

BUSY = 0.5  # seconds to wait for another program that writes; the engine alone should
FOLDER_MODE = 0o770  # what the umask leaves of it: as private as whoever made it wants
WAL_LIMIT = 16 * 1024 * 1024  # bytes that the write-ahead log keeps after a checkpoint


def make_folder(path: Path) -> None:
    """Makes the folder of the store at `path` where it is missing. Raises StoreError."""
    with _made(path):
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)


@contextmanager
def _made(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            message(
                "the store {path} can't be made: {what}; see [store] path", path=str(path), what=error.strerror
            )
        ) from None


def check_regular(path: Path) -> None:
    """Raises StoreError where the path leads to a FIFO, a device or a folder: opening one may never end."""
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except OSError:  # SQLite says it better
        return
    if not regular:
        raise StoreError(message("{path} is not a regular file: check [store] path", path=str(path)))


def prepare(path: Path) -> None:
    """Makes the folder, and the file with its mode, where they are missing. Raises StoreError."""
    make_folder(path)
    with _made(path), suppress(FileExistsError):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
        try:
            share(descriptor)
        finally:
            os.close(descriptor)
    check_regular(path)


def connect(path: Path, *, read_only: bool, immutable: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode, not bound to a thread: one at a time. Raises StoreError, sqlite3.Error.

    `immutable`: no other program writes meanwhile, and no file is created beside it.
    """
    check_regular(path)
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}&immutable={immutable:d}",
        uri=True,
        timeout=BUSY,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def set_durable(connection: sqlite3.Connection, path: Path) -> None:
    """WAL, each commit on the disk before it returns, and erased bytes really gone. Raises StoreError."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError(
            message("the store {path} needs a local disk: this one has no shared memory", path=str(path))
        )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT:d}")
