"""The store in one SQLite file: the log, checkpoints, samples, and the lease beside it."""

from qualtui.store.sqlite.reader import SqliteReader
from qualtui.store.sqlite.store import SqliteStore

__all__ = ["SqliteReader", "SqliteStore"]
