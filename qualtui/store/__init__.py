"""The store: SQLite; an append-only log with a fold, and samples that are rolled up."""

from qualtui.store.errors import Conflict, LeaseLost, StoreBusy, StoreError, StoreLost
from qualtui.store.fold import FOLD_VERSION, apply, fold_events
from qualtui.store.reader import StoreReader
from qualtui.store.rollup import Pruned
from qualtui.store.store import Store

__all__ = [
    "FOLD_VERSION",
    "Conflict",
    "LeaseLost",
    "Pruned",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreLost",
    "StoreReader",
    "apply",
    "fold_events",
]
