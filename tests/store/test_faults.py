"""What breaks around a store: processes, disks, files. Nothing acknowledged is lost, nothing is there twice."""

import os
import resource
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import pytest

from qualtui.eventlog.engine import EngineStarted
from qualtui.eventlog.incidents import Noted
from qualtui.model import Sample
from qualtui.store import StoreError
from qualtui.store.sqlite import SqliteReader, SqliteStore
from qualtui.store.sqlite.deferred import begin_deferred
from tests.eventlog.bodies import fired, queued
from tests.store.processes import engine, said

STARTED = EngineStarted(1, "host-a", "0.1")


def test_an_engine_killed_while_it_appends_loses_nothing_acknowledged_and_writes_nothing_twice(path: Path) -> None:
    random = Random(7)
    acknowledged: list[str] = []
    for _ in range(6):
        with engine(path, "append") as process:
            for _ in range(random.randint(1, 40)):
                acknowledged += said(process).readline().split()
            process.send_signal(signal.SIGKILL)
            acknowledged += [key for line in said(process) if line.endswith("\n") for key in line.split()]
    with SqliteStore.open(path) as store:
        assert store.verify() is None
        events = store.events(limit=1_000_000)
        keys = [event.key for event in events]
        assert set(acknowledged) <= set(keys)
        assert len(keys) == len(set(keys))
        assert len(keys) % 3 == 0  # whole batches only
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert set(store.load().notices) == set(keys)


def test_a_log_cut_off_by_a_power_cut_is_a_whole_shorter_log(path: Path, tmp_path: Path) -> None:
    with SqliteStore.open(path) as store:
        for n in range(40):
            store.append([(queued(str(n)), str(n))], float(n))
        copy = tmp_path / "copy"
        shutil.copytree(path.parent, copy)
    wal = (copy / "store.db-wal").read_bytes()
    random, counts = Random(3), set()
    for cut in sorted(random.sample(range(1, len(wal)), 12)):
        (copy / "store.db-wal").write_bytes(wal[:cut] + bytes(random.randbytes(64)))
        (copy / "store.db-shm").unlink(missing_ok=True)
        again = tmp_path / f"cut-{cut}"
        shutil.copytree(copy, again)
        with SqliteStore.open(again / "store.db") as torn:
            assert torn.verify() is None
            events = torn.events()
            assert [event.key for event in events] == [str(n) for n in range(len(events))]
            counts.add(len(events))
            assert torn.append([(STARTED, "")], 99.0)[0].seq == len(events) + 1
    assert len(counts) > 3


def test_a_full_disk_is_told_and_the_store_goes_on_when_there_is_room(path: Path) -> None:
    with SqliteStore.open(path) as store:
        first = store.append([(fired(), "")], 1.0)
        pages = store.writer.connection.execute("PRAGMA page_count").fetchone()[0]
        store.writer.connection.execute(f"PRAGMA max_page_count = {pages}")
        long = Noted(1, "ana", "x" * 100_000)
        for write in (
            lambda: store.append([(STARTED, ""), (long, "")], 2.0),
            lambda: store.save_tracking("bot/customers", bytes(100_000)),
            lambda: store.add_samples([Sample(f"bot/{n}", float(n), 1.0) for n in range(20_000)]),
        ):
            with pytest.raises(StoreError, match="no room left") as told:
                write()
            assert "\n" not in str(told.value)
        assert store.events() == first  # reading goes on
        assert store.verify() is None
        store.writer.connection.execute("PRAGMA max_page_count = 1000000")
        assert store.append([(long, "")], 3.0)[0].seq == 2
        store.add_samples([Sample(f"bot/{n}", float(n), 1.0) for n in range(2000)])
        assert store.window("bot/1999", 0, 1e6) == ((1999.0, 1.0),)
        assert store.verify() is None


def test_a_disk_that_refuses_to_write_is_told_and_the_store_goes_on_afterwards(path: Path) -> None:
    with SqliteStore.open(path) as store:
        store.append([(fired(), "")], 1.0)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        wal = path.with_name(path.name + "-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (wal, hard))
        try:
            with pytest.raises(StoreError):
                store.append([(Noted(1, "ana", "x" * 100_000), "")], 2.0)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert store.append([(STARTED, "")], 3.0)[0].seq == 2
        assert store.verify() is None
    with SqliteStore.open(path) as again:
        assert [event.seq for event in again.events()] == [1, 2]


@contextmanager
def nobody() -> Iterator[Path]:
    """A folder that everybody may reach, in the rights of a user who is not root."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    before = os.geteuid()
    try:
        if before == 0:
            os.seteuid(65534)
        yield folder
    finally:
        os.seteuid(before)
        for one in folder.rglob("*"):
            one.chmod(0o777)
        shutil.rmtree(folder)


def test_a_read_only_file_or_folder_is_told_in_a_line_and_can_still_be_read() -> None:
    with nobody() as folder:
        path = folder / "state" / "store.db"
        with SqliteStore.open(path) as store:
            store.append([(fired(), "")], 1.0)
        path.chmod(0o440)
        with pytest.raises(StoreError, match="read-only for you") as told:
            SqliteStore.open(path)
        assert "\n" not in str(told.value)
        with SqliteReader.look(path) as reader:
            assert reader.load().incidents[1].number == 1
        for file in path.parent.iterdir():
            file.chmod(0o660)
        (folder / "closed").mkdir(mode=0o550)
        with pytest.raises(StoreError, match="can't be made: Permission denied"):
            SqliteStore.open(folder / "closed" / "store.db")
        with SqliteStore.open(path) as store:
            assert store.verify() is None


def test_a_path_that_can_be_no_store_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for impossible in (tmp_path / "file" / "store.db", tmp_path / "file" / "a" / "b", tmp_path):
        with pytest.raises(StoreError) as told:
            SqliteStore.open(impossible)
        assert "\n" not in str(told.value)


def test_a_file_that_is_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, " * 1000)
    with pytest.raises(StoreError, match="not a qualtui store"):
        SqliteStore.open(text)
    assert text.read_text() == "not a database, " * 1000
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    connection.close()
    before = other.read_bytes()
    with pytest.raises(StoreError, match="another program's"):
        SqliteStore.open(other)
    assert other.read_bytes() == before


def filled(path: Path) -> bytes:
    """A closed store of some size; its bytes."""
    with SqliteStore.open(path) as store:
        for n in range(300):
            store.append([(Noted(1, "ana", f"{n} " + "x" * 500), "")], float(n))
    return path.read_bytes()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_file_whose_end_was_torn_off_is_refused_and_left_as_it_is(path: Path, share: float) -> None:
    whole = filled(path)
    torn = whole[: int(len(whole) * share)]
    path.write_bytes(torn)
    with pytest.raises(StoreError, match=r"damaged|not a qualtui store"):
        SqliteStore.open(path)
    assert path.read_bytes() == torn
    path.write_bytes(whole)  # the remedy: put back a copy
    with SqliteStore.open(path) as store:
        assert store.verify() is None


def beside_its_log(path: Path, folder: Path) -> Path:
    """A copy of a store as a kill leaves it: what was written last stands in the write-ahead log."""
    filled(path)
    with SqliteStore.open(path) as store:
        for n in range(300, 320):
            store.append([(Noted(1, "ana", f"{n} " + "x" * 500), "")], float(n))
        shutil.copytree(path.parent, folder)
    return folder / path.name


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_file_torn_beside_its_log_is_refused_and_both_are_left_as_they_are(
    path: Path, tmp_path: Path, share: float
) -> None:
    store = beside_its_log(path, tmp_path / "copy")
    log = store.with_name(store.name + "-wal")
    torn, logged = store.read_bytes()[: int(store.stat().st_size * share)], log.read_bytes()
    store.write_bytes(torn)
    with pytest.raises(StoreError, match="its end is missing"):
        SqliteStore.open(store)
    assert (store.read_bytes(), log.read_bytes()) == (torn, logged)


def test_a_kill_while_the_log_is_moved_into_the_file_is_no_tear(path: Path, tmp_path: Path) -> None:
    store = beside_its_log(path, tmp_path / "copy")
    moved = path.read_bytes()  # the log is in it since the close
    before = store.read_bytes()
    assert len(moved) > len(before)
    for pages in (1, 2, len(before) // 4096, len(moved) // 4096 - 1):
        part = tmp_path / f"moved-{pages}"
        shutil.copytree(store.parent, part)
        (part / store.name).write_bytes(moved[: pages * 4096] + before[pages * 4096 :])
        with SqliteStore.open(part / store.name) as whole:
            assert whole.verify() is None
            assert whole.load().seq == 320


def test_a_header_without_a_page_size_is_a_store_error(path: Path) -> None:
    header = bytearray(filled(path))
    header[16:18] = bytes(2)
    path.write_bytes(header)
    with pytest.raises(StoreError):
        SqliteStore.open(path)


def test_garbled_bytes_are_a_store_error_or_a_broken_chain_and_never_another_story(path: Path) -> None:
    whole = filled(path)
    with SqliteStore.open(path) as store:
        told = store.events(limit=10_000)
    random = Random(11)
    for _ in range(25):
        garbled = bytearray(whole)
        start = random.randrange(4096, len(whole) - 64)
        garbled[start : start + 64] = random.randbytes(64)
        for leftover in ("-wal", "-shm"):
            path.with_name(path.name + leftover).unlink(missing_ok=True)
        path.write_bytes(garbled)
        with suppress(StoreError), SqliteStore.open(path) as store:
            if store.verify() is None:
                assert store.events(limit=10_000) == told  # it hit free room
            store.load()


def test_a_store_without_its_own_rows_is_damaged_and_says_so(path: Path) -> None:
    with SqliteStore.open(path) as store:
        store.writer.connection.execute("DELETE FROM marks")
        store.add_samples([Sample("bot/x", 1.0, 1.0)])
        store.roll_up(100.0)
        assert store.window("bot/x", 0, 59, 60) == ((0.0, 1.0),)
        store.writer.connection.execute("DELETE FROM lease")
        with pytest.raises(StoreError, match="took the store"):
            store.append([(STARTED, "")], 1.0)
    with pytest.raises(StoreError, match="damaged"):
        SqliteStore.open(path)


def test_a_damaged_checkpoint_costs_time_and_nothing_else(path: Path) -> None:
    with SqliteStore.open(path) as store:
        store.append([(fired(), ""), (queued(), "k")], 1.0)
        store.checkpoint(store.load())
        store.append([(Noted(1, "ana", "x"), "")], 2.0)
        whole = store.load()
        store.checkpoint(whole)
    for damage in ("substr(state, 2)", "zeroblob(length(state))", "x'80'"):
        with sqlite3.connect(path) as raw:
            raw.execute(f"UPDATE checkpoints SET state = {damage}")
        raw.close()
        with SqliteStore.open(path) as store:
            assert store.load() == whole


def test_another_program_that_holds_the_file_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualtui.store.sqlite.connection.BUSY", 0.05)
    with SqliteStore.open(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another program"):
            store.append([(STARTED, "")], 1.0)
        other.execute("ROLLBACK")
        other.close()
        assert len(store.append([(STARTED, "")], 1.0)) == 1


def test_what_was_erased_is_in_no_file_any_more(path: Path) -> None:
    secret = "invented-remark-of-nobody-7731"
    with SqliteStore.open(path) as store:
        store.append([(fired(), ""), (Noted(1, "ana", secret), "")], 1.0)
        for n in range(5):  # checkpoints over checkpoints, each with the remark
            store.append([(STARTED, "")], 2.0 + n)
            store.checkpoint(store.load())
        assert any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())
        store.erase(2)
        for file in path.parent.iterdir():
            assert secret.encode() not in file.read_bytes(), file.name
        assert store.verify() is None


def test_a_path_that_leads_to_no_regular_file_is_refused_and_nothing_waits(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    for opening in (SqliteStore.open, SqliteReader.look):
        with pytest.raises(StoreError, match="not a regular file"):
            opening(path)
    store, state = begin_deferred(path, 100.0)  # an engine watches all the same, and says why nothing is kept
    with pytest.raises(StoreError, match="not a regular file"):
        store.append([(STARTED, "")], 100.0)
    assert state.seq == 0
    store.close()
