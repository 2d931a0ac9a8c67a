"""Rebuilds the store under a running engine after its file was removed, replaced or damaged."""

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from msgspec.structs import replace

from qualtui.eventlog.engine import StoreRenewed
from qualtui.model import State
from qualtui.store.errors import StoreError, StoreLost
from qualtui.store.sqlite import checkpoint, log
from qualtui.store.sqlite.connection import connect, make_folder, set_durable
from qualtui.store.sqlite.errors import translated
from qualtui.store.sqlite.guard import BESIDE, StoreGuard, file_mark, files_beside
from qualtui.store.sqlite.lease import share
from qualtui.store.sqlite.migrations import migrate, shipped
from qualtui.store.sqlite.statements import statement
from qualtui.text.message import Text, message

NEW = ".new"  # added to the name of a store that is not ready yet


def renew(
    path: Path, old: sqlite3.Connection, guard: StoreGuard, state: State, lost: StoreLost, at: float, epoch: int
) -> sqlite3.Connection:
    """Put a complete store in the place of the lost one; return a connection that writes to it.

    Where the opened file lives on without its name all of it is copied; else the log goes on after its last event,
    from `state`, the fold up to there. Its first new event is StoreRenewed. What lay in its place is set aside.
    Raises StoreError.
    """
    make_folder(path)
    real = Path(os.path.realpath(path))
    new = real.with_name(real.name + NEW)
    aside = _aside(real, at) if file_mark(real) is not None else None
    try:
        with translated(path):
            _forget(new)
            copied = lost.moved and _copied(old, new, guard)
            if not copied:
                _forget(new)
                _begun(new, path, guard, state, epoch)
            _record(new, guard, StoreRenewed(lost.text, _outcome(aside, copied=copied)), at, epoch)
            _place(old, guard, real, new, aside, moved=lost.moved, copied=copied)
            connection = connect(path, read_only=False)
            try:
                set_durable(connection, path)
            except BaseException:
                connection.close()
                raise
            return connection
    except OSError as error:
        raise StoreError(
            message("{lost}; a new one can't be made: {what}", lost=lost.text, what=error.strerror)
        ) from None
    except StoreError as error:
        raise StoreError(
            message("{lost}; a new one can't be made: {what}", lost=lost.text, what=error.text)
        ) from None
    finally:
        with suppress(OSError):
            _forget(new)


def _outcome(aside: Path | None, *, copied: bool) -> Text:
    """Return what was done, as a sentence for people."""
    if copied and aside is None:
        return message("it was written again with all that it held")
    if copied:
        return message(
            "it was written again with all that it held; the other file was kept as {name}",
            name=aside.name if aside else "",
        )
    if aside is None:
        return message(
            "a new store continues from memory: incident numbers go on, older history and samples are lost"
        )
    return message(
        "a new store continues from memory: incident numbers go on, older history and samples may be in {name}",
        name=aside.name,
    )


def _copied(old: sqlite3.Connection, new: Path, guard: StoreGuard) -> bool:
    """Copies what the old connection still reads; False where that is not what was written.

    The newest rows may still be in SQLite's log while the file under it was emptied: the end alone proves nothing.
    """
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as target:
            old.backup(target)
            return log.log_head(target) == guard.head and _whole(target)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            raise
        return False


def _whole(connection: sqlite3.Connection) -> bool:
    """Return whether no page is missing and no event was changed."""
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        return False
    return log.first_broken(connection, *checkpoint.beginning(connection)) is None


def _begun(new: Path, path: Path, guard: StoreGuard, state: State, epoch: int) -> None:
    """Make a store without events; its log continues after the end of the lost one."""
    kept = state if state.seq == guard.head.seq else replace(state, seq=guard.head.seq)
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        migrate(connection, path, shipped())
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(statement("set_epoch"), {"epoch": epoch})
        checkpoint.begin_after(connection, guard.head.seq, guard.head.chain, kept)
        connection.execute("COMMIT")


def _record(new: Path, guard: StoreGuard, body: StoreRenewed, at: float, epoch: int) -> None:
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        key = f"renewed/{epoch}.{guard.head.seq}"
        log.append(connection, guard.head, [(body, key)], at, epoch)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _place(
    old: sqlite3.Connection,
    guard: StoreGuard,
    real: Path,
    new: Path,
    aside: Path | None,
    *,
    moved: bool,
    copied: bool,
) -> None:
    """Give the new file the store's name, after the old one and the files beside it are out of the way.

    SQLite removes by name what it keeps beside a file when that is closed: so the old one is closed in between.
    """
    descriptor = os.open(new, os.O_RDWR | os.O_CLOEXEC)
    try:
        share(descriptor)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    for end in BESIDE:
        part = files_beside(real, end)
        if file_mark(part) is None:
            continue
        if moved and guard.owns(end):
            if copied:
                part.unlink()  # all of it is in the copy; beside another file it would spoil that one
            else:
                part.rename(real.with_name(f"{real.name}.lost-{int(time.time())}{end}"))
        elif aside is not None:
            part.rename(aside.with_name(aside.name + end))
    if aside is not None:
        if moved:
            real.rename(aside)
        else:
            shutil.copy2(real, aside)  # our own closing may still write into the file itself
    with suppress(sqlite3.Error):
        old.close()
    new.rename(real)
    folder = os.open(real.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _aside(real: Path, at: float) -> Path:
    """Return a free name beside the store, with the time."""
    # The month in letters: eight digits in a row, also with dashes, are masked in the log like a phone number.
    stamp = time.strftime("%Y-%b-%dT%H-%M-%S", time.gmtime(at))
    name, count = real.with_name(f"{real.name}.aside-{stamp}"), 1
    while name.exists():
        count += 1
        name = real.with_name(f"{real.name}.aside-{stamp}-{count}")
    return name


def _forget(new: Path) -> None:
    """Remove what an earlier attempt may have left."""
    for end in ("", "-journal", *BESIDE):
        new.with_name(new.name + end).unlink(missing_ok=True)
