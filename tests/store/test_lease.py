"""One engine a store."""

import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qualtui.eventlog.engine import EngineStarted
from qualtui.model import Sample
from qualtui.store import LeaseLost, StoreBusy, StoreError
from qualtui.store.sqlite import SqliteReader, SqliteStore
from qualtui.store.sqlite.deferred import begin_deferred
from qualtui.store.sqlite.lease import lock_path
from tests.eventlog.bodies import fired, queued
from tests.store.processes import engine

STARTED = EngineStarted(1, "host-a", "0.1")


def test_whoever_comes_second_is_told_who_has_it_and_since_when(path: Path) -> None:
    with engine(path, "hold") as first, pytest.raises(StoreBusy) as refusal:
        SqliteStore.open(path)
    assert (refusal.value.pid, refusal.value.host) == (first.pid, socket.gethostname())
    assert refusal.value.since > 1.7e9
    text = str(refusal.value)
    assert f"pid {first.pid}" in text
    assert "UTC" in text
    assert "\n" not in text


def test_a_second_engine_in_the_same_process_is_refused_too(path: Path) -> None:
    with SqliteStore.open(path, now=0.0), pytest.raises(StoreBusy, match=f"pid {os.getpid()}.*1970-01-01"):
        SqliteStore.open(path)


def test_a_killed_engine_leaves_the_lease_free(path: Path) -> None:
    with engine(path, "hold") as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        with SqliteStore.open(path) as store:
            assert store.epoch == 2


def test_whoever_was_refused_left_the_first_one_undisturbed(path: Path) -> None:
    with SqliteStore.open(path) as store:
        for _ in range(3):
            with pytest.raises(StoreBusy):
                SqliteStore.open(path)
        assert len(store.append([(STARTED, "")], 1.0)) == 1


def test_a_lock_whose_holder_has_not_said_its_name_is_still_a_lock(path: Path) -> None:
    with SqliteStore.open(path):
        lock_path(path).write_bytes(b'{"pid": "torn')
        with pytest.raises(StoreBusy, match="another engine") as refusal:
            SqliteStore.open(path)
    assert refusal.value.pid == 0


def test_an_engine_whose_epoch_is_over_writes_nothing_more(path: Path) -> None:
    with SqliteStore.open(path) as store:
        store.append([(STARTED, "")], 1.0)
        with sqlite3.connect(path) as other:
            other.execute("UPDATE lease SET epoch = epoch + 1")
        other.close()
        for write in (
            lambda: store.append([(STARTED, "")], 2.0),
            lambda: store.checkpoint(store.load()),
            lambda: store.add_samples([Sample("bot/x", 1.0, 1.0)]),
            lambda: store.save_tracking("x", b""),
            lambda: store.erase(1),
            lambda: store.roll_up(1e6),
        ):
            with pytest.raises(LeaseLost):
                write()
        assert len(store.events()) == 1


def test_a_removed_lock_lets_no_second_engine_in_and_is_made_again(path: Path) -> None:
    with SqliteStore.open(path) as store:
        lock_path(path).unlink()
        with pytest.raises(StoreBusy):
            SqliteStore.open(path)
        lock_path(path).unlink()
        assert len(store.append([(STARTED, "")], 1.0)) == 1
        assert "made again" in str(store.remade)
        with pytest.raises(StoreBusy, match=f"pid {os.getpid()}"):
            SqliteStore.open(path)


def test_a_lease_taken_over_through_a_removed_store_and_lock_is_noticed(path: Path) -> None:
    with SqliteStore.open(path) as old:
        for file in path.parent.iterdir():
            file.unlink()
        with SqliteStore.open(path) as new:
            with pytest.raises(LeaseLost):
                old.append([(STARTED, "")], 1.0)
            assert len(new.append([(STARTED, "")], 1.0)) == 1


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_lease_is_the_files_and_not_its_names(path: Path, link: Callable[[Path, Path], None]) -> None:
    with SqliteStore.open(path) as store:
        other = path.parent.parent / "elsewhere" / "other.db"
        other.parent.mkdir()
        link(path, other)
        with pytest.raises(StoreBusy):
            SqliteStore.open(other)
        with pytest.raises(StoreBusy):
            begin_deferred(other, 1.0)
        assert len(store.append([(STARTED, "")], 1.0)) == 1


def test_a_number_that_was_given_is_never_given_again_though_the_store_was_lost_while_no_engine_ran(
    path: Path,
) -> None:
    with SqliteStore.open(path) as store:
        store.append([(fired(41), "")], 1.0)
    path.unlink()
    again, state = begin_deferred(path, 2.0)
    with again:
        assert state.next_number == 42
        assert "incidents go on at #42" in str(again.remade)
    again, state = begin_deferred(path, 2.0)
    with again:
        assert state.next_number == 42
        again.append([(fired(42), "")], 3.0)
    again, state = begin_deferred(path, 2.0)
    with again:
        assert (state.next_number, again.remade) == (43, "")


def test_a_reader_needs_no_lease_and_sees_what_the_engine_wrote(path: Path) -> None:
    with SqliteStore.open(path) as store, SqliteReader.look(path) as reader:
        assert reader.load().seq == 0
        store.append([(STARTED, "")], 1.0)
        store.add_samples([Sample("bot/x", 1.0, 5.0)])
        assert reader.load() == store.load()
        assert reader.window("bot/x", 0, 2) == ((1.0, 5.0),)
        assert reader.verify() is None


def test_a_reader_beside_a_busy_engine_always_sees_one_moment(path: Path) -> None:
    seen: list[int] = []
    with SqliteStore.open(path) as store:
        ended = threading.Event()

        def look() -> None:
            with SqliteReader.look(path) as reader:
                while not ended.is_set():
                    state = reader.load()
                    assert len(reader.history(1)) >= len(state.notices) == state.seq // 2
                    seen.append(state.seq)

        with ThreadPoolExecutor(1) as other:
            looking = other.submit(look)
            for n in range(200):
                store.append([(queued(f"k{n}"), f"k{n}"), (STARTED, "")], float(n))
                if n % 50 == 0:
                    store.checkpoint(store.load())
            ended.set()
            looking.result(10)
    assert seen == sorted(seen)


def test_a_reader_of_nothing_says_so(path: Path) -> None:
    with pytest.raises(StoreError, match="no store"):
        SqliteReader.look(path)
    assert not path.parent.exists()


def test_file_and_lock_are_for_owner_and_group_whatever_the_umask(path: Path) -> None:
    before = os.umask(0o077)
    try:
        with SqliteStore.open(path) as store:
            store.append([(STARTED, "")], 1.0)
            for file in path.parent.iterdir():
                assert file.stat().st_mode & 0o777 == 0o660, file.name
            assert path.parent.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)
