"""A store with a past, and plans to back it up."""

from pathlib import Path

from qualtui.backup.part import Gathered, Part
from qualtui.backup.taking import BackupPlan
from qualtui.model import Sample
from qualtui.store.sqlite import SqliteStore
from tests.eventlog.bodies import fired, queued

NOW = 1_795_831_200.0  # 2026-Nov-28T02:00:00Z
PARTS = Gathered((Part("config.toml", b"[agents.bot]\n"), Part("bot/schema.json", b"{}" * 5000)))


def made_store(folder: Path, events: int = 20) -> Path:
    """A store at rest with incidents, notices and samples."""
    path = folder / "state" / "store.db"
    with SqliteStore.open(path, NOW) as store:
        grow(store, events)
    return path


def grow(store: SqliteStore, events: int, start: int = 0) -> None:
    for number in range(start, start + events):
        store.append(
            [(fired(number + 1), ""), (queued(f"{number}/1/ops", number + 1), f"n/{number}")], NOW + number
        )
        store.add_samples([Sample("bot/customers.waiting", NOW + number, float(number))])


def plan_for(store: Path, recipients: tuple[str, ...] = ()) -> BackupPlan:
    return BackupPlan(store, store.parent.parent / "backups", recipients)


def names(folder: Path) -> list[str]:
    """All that lies in a folder, as names."""
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
