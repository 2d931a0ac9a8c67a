"""The schema's version: numbered steps, forward only, each in a separate transaction."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from qualtui.store.errors import StoreError
from qualtui.store.sqlite.statements import migration, statement
from qualtui.text.message import message

APPLICATION = 0x716C7475  # "qltu" in the file's header: that it is ours
NEWEST = 2
READABLE = 1  # the oldest form whose log reads as the newest: the steps since then only renamed

Steps = Mapping[int, Sequence[str]]


def shipped() -> dict[int, tuple[str, ...]]:
    """The steps that this version of qualtui knows."""
    return {version: migration(version) for version in range(1, NEWEST + 1)}


def check(connection: sqlite3.Connection, path: Path, newest: int = NEWEST) -> int:
    """The file's version; 0: an empty file. Raises StoreError where it is not ours, or newer than we know."""
    version = _pragma(connection, "user_version")
    application = _pragma(connection, "application_id")
    if application != APPLICATION:
        tables: int = connection.execute(statement("has_tables")).fetchone()[0]
        if application or version or tables:
            raise StoreError(
                message(
                    "{path} is another program's SQLite file, not a qualtui store: check [store] path",
                    path=str(path),
                )
            )
    if version > newest:
        raise StoreError(
            message(
                "the store {path} was written by a newer qualtui"
                " (version {version:whole}, this one knows {newest:whole})",
                path=str(path),
                version=version,
                newest=newest,
            )
        )
    return version


def migrate(connection: sqlite3.Connection, path: Path, steps: Steps) -> int:
    """Brings the file to the newest version in `steps` and returns how many steps it took."""
    newest = max(steps)
    version = check(connection, path, newest)
    for step in range(version + 1, newest + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for command in steps[step]:
                connection.execute(command)
            connection.execute(f"PRAGMA user_version = {step:d}")
            connection.execute(f"PRAGMA application_id = {APPLICATION:d}")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    return newest - version


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
