"""The store: SQLite; an append-only log with a fold, and samples that are rolled up."""

from qualtui.store.errors import Conflict, LeaseLost, StoreBusy, StoreError, StoreLost
from qualtui.store.fold import FOLD_VERSION, apply, fold
from qualtui.store.reader import Reader
from qualtui.store.rollup import Pruned
from qualtui.store.store import Store

__all__ = [
    "FOLD_VERSION",
    "Conflict",
    "LeaseLost",
    "Pruned",
    "Reader",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreLost",
    "apply",
    "fold",
]
