"""A restore is proved before, whole after, and does nothing of what was due in the archive's past."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from qualtui.backup.archive import Archive
from qualtui.backup.differences import differences
from qualtui.backup.errors import BackupError
from qualtui.backup.restoring import Restored, plan_restore, restore
from qualtui.backup.taking import take_backup
from qualtui.eventlog.backups import StoreRestored
from qualtui.eventlog.fold import apply
from qualtui.eventlog.healing import PolicySet
from qualtui.model import Escalation, Event, State
from qualtui.store.sqlite import SqliteStore
from tests.alerts.alert import incident
from tests.backup.stores import NOW, PARTS, grow, made_store, names, plan_for

ROOT = Path(__file__).parents[2]
LATER = NOW + 86400


def put_back(archive: Archive, store: Path, now: float = LATER) -> Restored:
    return restore(plan_restore(archive, store), (), "ana", ("retry", "gateway-restart"), now)


def test_the_store_is_the_archives_again_and_the_former_one_is_kept(tmp_path: Path) -> None:
    path = made_store(tmp_path)
    archive = take_backup(plan_for(path), PARTS, NOW)
    with SqliteStore.open(path, NOW) as store:
        store.append([(PolicySet("ana", "retry", "auto"), "")], NOW)
        grow(store, 5, 100)
        lost, epoch = store.load(), store.epoch
    assert plan_restore(archive, path).present == lost
    done = put_back(archive, path)
    with SqliteStore.open(path.with_name(done.former)) as former:
        assert former.load() == lost
    with SqliteStore.open(path) as store:
        state, events = store.load(), store.events(limit=1000)
        assert store.verify() is None
        assert (store.epoch, done.epoch) == (epoch + 2, epoch + 1)
    assert state.seq == archive.manifest.store.seq + 1
    assert events[-1].body == StoreRestored(
        "ana", archive.manifest.name, NOW, done.former, ("retry", "gateway-restart")
    )
    assert state.policies.modes == {"retry": "suggest", "gateway-restart": "suggest"}
    assert [one for one in state.notices.values() if one.status in {"queued", "sending"}] == []
    assert "restores the store from" in str(state.activity[-1].text)
    assert [name for name in names(path.parent) if "partial" in name] == []


def test_what_was_due_then_is_not_done_now() -> None:
    state = State(link_acks={1: None}, schedules={"a": None})  # type: ignore[dict-item]
    with_call = replace(state, incidents={1: replace(incident(), escalation=Escalation(NOW, NOW))})
    after = apply(with_call, Event(1, LATER, 2, StoreRestored("ana", "x", NOW, "y")))
    assert (after.link_acks, after.schedules, after.incidents[1].escalation) == ({}, {}, None)


def test_while_an_engine_runs_nothing_is_restored(tmp_path: Path) -> None:
    path = made_store(tmp_path)
    archive = take_backup(plan_for(path), PARTS, NOW)
    with SqliteStore.open(path, NOW) as store:
        before = store.load()
        with pytest.raises(BackupError, match="stop it first"):
            put_back(archive, path)
        assert store.load() == before


def test_no_archive_that_is_older_than_one_restored_before_also_where_the_store_is_lost(tmp_path: Path) -> None:
    path = made_store(tmp_path)
    old, new = (take_backup(plan_for(path), PARTS, NOW + day * 86400) for day in range(2))
    put_back(new, path)
    put_back(new, path)  # the same one again is no step back
    with pytest.raises(BackupError, match="a newer archive was restored already"):
        put_back(old, path)
    path.unlink()
    with pytest.raises(BackupError, match="a newer archive was restored already"):
        put_back(old, path)
    assert put_back(new, path).former == ""


def test_a_store_that_can_not_be_read_is_kept_and_replaced(tmp_path: Path) -> None:
    path = made_store(tmp_path)
    archive = take_backup(plan_for(path), PARTS, NOW)
    path.write_bytes(b"torn" * 5000)
    assert plan_restore(archive, path).present is None
    done = put_back(archive, path)
    assert path.with_name(done.former).read_bytes() == b"torn" * 5000
    with SqliteStore.open(path) as store:
        assert store.load().seq == archive.manifest.store.seq + 1


@pytest.mark.parametrize("how", ["restore", "restore-full"])
def test_killed_or_full_at_any_point_there_is_a_whole_store(how: str, tmp_path: Path) -> None:
    path = made_store(tmp_path)
    plan = plan_for(path)
    take_backup(plan, PARTS, NOW)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.backup.killed", how, str(path), str(plan.folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) > 5
    assert [name for name in names(path.parent) if "partial" in name] == []
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM events WHERE type = 'restored'").fetchone()[0] >= 1


def test_every_address_and_statement_that_differs_is_named() -> None:
    present = {"agents": {"bot": {"health": {"url": "https://a"}, "series": {"x": {"sql": "select 1"}}}}}
    archived = {
        "agents": {
            "bot": {"health": {"url": "https://evil", "interval": "1s"}, "series": {"x": {"sql": "select 1"}}}
        },
        "backup": {"hook": "rm"},
    }
    found = differences(present, archived)
    assert [(one.key, one.present, one.archived) for one in found] == [
        ("agents.bot.health.url", "https://a", "https://evil"),
        ("backup.hook", "", "rm"),
    ]
