"""A backup is whole or it is not there; it is of one moment, private, and leaves nothing behind."""

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from qualtui.backup.archive import check_parts, open_archive
from qualtui.backup.errors import BackupError
from qualtui.backup.folder import listed, newest
from qualtui.backup.part import Gathered, Part
from qualtui.backup.signing_key import key_path, made_key, read_key
from qualtui.backup.taking import BackupPlan, take_backup
from qualtui.backup.verifying import extract, placed, verify
from qualtui.store.sqlite import SqliteStore
from tests.backup.stores import NOW, PARTS, grow, made_store, names, plan_for

ROOT = Path(__file__).parents[2]


def tries(how: str, plan: BackupPlan) -> list[list[str]]:
    """How each try ended, and what then lay in the folder under an archive's name."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.backup.killed", how, str(plan.store), str(plan.folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [line.split() for line in ran.stdout.splitlines()]


def test_killed_at_any_operation_it_leaves_no_archive_that_is_not_whole(tmp_path: Path) -> None:
    plan = plan_for(made_store(tmp_path))
    ended = tries("kill", plan)
    assert len(ended) > 15
    assert [int(code) for code, *_files in ended] == [-signal.SIGKILL] * (len(ended) - 1) + [0]
    key = read_key(key_path(plan.store))
    there = {name for _code, *files in ended for name in files}
    for name in there:
        check_parts(open_archive(plan.folder / name, key))
    # What the kills left behind is gone after the backup that was not killed.
    assert [name for name in names(plan.folder) if not name.endswith("Z.tar")] == []
    assert [name for name in names(plan.store.parent) if "partial" in name] == []


def test_on_a_disk_that_fills_up_at_any_byte_there_is_no_archive_and_nothing_is_left(tmp_path: Path) -> None:
    plan = plan_for(made_store(tmp_path))
    made_key(key_path(plan.store))
    ended = tries("full", plan)
    assert len(ended) > 10
    assert ended[:-1] == [["7"]] * (len(ended) - 1)
    assert len(names(plan.folder)) == 1
    assert [name for name in names(plan.store.parent) if "partial" in name] == []


def test_during_appends_it_is_of_one_moment_and_delays_none(tmp_path: Path) -> None:
    path = made_store(tmp_path)
    with SqliteStore.open(path, NOW) as store:
        stop = threading.Event()

        def append() -> None:
            number = 1000
            while not stop.is_set():
                grow(store, 1, number)
                number += 1

        writer = threading.Thread(target=append)
        writer.start()
        try:
            archives = [take_backup(plan_for(path), PARTS, NOW + number) for number in range(5)]
        finally:
            stop.set()
            writer.join()
        whole = store.load()
    seqs = [one.manifest.store.seq for one in archives]
    assert seqs == sorted(set(seqs))
    assert seqs[-1] <= whole.seq
    for archive in archives:
        assert verify(archive).facts == archive.manifest.store


def test_the_copy_folds_to_the_same_state(tmp_path: Path) -> None:
    path = made_store(tmp_path)
    archive = take_backup(plan_for(path), PARTS, NOW)
    copy = tmp_path / "copy.db"
    extract(archive, placed(archive, "store.db"), copy, ())
    with SqliteStore.open(copy, NOW) as restored, SqliteStore.open(path, NOW) as store:
        assert restored.load() == store.load()
        assert restored.verify() is None
        assert restored.window("bot/customers.waiting", 0, 2e9) == store.window("bot/customers.waiting", 0, 2e9)


def test_archive_key_and_folder_are_their_owners_alone(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    old = os.umask(0)
    try:
        archive = take_backup(plan_for(store), PARTS, NOW)
    finally:
        os.umask(old)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (archive.path, key_path(store), archive.path.parent)]
    assert modes == [0o600, 0o600, 0o700]
    assert archive.path.name == "qualtui-2026-Nov-28T02-00-00Z.tar"


def test_the_key_may_not_lie_beside_the_archives(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    with pytest.raises(BackupError, match="where the key lies"):
        take_backup(BackupPlan(store, store.parent), PARTS, NOW)


def test_a_key_that_others_may_read_signs_nothing(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    made_key(key_path(store))
    key_path(store).chmod(0o644)
    with pytest.raises(BackupError, match="others may read the key"):
        take_backup(plan_for(store), PARTS, NOW)
    assert names(plan_for(store).folder) == []


def test_two_at_once_are_one_and_a_refusal(tmp_path: Path) -> None:
    import fcntl

    store = made_store(tmp_path)
    with (store.parent / "store.db.backup-lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BackupError, match="another backup of this store is running"):
            take_backup(plan_for(store), PARTS, NOW)
    take_backup(plan_for(store), PARTS, NOW)
    with pytest.raises(BackupError, match="there is an archive"):
        take_backup(plan_for(store), PARTS, NOW)
    assert len(names(plan_for(store).folder)) == 1


def test_personal_data_is_not_written_in_the_clear(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    personal = Gathered((Part("bot/leads.jsonl", b"Maria Invented", personal=True),))
    with pytest.raises(BackupError, match="only backed up encrypted"):
        take_backup(plan_for(store), personal, NOW)


def test_a_store_without_an_engine_yet_is_one_line(tmp_path: Path) -> None:
    plan = BackupPlan(tmp_path / "store.db", tmp_path / "backups")
    with pytest.raises(BackupError, match="no engine has used it yet"):
        take_backup(plan, PARTS, NOW)
    assert names(plan.folder) == []


def test_the_folder_is_listed_newest_first_and_what_is_no_archive_says_why(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    plan = plan_for(store)
    first, second = (take_backup(plan, PARTS, NOW + 86400 * day) for day in range(2))
    (plan.folder / "qualtui-2026-Dec-24T02-00-00Z.tar").write_bytes(first.path.read_bytes())
    (plan.folder / "qualtui-2026-Dec-25T02-00-00Z.tar").write_bytes(b"half")
    (plan.folder / "notes.txt").write_text("ours")
    key = read_key(key_path(store))
    found = listed(plan.folder, key)
    assert [one.archive and one.archive.path for one in found] == [None, None, second.path, first.path]
    assert ["not a whole archive" in str(found[0].problem), "it was renamed" in str(found[1].problem)] == [
        True,
        True,
    ]
    assert newest(plan.folder, key) == second
