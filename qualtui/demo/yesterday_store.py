"""Writes the day before a demo into the store that its engine will open."""

from pathlib import Path

from qualtui.demo.yesterday import Yesterday
from qualtui.demo.yesterday_incidents import yesterdays_events
from qualtui.demo.yesterday_series import yesterdays_samples
from qualtui.store.sqlite import SqliteStore
from qualtui.store.sqlite.filling import fill


def write_yesterday(path: Path, day: Yesterday) -> bool:
    """Make the store at `path`; False: there is one already, and it has its own past. Raises StoreError."""
    if path.exists():
        return False
    with SqliteStore.open(path, day.now) as store:
        fill(store, yesterdays_events(day), yesterdays_samples(day), day.now)
    return True
