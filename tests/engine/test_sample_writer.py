"""What was sampled survives a restart, and a store that fails loses no sample that fits in memory."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.disk import Disk
from qualtui.engine.journal import Journal
from qualtui.engine.sample_cache import SampleCache
from qualtui.engine.sample_writer import SampleWriter, room
from qualtui.eventlog.engine import EngineStarted
from qualtui.model import Sample
from qualtui.store import StoreError
from qualtui.store.sqlite import SqliteStore

NOW = 10_000.0
SAMPLES = (Sample("bot/db.up", NOW - 20, 1.0), Sample("bot/db.up", NOW - 10, None), Sample("bot/db.up", NOW, 0.0))


class FullStore(SqliteStore):
    """A real store whose disk can be full, by switch."""

    full = False
    hang: threading.Event | None = None
    begun = threading.Event()
    written = threading.Event()

    def append(self, bodies, at, expect_seq=None):  # type: ignore[no-untyped-def]
        if self.full:
            raise StoreError("no room left")
        return super().append(bodies, at, expect_seq)

    def add_samples(self, batch):  # type: ignore[no-untyped-def]
        if self.full:
            raise StoreError("no room left")
        super().add_samples(batch)
        self.written.set()

    def roll_up(self, now):  # type: ignore[no-untyped-def]
        if self.hang is not None:
            self.begun.set()
            self.hang.wait(10)
        super().roll_up(now)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FullStore]:
    with FullStore.open(tmp_path / "store.db") as opened:
        yield opened


def keeper(store: SqliteStore) -> SampleWriter:
    return SampleWriter(store, Journal(store, store.load(), store.epoch, lambda: NOW), lambda: NOW)


async def test_the_recent_past_is_back_in_memory_after_a_restart_gaps_included(store: FullStore) -> None:
    before = keeper(store)
    before.take(SAMPLES)
    await before.flush()
    recent = SampleCache(keep=3600.0, step=10.0, steps=5)
    await keeper(store).restore(recent, ["bot/db.up", "bot/never.seen"])
    assert [(s.at, s.value) for s in recent.since("bot/db.up", 0)] == [(s.at, s.value) for s in SAMPLES]
    assert recent.newest("bot/never.seen") is None


async def test_samples_wait_in_order_while_the_disk_is_full(store: FullStore) -> None:
    keeps = keeper(store)
    store.full = True
    keeps.take(SAMPLES[:1])
    await keeps.flush()
    keeps.take(SAMPLES[1:])
    store.full = False
    await keeps.flush()
    assert [at for at, _ in store.window("bot/db.up", 0, NOW + 1)] == [s.at for s in SAMPLES]


async def test_a_state_that_is_ahead_of_the_log_is_not_kept_for_the_next_start(store: FullStore) -> None:
    journal = Journal(store, store.load(), store.epoch, lambda: NOW)
    keeps = SampleWriter(store, journal, lambda: NOW)
    kept = "SELECT count(*) FROM checkpoints"
    store.full = True
    await journal.append((EngineStarted(1, "host-a", "0.1"), ""))
    await keeps.clean()
    assert store.writer.connection.execute(kept).fetchone() == (0,)
    store.full = False
    await journal.retry()
    await keeps.clean()
    assert store.writer.connection.execute(kept).fetchone() == (1,)


async def test_a_disk_that_fills_up_is_told_though_nothing_happens(store: FullStore) -> None:
    left = [1 << 30]
    journal = Journal(store, store.load(), store.epoch, lambda: NOW)
    keeps = SampleWriter(store, journal, lambda: NOW, lambda _path: left[0])
    await keeps.flush()
    assert keeps.trouble == ""
    left[0] = 4096
    await keeps.flush()
    assert "no room left" in str(keeps.trouble)
    left[0] = 1 << 30
    store.full = True
    keeps.take(SAMPLES)
    await keeps.flush()
    assert keeps.trouble == "no room left"
    store.full = False
    await keeps.flush()
    assert keeps.trouble == ""


async def test_the_room_of_a_real_disk_is_known(small_disk: Disk) -> None:
    before = room(small_disk.folder / "q.db")
    assert before is not None
    assert before > 1 << 20
    small_disk.fill()
    assert room(small_disk.folder / "q.db") == 0
    assert room(Path("/proc/version")) is None


async def test_a_roll_up_that_takes_long_keeps_no_sample_from_the_disk(
    store: FullStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qualtui.engine.sample_writer.FIRST", 0.0)
    monkeypatch.setattr("qualtui.engine.sample_writer.FLUSH", 0.01)
    store.hang, store.begun, store.written = threading.Event(), threading.Event(), threading.Event()
    keeps = keeper(store)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(keeps.run())
        assert await asyncio.to_thread(store.begun.wait, 5)
        keeps.take(SAMPLES)
        assert await asyncio.to_thread(store.written.wait, 5)
        store.hang.set()
        running.cancel()
    assert len(store.window("bot/db.up", 0, NOW + 1)) == len(SAMPLES)
