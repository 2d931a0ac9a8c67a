"""Makes one store ready to take the place of another. The caller holds the lease."""

from contextlib import closing
from pathlib import Path

from qualtui.model import EventBody
from qualtui.store.errors import StoreError
from qualtui.store.sqlite import log
from qualtui.store.sqlite.connection import connect
from qualtui.store.sqlite.errors import translated
from qualtui.store.sqlite.guard import read_epoch
from qualtui.store.sqlite.statements import statement


def settle(path: Path) -> int:
    """Move what lies in the write-ahead log into the file itself; return the store's epoch, 0 where it has none.

    A store that can't be read is left as it is: a restore is for that.
    """
    try:
        with translated(path), closing(connect(path, read_only=False)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return max(0, read_epoch(connection))
    except StoreError:
        return 0


def prepare_restored(path: Path, body: EventBody, at: float, epoch: int) -> None:
    """Append the first event of a new epoch to a store that was just unpacked. Raises StoreError."""
    with translated(path), closing(connect(path, read_only=False)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(statement("set_epoch"), {"epoch": epoch})
        head = log.log_head(connection)
        log.append(connection, head, [(body, f"restored/{epoch}.{head.seq}")], at, epoch)
        connection.execute("COMMIT")
