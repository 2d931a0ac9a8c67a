"""SQLite's errors, translated to StoreError."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qualtui.eventlog.codec import EventError
from qualtui.store.errors import StoreError
from qualtui.text import _, clean


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors, and events that can't be read or written, become StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_sentence(path, error)) from error
    except EventError as error:
        raise StoreError(str(error)) from None
    except UnicodeDecodeError:  # the module's own, for text in a damaged file
        raise StoreError(damaged(path)) from None
    except (OverflowError, UnicodeEncodeError) as error:  # a number over 64 bits, a text that is not Unicode
        raise StoreError(_("a value can't be stored: {what}").format(what=type(error).__name__)) from None


def _sentence(path: Path, error: sqlite3.Error) -> str:
    """An error of SQLite as a line that says the remedy."""
    full = getattr(error, "sqlite_errorcode", 0)
    # The low byte is the primary code. What readers share is made when a store is opened: no room even for that.
    code = sqlite3.SQLITE_FULL if full == sqlite3.SQLITE_IOERR_SHMSIZE else full & 0xFF
    known = {
        sqlite3.SQLITE_FULL: _("no room left for the store {path}: make room on that disk"),
        sqlite3.SQLITE_READONLY: _("the store {path} can't be written: it, or its folder, is read-only for you"),
        sqlite3.SQLITE_PERM: _("the store {path} can't be opened: you may not"),
        sqlite3.SQLITE_CANTOPEN: _("the store {path} can't be opened: see its path and who may read its folder"),
        sqlite3.SQLITE_NOTADB: _("{path} is not a qualtui store: see [store] path, or move the file aside"),
        sqlite3.SQLITE_BUSY: _("the store {path} is locked by another program: end what has it open"),
        sqlite3.SQLITE_IOERR: _(
            "the disk does not take or give what the store {path} asks: see the disk ({what})"
        ),
    }
    if code == sqlite3.SQLITE_CANTOPEN and path.exists() and not os.access(path.parent, os.W_OK):
        code = sqlite3.SQLITE_READONLY  # what readers share can't be made
    if code == sqlite3.SQLITE_CORRUPT:
        return damaged(path)
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return str(closed(path))
    text = known.get(code, _("the store {path} fails: {what}"))
    return text.format(path=path, what=clean(error))


def damaged(path: Path) -> str:
    """That a file is damaged, and the remedy: nothing of it is thrown away by us."""
    return _("the store {path} is damaged: put back a copy of it, or move it aside to begin a new one").format(
        path=path
    )


def closed(path: Path) -> StoreError:
    """That the store was closed before this."""
    return StoreError(_("the store {path} is closed").format(path=path))
