"""The store: an append-only log with a fold, and samples that are rolled up. Ports here, SQLite in sqlite/."""

from qualtui.store.errors import Conflict, LeaseLost, StoreBusy, StoreError, StoreLost
from qualtui.store.ports import EventStore, Lease, Points, Pruned, SampleStore, Store

__all__ = [
    "Conflict",
    "EventStore",
    "Lease",
    "LeaseLost",
    "Points",
    "Pruned",
    "SampleStore",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreLost",
]
