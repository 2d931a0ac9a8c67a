"""The hash chain: what was written can't be changed unseen."""

import sqlite3
from pathlib import Path

import pytest

from qualtui.eventlog.fold import FOLD_VERSION
from qualtui.eventlog.incidents import Acknowledged, Noted
from qualtui.model import State
from qualtui.store import StoreError
from qualtui.store.sqlite import SqliteStore, checkpoint
from tests.eventlog.bodies import fired

TAMPERING = {
    "another payload": ("UPDATE events SET payload = (SELECT payload FROM events WHERE seq = 2) WHERE seq = 3", 3),
    "another salt": ("UPDATE events SET salt = zeroblob(16) WHERE seq = 3", 3),
    "no salt": ("UPDATE events SET salt = NULL WHERE seq = 3", 3),
    "another time": ("UPDATE events SET at = at + 1 WHERE seq = 3", 3),
    "another type": ("UPDATE events SET type = 'incident.released' WHERE seq = 3", 3),
    "another version": ("UPDATE events SET version = 9 WHERE seq = 3", 3),
    "another epoch": ("UPDATE events SET epoch = 9 WHERE seq = 3", 3),
    "another key": ("UPDATE events SET key = 'other' WHERE seq = 3", 3),
    "another hash, erased": ("UPDATE events SET payload = NULL, payload_hash = zeroblob(32) WHERE seq = 3", 3),
    "one removed": ("DELETE FROM events WHERE seq = 3", 3),
    "the first removed": ("DELETE FROM events WHERE seq = 1", 1),
    "the end cut off": ("DELETE FROM events WHERE seq > 3", 4),
    "two swapped": ("UPDATE events SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)", 1),
    "all links forged from one on": ("UPDATE events SET chain = zeroblob(32) WHERE seq >= 4", 4),
}


@pytest.mark.parametrize(("sql", "broken"), TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_found_where_it_is(path: Path, sql: str, broken: int) -> None:
    with SqliteStore.open(path) as store:
        store.append([(fired(), "k"), (Acknowledged(1, "ana"), "")], 1.0)
        store.append([(Noted(1, "ana", "one"), ""), (Noted(1, "ana", "two"), ""), (Noted(1, "ana", "3"), "")], 2.0)
        store.checkpoint(store.load())
        assert store.verify() is None
    with sqlite3.connect(path) as raw:
        raw.execute(sql)
    raw.close()
    with SqliteStore.open(path) as store:
        assert store.verify() == broken


def test_a_start_reads_the_newest_checkpoint_and_what_came_after_it_and_nothing_else(path: Path) -> None:
    with SqliteStore.open(path) as store:
        store.append([(fired(), ""), *((Noted(1, "ana", str(n)), "") for n in range(500))], 1.0)
        store.checkpoint(store.load())
        store.append([(Acknowledged(1, "ana"), "")], 2.0)
        whole = store.load()
        store.writer.connection.execute("UPDATE events SET payload = x'c1' WHERE seq <= 501")  # unreadable
        assert store.load() == whole
        store.writer.connection.execute("UPDATE events SET payload = x'c1' WHERE seq = 502")
        with pytest.raises(StoreError, match="event 502"):
            store.load()


def test_a_fold_of_another_version_begins_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SqliteStore.open(path) as store:
        store.append([(fired(), "")], 1.0)
        store.checkpoint(State(seq=1, at=1.0, next_number=77))
        assert store.load().next_number == 77
        monkeypatch.setattr(checkpoint, "FOLD_VERSION", FOLD_VERSION + 1)
        assert store.load().next_number == 2


def test_the_same_words_have_another_hash_each_time(path: Path) -> None:
    with SqliteStore.open(path) as store:
        store.append([(Acknowledged(1, "ana"), ""), (Acknowledged(1, "ana"), "")], 1.0)
        rows = store.writer.connection.execute("SELECT DISTINCT payload_hash FROM events").fetchall()
    assert len(rows) == 2
