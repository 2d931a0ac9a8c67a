"""An engine begins whatever the disk of its store does: with what can be read, and the store opened later."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.disk import Disk
from qualtui.eventlog.engine import EngineStarted
from qualtui.model import State
from qualtui.store import StoreBusy, StoreError
from qualtui.store.sqlite import SqliteStore
from qualtui.store.sqlite.deferred import BEGIN, DeferredStore, begin_deferred
from qualtui.store.sqlite.lease import lock_path
from tests.eventlog.bodies import fired
from tests.store.remains import killed, left, torn
from tests.store.test_faults import nobody

NOW = BEGIN + 600_000.0
NUMBER = 10_000  # minutes from BEGIN to NOW
STARTED = EngineStarted(1, "host-a", "0.1")


def refused_a_second(path: Path) -> None:
    with pytest.raises(StoreBusy):
        begin_deferred(path, NOW)


def test_a_store_that_can_be_used_is_opened_at_once(path: Path) -> None:
    state = left(path)
    store, begun = begin_deferred(path, NOW)
    with store:
        assert not isinstance(store, DeferredStore)
        assert (begun, store.epoch) == (state, 2)
        refused_a_second(path)


def test_on_a_full_disk_an_engine_begins_with_what_the_log_tells_and_goes_on_in_it_later(small_disk: Disk) -> None:
    path = small_disk.folder / "state" / "store.db"
    state = left(path)
    small_disk.fill()
    store, begun = begin_deferred(path, NOW)
    with store:
        assert begun == state
        assert begun.next_number == 2
        assert store.window("bot/x", 0, 2) == ((1.0, 5.0),)
        assert store.load_tracking("bot/customers") == b"known"
        with pytest.raises(StoreError, match="no room left"):
            store.append([(STARTED, "s")], 2.0)
        refused_a_second(path)
        small_disk.clear()
        assert [event.seq for event in store.append([(STARTED, "s")], 2.0)] == [3]
        assert (store.epoch, store.load().seq) == (2, 3)
        assert store.verify() is None


@pytest.mark.parametrize("end", [left, killed], ids=["ended", "killed"])
def test_on_a_disk_that_became_read_only_an_engine_begins_with_what_the_log_tells(
    small_disk: Disk, end: Callable[[Path], object]
) -> None:
    path = small_disk.folder / "state" / "store.db"
    end(path)
    small_disk.protect()
    store, begun = begin_deferred(path, NOW)
    with store:
        assert begun.seq > 0
        with pytest.raises(StoreError, match="read-only"):
            store.append([(STARTED, "s")], 2.0)
        assert store.events(limit=1000)[-1].seq == begun.seq
        refused_a_second(path)
        small_disk.protect(False)
        assert [event.seq for event in store.append([(STARTED, "s")], 2.0)] == [begun.seq + 1]
        assert store.verify() is None


def test_a_store_that_others_own_is_read_and_never_locked_out_of_a_second_engine_s_sight() -> None:
    with nobody() as folder:
        path = folder / "state" / "store.db"
        state = left(path)
        for part in (path, lock_path(path)):
            part.chmod(0o440)
        path.parent.chmod(0o550)
        store, begun = begin_deferred(path, NOW)
        with store:
            assert begun == state
            with pytest.raises(StoreError, match="read-only for you"):
                store.append([(STARTED, "")], 2.0)
            refused_a_second(path)


def test_a_second_engine_is_not_told_the_name_of_a_dead_one(small_disk: Disk) -> None:
    path = small_disk.folder / "store.db"
    killed(path)
    small_disk.protect()  # who holds it now can't say so
    store, _begun = begin_deferred(path, NOW)
    with store, pytest.raises(StoreBusy, match="another engine keeps") as refusal:
        begin_deferred(path, NOW)
    assert refusal.value.pid == 0


def test_a_torn_store_is_left_as_it_is_and_its_numbers_are_not_used_again(path: Path) -> None:
    half = torn(path)
    store, begun = begin_deferred(path, NOW)
    with store:
        assert begun == State(next_number=NUMBER)
        for _ in range(2):
            with pytest.raises(StoreError, match=r"damaged.*its content is unknown"):
                store.append([(STARTED, "")], 2.0)
        assert path.read_bytes() == half
        refused_a_second(path)
        path.rename(path.with_suffix(".torn"))
        assert [event.seq for event in store.append([(fired(NUMBER), "")], 2.0)] == [1]
        assert list(store.load().incidents) == [NUMBER]
    assert path.with_suffix(".torn").read_bytes() == half


def test_a_copy_that_is_put_back_meanwhile_is_gone_on_in(path: Path, tmp_path: Path) -> None:
    state = left(path)
    shutil.copy(path, tmp_path / "copy")
    torn(path)
    store, _begun = begin_deferred(path, NOW)
    with store:
        with pytest.raises(StoreError):
            store.append([(fired(NUMBER, rule="other"), "")], 2.0)
        os.replace(tmp_path / "copy", path)
        store.append([(fired(NUMBER, rule="other"), "")], 2.0)
        assert list(store.load().incidents) == [*state.incidents, NUMBER]
        assert store.verify() is None


def test_a_log_that_this_version_cannot_read_is_not_added_to(path: Path) -> None:
    state = left(path)
    with SqliteStore.open(path) as store:
        store.writer.connection.execute("UPDATE events SET version = version + 98")
    late, begun = begin_deferred(path, NOW)
    with late:
        assert begun.next_number == NUMBER
        with pytest.raises(StoreError, match="newer qualtui"):
            late.append([(STARTED, "")], 2.0)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE events SET version = version - 98")
    raw.close()
    assert begin_deferred(path, NOW)[1] == state


def test_a_new_store_for_which_there_is_no_room_begins_with_nothing_and_the_first_number(small_disk: Disk) -> None:
    path = small_disk.folder / "state" / "store.db"
    path.parent.mkdir()
    small_disk.fill()
    store, begun = begin_deferred(path, NOW)
    with store:
        assert begun == State()
        with pytest.raises(StoreError, match="no room left"):
            store.append([(STARTED, "")], 2.0)
        small_disk.clear()
        assert len(store.append([(STARTED, "")], 2.0)) == 1


def test_where_the_lease_cannot_be_had_nobody_begins(small_disk: Disk) -> None:
    small_disk.protect()
    with pytest.raises(StoreError, match="can't be locked: Read-only file system"):
        begin_deferred(small_disk.folder / "store.db", NOW)
    with pytest.raises(StoreError, match="can't be made: Read-only file system; see"):
        begin_deferred(small_disk.folder / "state" / "store.db", NOW)
