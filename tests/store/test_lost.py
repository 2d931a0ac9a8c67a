"""A store that is taken away, replaced or spoiled under a healthy engine: noticed at once, and made whole."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from qualtui.eventlog.engine import EngineStarted, StoreRenewed
from qualtui.eventlog.fold import fold_events
from qualtui.eventlog.incidents import Noted
from qualtui.model import Sample
from qualtui.store import StoreLost
from qualtui.store.sqlite import SqliteReader, SqliteStore
from qualtui.store.sqlite.deferred import begin_deferred
from qualtui.text import masked
from tests.eventlog.bodies import fired, queued

STARTED = EngineStarted(1, "host-a", "0.1")


def older(path: Path, folder: Path) -> Path:
    """A copy of the store as it was when its log was shorter."""
    copy = folder / "older.db"
    with SqliteStore.open(path) as store:
        store.append([(fired(1), "1")], 1.0)
    shutil.copy(path, copy)
    return copy


def deleted(path: Path, _older: Path) -> None:
    path.unlink()


def all_deleted(path: Path, _older: Path) -> None:
    for file in path.parent.iterdir():
        file.unlink()


def folder_deleted(path: Path, _older: Path) -> None:
    shutil.rmtree(path.parent)


def moved(path: Path, _older: Path) -> None:
    path.rename(path.with_name("moved.db"))


def replaced(path: Path, older: Path) -> None:
    os.replace(older, path)


def log_removed(path: Path, _older: Path) -> None:
    path.with_name(path.name + "-wal").unlink()


def index_removed(path: Path, _older: Path) -> None:
    path.with_name(path.name + "-shm").unlink()


def overwritten(path: Path, older: Path) -> None:
    path.write_bytes(older.read_bytes())


def truncated(path: Path, _older: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path, _older: Path) -> None:
    os.truncate(path, 0)


def _execute(path: Path, *commands: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for command in commands:
        connection.execute(command)
    connection.close()


def dropped(path: Path, _older: Path) -> None:
    _execute(path, "DROP TABLE events")


def all_dropped(path: Path, _older: Path) -> None:
    _execute(path, *(f"DROP TABLE {name}" for name in ("events", "lease", "samples", "marks", "checkpoints")))


def cut(path: Path, _older: Path) -> None:
    _execute(path, "DELETE FROM events WHERE seq > 1")


COPIED = [deleted, all_deleted, folder_deleted, moved, replaced, log_removed, index_removed]
SPOILED = [overwritten, truncated, emptied, dropped, all_dropped, cut]
Spoil = Callable[[Path, Path], None]


def running(path: Path, tmp_path: Path) -> tuple[SqliteStore, Path]:
    """An engine's store with a past: two incidents, a sample, a probe's memory."""
    copy = older(path, tmp_path)
    store = SqliteStore.open(path)
    store.append([(fired(2, rule="other"), "2"), (queued("2/1/ops", 2), "n")], 10.0)
    store.add_samples([Sample("bot/x", 5.0, 7.0)])
    store.save_tracking("bot/customers", b"known")
    for n in range(200):
        store.append([(Noted(2, "ana", f"{n} " + "x" * 2000), f"note{n}")], 11.0)
    return store, copy


@pytest.mark.parametrize("spoil", [*COPIED, *SPOILED])
def test_whatever_becomes_of_the_file_no_write_goes_into_it_and_the_engine_goes_on_in_a_whole_one(
    path: Path, tmp_path: Path, spoil: Spoil
) -> None:
    store, copy = running(path, tmp_path)
    state = store.load()
    spoil(path, copy)
    with store:
        with pytest.raises(StoreLost) as lost:
            store.append([(STARTED, "s")], 20.0)
        with pytest.raises(StoreLost):
            store.check()
        with pytest.raises(StoreLost):
            store.add_samples([Sample("bot/x", 6.0, 8.0)])
        (renewed,) = store.renew(state, lost.value, 20.0)
        assert isinstance(renewed.body, StoreRenewed)
        (event,) = store.append([(STARTED, "s")], 21.0)
        assert event.seq == state.seq + 2
        store.add_samples([Sample("bot/x", 6.0, 8.0)])
        store.check()
        assert store.verify() is None
        assert store.load() == fold_events(state, (renewed, event))
        with SqliteReader.look(path) as reader:  # it is what the name stands for
            assert reader.load() == store.load()
            points = reader.window("bot/x", 0, 10)
        assert points == (((5.0, 7.0), (6.0, 8.0)) if spoil in COPIED else ((6.0, 8.0),))
        assert (len(store.history(2)) > 200) is (spoil in COPIED)
    again, begun = begin_deferred(path, 30.0)
    with again:
        assert begun.next_number == 3
        assert again.verify() is None
        assert again.append([(STARTED, "t")], 31.0)[0].seq == event.seq + 1


@pytest.mark.parametrize("size", [0, 20_000, 61_440])
def test_a_store_emptied_whose_log_another_reader_removed_is_not_copied_with_holes(
    path: Path, tmp_path: Path, size: int
) -> None:
    store, _copy = running(path, tmp_path)
    store.close()
    with SqliteStore.open(path) as store:  # most of it is in the file, the newest in the log alone
        store.append([(STARTED, "new")], 12.0)
        state = store.load()
        os.truncate(path, 0)
        _execute(path, "SELECT count(*) FROM sqlite_schema")  # SQLite removes the log of an empty file
        os.truncate(path, size)
        with pytest.raises(StoreLost) as lost:
            store.check()
        store.renew(state, lost.value, 20.0)
        store.append([(STARTED, "s")], 21.0)
        assert store.verify() is None
        assert SqliteReader.look(path).load() == store.load()
        store.history(2)
        assert _sound(path)


def _sound(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    finally:
        connection.close()


@pytest.mark.parametrize("spoil", [replaced, *SPOILED])
def test_what_lay_in_the_place_of_the_store_is_set_aside_and_never_thrown_away(
    path: Path, tmp_path: Path, spoil: Spoil
) -> None:
    store, copy = running(path, tmp_path)
    state = store.load()
    spoil(path, copy)
    there = path.read_bytes()
    with store:
        with pytest.raises(StoreLost) as lost:
            store.check()
        (renewed,) = store.renew(state, lost.value, 20.0)
        beside = [file for file in path.parent.iterdir() if "aside" in file.name]
    (aside,) = [file for file in beside if not file.name.endswith(("-wal", "-shm"))]

    assert aside.read_bytes() == there
    assert isinstance(renewed.body, StoreRenewed)
    assert aside.name in str(renewed.body.done)
    assert masked(str(renewed.body.done)) == str(renewed.body.done)  # the log masks what looks like a phone number


def test_another_program_that_only_looks_or_moves_the_log_into_the_file_disturbs_nothing(
    path: Path, tmp_path: Path
) -> None:
    store, _copy = running(path, tmp_path)
    with store:
        _execute(path, "PRAGMA wal_checkpoint(TRUNCATE)", "SELECT count(*) FROM events")
        os.utime(path)
        _execute(path, "PRAGMA integrity_check")
        assert len(store.append([(STARTED, "s")], 20.0)) == 1
        assert store.verify() is None


def test_a_new_store_that_cannot_be_made_now_is_made_later(path: Path, tmp_path: Path) -> None:
    store, copy = running(path, tmp_path)
    state = store.load()
    deleted(path, copy)
    with store:
        blocked = path.with_name(path.name + ".new")
        blocked.mkdir()
        for _ in range(2):
            with pytest.raises(StoreLost) as lost:
                store.check()
            with pytest.raises(Exception, match="was deleted or moved away; a new one can't be made"):
                store.renew(state, lost.value, 20.0)
        blocked.rmdir()
        store.renew(state, lost.value, 20.0)
        store.check()
        assert len(store.history(2)) > 200


@pytest.mark.parametrize("end", ["-wal", "-shm"])
def test_a_file_that_is_removed_during_a_write_is_missed_at_the_next(tmp_path: Path, end: str) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.append([(fired(1), "1")], 1.0)
        with store.writer.writing():
            path.with_name(path.name + end).unlink()
        with pytest.raises(StoreLost, match=f"{end} was removed"):
            store.append([(fired(2), "2")], 2.0)
