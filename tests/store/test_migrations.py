"""The file's form: forward only, all of a step or nothing."""

import sqlite3
from pathlib import Path

import pytest

from qualtui.eventlog.engine import EngineStarted
from qualtui.store import StoreError
from qualtui.store.sqlite import SqliteReader, SqliteStore
from qualtui.store.sqlite.connection import connect
from qualtui.store.sqlite.migrations import NEWEST, migrate, shipped
from qualtui.store.sqlite.statements import migration

STARTED = EngineStarted(1, "host-a", "0.1")


def test_every_version_up_to_the_newest_has_its_statements() -> None:
    assert list(shipped()) == list(range(1, NEWEST + 1))
    assert all(shipped().values())
    assert migration(NEWEST + 1) == ()


def test_an_older_store_takes_each_later_step_and_keeps_its_events(path: Path) -> None:
    with SqliteStore.open(path) as store:
        store.append([(STARTED, "")], 1.0)
    connection = connect(path, read_only=False)
    later = {
        **shipped(),
        NEWEST + 1: ("CREATE TABLE later (id)",),
        NEWEST + 2: ("ALTER TABLE later ADD COLUMN x",),
    }
    assert migrate(connection, path, later) == 2
    assert migrate(connection, path, later) == 0
    assert connection.execute("PRAGMA user_version").fetchone()[0] == NEWEST + 2
    assert connection.execute("SELECT count(*) FROM events").fetchone()[0] == 1
    connection.execute("SELECT x FROM later")
    connection.close()


def test_a_step_that_fails_leaves_the_store_as_it_was(path: Path) -> None:
    with SqliteStore.open(path) as store:
        store.append([(STARTED, "")], 1.0)
    connection = connect(path, read_only=False)
    bad = {**shipped(), NEWEST + 1: ("CREATE TABLE later (id)", "INSERT INTO nowhere VALUES (1)")}
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(connection, path, bad)
    connection.close()
    with SqliteStore.open(path) as store:
        assert len(store.events()) == 1
        tables = store.writer.connection.execute("SELECT name FROM sqlite_master").fetchall()
        assert ("later",) not in tables


def test_a_store_of_a_newer_qualtui_is_refused_and_left_as_it_is(path: Path) -> None:
    with SqliteStore.open(path):
        pass
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version = {NEWEST + 1}")
    raw.close()
    before = path.read_bytes()
    for opening in (SqliteStore.open, SqliteReader.look):
        with pytest.raises(StoreError, match="newer qualtui"):
            opening(path)
    assert path.read_bytes() == before


def test_a_reader_does_not_migrate(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with pytest.raises(StoreError, match="older form"):
        SqliteReader.look(path)
