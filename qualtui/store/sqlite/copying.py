"""Copies a store that an engine may be writing to, and says what a store at rest holds."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from qualtui.eventlog.fold import FOLD_VERSION
from qualtui.store.errors import StoreError
from qualtui.store.facts import StoreFacts
from qualtui.store.sqlite import checkpoint, log
from qualtui.store.sqlite.connection import connect
from qualtui.store.sqlite.errors import damaged, translated
from qualtui.store.sqlite.migrations import NEWEST, check
from qualtui.store.sqlite.statements import statement
from qualtui.text.message import message


def copy_store(path: Path, target: Path) -> None:
    """Copy the store at `path`, as it is at one moment, into the empty file `target`. Raises StoreError.

    It needs no lease and delays no append: in WAL mode a reader and the writer don't wait for each other.
    """
    if not path.exists():
        raise StoreError(message("there is no store at {path}: no engine has used it yet", path=str(path)))
    with translated(path), closing(connect(path, read_only=True)) as source:
        check_newest(source, path)
        with translated(target), closing(sqlite3.connect(target, isolation_level=None)) as copy:
            source.backup(copy)  # in one step: all pages are of one moment
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it


def store_facts(path: Path) -> StoreFacts:
    """Read all of a store that nothing writes to, and prove it. Raises StoreError where anything is not sound."""
    with translated(path), closing(connect(path, read_only=True, immutable=True)) as connection:
        check_newest(connection, path)
        connection.execute("BEGIN")
        if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise StoreError(damaged(path))
        if (broken := log.first_broken(connection, *checkpoint.beginning(connection))) is not None:
            raise StoreError(
                message("event {seq:whole} in {path} is not what was once written", seq=broken, path=str(path))
            )
        head = log.log_head(connection)
        state = checkpoint.load_state(connection)
        events, samples, buckets, tracking = connection.execute(statement("store_counts")).fetchone()
        return StoreFacts(
            events=events,
            samples=samples,
            buckets=buckets,
            tracking=tracking,
            seq=head.seq,
            at=head.at,
            epoch=head.epoch,
            chain=head.chain.hex(),
            fold_version=FOLD_VERSION,
            fold=hashlib.sha256(checkpoint.as_bytes(state)).hexdigest(),
            next_number=state.next_number,
        )


def check_newest(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError where the file is no store, or of another form than this version writes."""
    if check(connection, path) != NEWEST:
        raise StoreError(
            message("the store {path} has an older form: start the engine once to upgrade it", path=str(path))
        )
