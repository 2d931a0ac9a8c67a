"""SQLite's errors, translated to StoreError."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from qualtui.eventlog.codec import EventError
from qualtui.store.errors import StoreError
from qualtui.text import clean
from qualtui.text.message import Text, message


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors, and events that can't be read or written, become StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_sentence(path, error)) from error
    except EventError as error:
        raise StoreError(error.text) from None
    except UnicodeDecodeError:  # the module's own, for text in a damaged file
        raise StoreError(damaged(path)) from None
    except (OverflowError, UnicodeEncodeError) as error:  # a number over 64 bits, a text that is not Unicode
        raise StoreError(message("a value can't be stored ({what})", what=type(error).__name__)) from None


def _sentence(path: Path, error: sqlite3.Error) -> Text:
    """An error of SQLite as a line that says what to do."""
    full = getattr(error, "sqlite_errorcode", 0)
    # The low byte is the primary code. What readers share is made when a store is opened: no room even for that.
    code = sqlite3.SQLITE_FULL if full == sqlite3.SQLITE_IOERR_SHMSIZE else full & 0xFF
    known = {
        sqlite3.SQLITE_FULL: message("no room left for the store {path}: make room on that disk"),
        sqlite3.SQLITE_READONLY: message(
            "the store {path} can't be written: it, or its folder, is read-only for you"
        ),
        sqlite3.SQLITE_PERM: message("the store {path} can't be opened: you have no permission"),
        sqlite3.SQLITE_CANTOPEN: message(
            "the store {path} can't be opened: check [store] path and the permissions of its folder"
        ),
        sqlite3.SQLITE_NOTADB: message(
            "{path} is not a qualtui store: check [store] path, or move the file aside"
        ),
        sqlite3.SQLITE_BUSY: message("the store {path} is locked by another program: close that program"),
        sqlite3.SQLITE_IOERR: message(
            "the disk of the store {path} fails to read or write ({what}): check the disk"
        ),
    }
    if code == sqlite3.SQLITE_CANTOPEN and path.exists() and not os.access(path.parent, os.W_OK):
        code = sqlite3.SQLITE_READONLY  # what readers share can't be made
    if code == sqlite3.SQLITE_CORRUPT:
        return damaged(path)
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return _closed(path)
    text = known.get(code, message("the store {path} fails: {what}"))
    return replace(text, params={"path": str(path), "what": clean(error)})


def damaged(path: Path) -> Text:
    """The text for a damaged file, with what to do: we throw nothing away."""
    return message(
        "the store {path} is damaged: restore a copy, or move it aside to start a new one", path=str(path)
    )


def closed(path: Path) -> StoreError:
    """The error for a store that was closed before."""
    return StoreError(_closed(path))


def _closed(path: Path) -> Text:
    return message("the store {path} is closed", path=str(path))
