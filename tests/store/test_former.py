"""A store that the former version wrote is opened and means the same."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qualtui.eventlog.engine import EngineStarted
from qualtui.model import State
from qualtui.store import StoreError
from qualtui.store.sqlite import SqliteStore
from qualtui.store.sqlite.deferred import BEGIN, begin_deferred

# Written before the event families: a pruned log with its anchor, a checkpoint, and every kind of event.
FORMER = Path(__file__).parent / "former"
DECISIONS = set(State.__struct_encode_fields__) - {"activity"}


@pytest.fixture
def former(tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    shutil.copy(FORMER / "store.sqlite", path)
    return path


def change(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as raw:
        for sql in statements:
            raw.execute(sql)
    raw.close()


def decisions(state: State) -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(state))
    return {name: kept[name] for name in DECISIONS}


def expected() -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.json.decode((FORMER / "state.json").read_bytes())
    for mark in kept["backlog"].values():
        mark.pop("type")  # the former version kept the event itself
    return kept


@pytest.mark.parametrize("from_checkpoint", [True, False])
def test_its_log_checkpoint_and_anchor_fold_to_the_same_decisions(former: Path, from_checkpoint: bool) -> None:
    if not from_checkpoint:
        change(former, "DELETE FROM checkpoints")
    with SqliteStore.open(former) as store:
        assert store.verify() is None
        state = store.load()
        assert decisions(state) == {name: expected()[name] for name in DECISIONS}
        assert len(state.activity) == len(expected()["activity"])
        (event,) = store.append([(EngineStarted(1, "host-b", "0.2"), "")], 30 * 86400.0)
        store.checkpoint(store.load())
        assert (event.seq, store.load().next_number) == (state.seq + 1, 10)
        assert store.load_tracking("ldc-bot/customers") == b"kept"


def test_its_activity_reads_as_it_was_written(former: Path) -> None:
    with SqliteStore.open(former) as store:
        lines = [str(line.text) for line in store.load().activity]
    assert lines[0] == "engine 0.1 started on host-a (pid 12)"
    assert {"configuration read", "note: restarting the gateway"} < set(lines)


@pytest.mark.parametrize("damage", ["state = x'c1'", "state = x'80', digest = x'00'"])
def test_an_anchor_that_cannot_be_read_never_becomes_an_empty_state(former: Path, damage: str) -> None:
    change(former, f"UPDATE anchor SET {damage}")
    with SqliteStore.open(former) as store:
        assert store.load().next_number == 10  # the checkpoint is enough
        assert store.verify() is None
    change(former, "DELETE FROM checkpoints")
    with SqliteStore.open(former) as store:
        with pytest.raises(StoreError, match="anchor can't be read"):
            store.load()
        assert store.verify() is None


def test_an_engine_on_such_a_store_gives_no_number_again_and_adds_nothing_to_it(former: Path) -> None:
    change(former, "UPDATE anchor SET state = x'c1'", "DELETE FROM checkpoints")
    store, begun = begin_deferred(former, BEGIN + 600_000.0)
    with store:
        assert begun.next_number == 10_000  # beyond any that the log may hold
        with pytest.raises(StoreError, match="anchor can't be read"):
            store.append([(EngineStarted(1, "host-b", "0.2"), "")], 30 * 86400.0)
        assert store.events()[-1].seq == 33
