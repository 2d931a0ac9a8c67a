"""Reads, roll-ups and prunings have their own connections: an append never waits for them."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from qualtui.config import values
from qualtui.config.values import Aggregate
from qualtui.eventlog.engine import EngineStarted
from qualtui.model import Sample
from qualtui.store import StoreError, StoreLost
from qualtui.store.sqlite import SqliteStore, rollup, samples
from qualtui.store.sqlite.writer import WriteTurn
from tests.eventlog.bodies import fired

S = "bot/x"
DAY = 86400.0
STARTED = EngineStarted(1, "host-a", "0.1")
WAIT = 10.0  # s until a test that hangs fails


class Gate:
    """Stops real work in the middle of its transaction, until it is opened."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self.real = real
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, connection: sqlite3.Connection, *rest: Any) -> Any:
        found = self.real(connection, *rest)
        self.reached.set()
        assert self.open.wait(WAIT)
        connection.execute("SELECT count(*) FROM samples").fetchone()
        return found


@contextmanager
def under_way(gate: Gate, work: Callable[[], Any]) -> Iterator["Future[Any]"]:
    """The work, in another thread, stopped at the gate; opened at the end."""
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(work)
        try:
            assert gate.reached.wait(WAIT)
            yield running
        finally:
            gate.open.set()


@pytest.fixture
def filled(store: SqliteStore) -> SqliteStore:
    store.append([(fired(), "first")], 1.0)
    store.add_samples([Sample(S, float(at), 1.0) for at in range(0, 7200, 10)])
    return store


def all_writes(store: SqliteStore) -> None:
    """Every kind of write that the engine waits for."""
    assert len(store.append([(STARTED, "during")], 2.0)) == 1
    store.add_samples([Sample("bot/y", 7300.0, 1.0)])
    store.save_tracking("bot/customers", b"known")
    assert store.load_tracking("bot/customers") == b"known"
    assert store.load().seq == 2


def test_a_slow_read_delays_no_write_and_no_other_read(
    filled: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(samples.window)
    monkeypatch.setattr(samples, "window", gate)
    with under_way(gate, lambda: filled.window(S, 0, 7200)) as reading:
        all_writes(filled)
        assert not reading.done()
    assert len(reading.result(WAIT)) == 720


@pytest.mark.parametrize("part", ["minute_rows", "hour_rows", "first_sample"])
def test_a_slow_roll_up_delays_no_write_and_no_read(
    filled: SqliteStore, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    gate = Gate(getattr(rollup, part))
    monkeypatch.setattr(rollup, part, gate)
    with under_way(gate, lambda: filled.roll_up(7200.0)) as rolling:
        all_writes(filled)
        assert len(filled.window(S, 0, 7200)) == 720
        assert not rolling.done()
    rolling.result(WAIT)
    assert filled.window(S, 0, 7199, 3600, Aggregate.COUNT) == ((0.0, 360.0), (3600.0, 360.0))


def test_a_sample_that_comes_late_during_a_roll_up_is_rolled_up_by_the_next(
    filled: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(rollup.minute_rows)
    monkeypatch.setattr(rollup, "minute_rows", gate)
    with under_way(gate, lambda: filled.roll_up(7200.0)) as rolling:
        filled.add_samples([Sample(S, 65.0, 99.0), Sample("bot/new", 66.0, 5.0)])
    rolling.result(WAIT)
    for _ in range(2):
        for step in (60, 3600):
            assert filled.window(S, 0, 7199, step, Aggregate.MAX)[60 // step][1] == 99.0
            assert filled.window("bot/new", 0, 7199, step, Aggregate.SUM)[60 // step][1] == 5.0
        filled.roll_up(7200.0)
    keep = values.StoreSettings(keep_raw=values.Seconds(0.0))
    assert filled.prune(7200.0, keep).raw > 700
    assert filled.window(S, 0, 7199, 60, Aggregate.MAX)[1][1] == 99.0


def test_a_slow_pruning_of_the_log_delays_no_append(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    from qualtui.store.sqlite import checkpoint

    for n in range(20):
        store.append([(fired(n + 1, rule=f"r{n}"), "")], float(n))
    store.checkpoint(store.load())
    before = store.load()
    gate = Gate(checkpoint.next_anchor)
    monkeypatch.setattr(checkpoint, "next_anchor", gate)
    keep = values.StoreSettings(keep_events=values.Seconds(30 * DAY))
    with under_way(gate, lambda: store.prune(31 * DAY, keep)) as pruning:
        assert len(store.append([(STARTED, "during")], 31 * DAY)) == 1
    assert pruning.result(WAIT).events == 19  # the newest stays
    assert store.load().incidents == before.incidents
    assert store.verify() is None


def test_an_event_that_is_erased_during_a_pruning_stays_erased(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qualtui.store.sqlite import checkpoint

    store.append([(fired(), ""), (fired(2, rule="other"), ""), (STARTED, "")], 1.0)
    store.checkpoint(store.load())
    gate = Gate(checkpoint.next_anchor)
    monkeypatch.setattr(checkpoint, "next_anchor", gate)
    keep = values.StoreSettings(keep_events=values.Seconds(30 * DAY))
    with under_way(gate, lambda: store.prune(31 * DAY, keep)) as pruning:
        assert store.erase(2)
    assert pruning.result(WAIT).events == 0
    assert list(store.load().incidents) == [1]


def test_a_lost_store_is_made_again_while_a_read_is_under_way(
    filled: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(samples.window)
    monkeypatch.setattr(samples, "window", gate)
    state = filled.load()
    with under_way(gate, lambda: filled.window(S, 0, 7200)):
        os.unlink(filled.path)
        with pytest.raises(StoreLost) as lost:
            filled.check()
        gate.open.set()
        assert len(filled.renew(state, lost.value, 3.0)) == 1
    assert len(filled.window(S, 0, 7200)) == 720
    assert filled.verify() is None


def test_rows_that_were_computed_from_a_lost_store_do_not_go_into_the_new_one(
    filled: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(rollup.minute_rows)
    monkeypatch.setattr(rollup, "minute_rows", gate)
    state = filled.load()
    with under_way(gate, lambda: filled.roll_up(7200.0)) as rolling:
        os.truncate(filled.path, 0)
        with pytest.raises(StoreLost) as lost:
            filled.check()
        gate.open.set()
        filled.renew(state, lost.value, 3.0)
        filled.add_samples([Sample("bot/another", 10.0, 7.0)])
    with pytest.raises(StoreError):
        rolling.result(WAIT)
    filled.roll_up(7200.0)
    assert filled.window("bot/another", 0, 59, 60, Aggregate.COUNT) == ((0.0, 1.0),)


def test_a_file_that_was_put_in_the_store_s_place_is_not_read(
    filled: SqliteStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    with SqliteStore.open(other) as alien:
        alien.append([(STARTED, "")], 1.0)
    gate = Gate(samples.window)
    monkeypatch.setattr(samples, "window", gate)
    with under_way(gate, lambda: filled.window(S, 0, 7200)) as reading:
        os.replace(other, filled.path)
        with pytest.raises(StoreLost, match="another file"):
            filled.events()
    assert len(reading.result(WAIT)) == 720


def test_closing_ends_a_read_that_is_under_way_and_what_comes_later_says_closed(filled: SqliteStore) -> None:
    filled.close()
    for work in (filled.load, lambda: filled.roll_up(1.0), lambda: filled.window(S, 0, 1)):
        with pytest.raises(StoreError, match="is closed"):
            work()


def test_an_append_goes_before_a_pruning_that_has_waited_longer() -> None:
    turn, order = WriteTurn(), list[str]()
    waiting = threading.Semaphore(0)

    def take(name: str, *, urgent: bool) -> None:
        waiting.release()
        with turn.take(urgent=urgent):
            order.append(name)

    with ThreadPoolExecutor(2) as threads, turn.take(urgent=False):
        threads.submit(take, "pruning", urgent=False)
        assert waiting.acquire(timeout=WAIT)
        threads.submit(take, "append", urgent=True)
        assert waiting.acquire(timeout=WAIT)
        while not turn.urgent:  # until the append stands in line
            pass
    assert order == ["append", "pruning"]
