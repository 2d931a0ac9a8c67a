"""A store that the former version wrote is opened and means the same."""

import hashlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qualtui.eventlog.engine import EngineStarted
from qualtui.model import AlertState, FixRun, Incident, Phase, Severity, State
from qualtui.model.renames import FIXES, RULES
from qualtui.store import StoreError
from qualtui.store.sqlite import SqliteStore
from qualtui.store.sqlite.checkpoint import as_bytes
from qualtui.store.sqlite.deferred import BEGIN, DeferredStore, begin_deferred

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


def as_then(kept: dict[str, Any]) -> dict[str, Any]:
    """What the former version kept of it: there is more in the state now, and in incidents, alerts and notices."""
    known = expected()
    kept = {name: value for name, value in kept.items() if name in known}
    for name in ("incidents", "standing", "notices"):
        for key, one in kept[name].items():
            kept[name][key] = {field: value for field, value in one.items() if field in known[name][key]}
    return kept


def expected() -> dict[str, Any]:
    text = (FORMER / "state.json").read_text(encoding="utf-8")
    for old, new in {**RULES, **FIXES}.items():
        text = text.replace(f': "{old}"', f': "{new}"')  # values; the lines stay as they were written
    kept: dict[str, Any] = msgspec.json.decode(text)
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
        assert as_then(decisions(state)) == {
            name: value for name, value in expected().items() if name in DECISIONS
        }
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
    with SqliteStore.open(former) as store:
        store.checkpoint(store.load())  # those of another fold's version are of no use
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


def test_its_series_are_found_under_the_gateways_name(former: Path) -> None:
    with sqlite3.connect(former) as raw:
        names = ("health.waha", "deep.waha", "waha.up", "user.waha")
        raw.executemany("INSERT INTO series (name) VALUES (?)", [(f"a.waha/{name}",) for name in names])
        before = raw.execute("SELECT id, name FROM series").fetchall()
    raw.close()
    with SqliteStore.open(former) as store:
        after = dict(store.writer.connection.execute("SELECT id, name FROM series").fetchall())
    assert {old: after[key] for key, old in before} == {
        "ldc-bot/customers.waiting": "ldc-bot/customers.waiting",
        "ldc-bot/waha.working": "ldc-bot/gateway.working",
        "a.waha/health.waha": "a.waha/health.gateway",
        "a.waha/deep.waha": "a.waha/deep.gateway",
        "a.waha/waha.up": "a.waha/gateway.up",
        "a.waha/user.waha": "a.waha/user.waha",  # the user's own
    }


def test_a_series_with_both_names_goes_on_under_the_new_one(former: Path) -> None:
    with sqlite3.connect(former) as raw:
        old = raw.execute("SELECT id FROM series WHERE name = 'ldc-bot/waha.working'").fetchone()[0]
        raw.execute("INSERT INTO series (id, name) VALUES (77, 'ldc-bot/gateway.working')")
        raw.executemany("INSERT INTO samples VALUES (?, 1.5, 1)", [(old,), (77,)])
        raw.execute("INSERT INTO buckets VALUES (60, ?, 1.5, 1, 0, 1, 1, 1, 1)", (old,))
    raw.close()
    with SqliteStore.open(former) as store:
        rows = store.writer.connection.execute
        assert rows("SELECT id FROM series WHERE name LIKE '%working'").fetchall() == [(77,)]
        assert rows("SELECT at FROM samples WHERE series = 77").fetchall() == [(1.5,)]
        assert rows("SELECT 1 FROM samples WHERE series = ?", (old,)).fetchone() is None
        assert rows("SELECT 1 FROM buckets WHERE series = ?", (old,)).fetchone() is None


def with_old_names() -> State:
    rule, fix, critical, firing = "waha-not-working", "waha-restart", Severity.CRITICAL, Phase.FIRING
    return State(
        next_number=10,
        alerts={
            f"{rule}@ldc-bot": AlertState(rule, "ldc-bot", firing, critical, 1.0, 9),
            "waha-own@ldc-bot": AlertState("waha-own", "ldc-bot", firing, critical, 1.0, 8),
        },
        incidents={
            8: Incident(8, "waha-own", "ldc-bot", critical, firing, 1.0, 2.0, "mine", fix="retry"),
            9: Incident(9, rule, "ldc-bot", critical, firing, 1.0, 2.0, "down", fix=fix),
        },
        runs={"r9": FixRun("r9", fix, "ldc-bot", "ana", 3.0)},
    )


def test_an_anchor_with_old_names_gives_todays_and_never_an_empty_state(former: Path) -> None:
    blob = as_bytes(with_old_names())
    with sqlite3.connect(former) as raw:
        head, link = raw.execute("SELECT seq, chain FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        anchor = (head, link, blob, hashlib.sha256(blob).digest())
        raw.execute("UPDATE anchor SET seq = ?, chain = ?, state = ?, digest = ?", anchor)
        raw.execute("DELETE FROM checkpoints")
        raw.execute("DELETE FROM events")
    raw.close()
    with SqliteStore.open(former) as store:
        state = store.load()
    assert state.next_number == 10
    assert {key: one.rule for key, one in state.alerts.items()} == {
        "gateway-not-working@ldc-bot": "gateway-not-working",
        "waha-own@ldc-bot": "waha-own",  # the user's own
    }
    assert (state.incidents[9].rule, state.incidents[9].fix) == ("gateway-not-working", "gateway-restart")
    assert (state.incidents[8].rule, state.incidents[8].fix) == ("waha-own", "retry")
    assert state.runs["r9"].fix == "gateway-restart"


def test_it_is_read_where_it_cannot_be_brought_to_todays_form_yet(former: Path) -> None:
    with DeferredStore.take(former, BEGIN) as late:
        assert (late.known, late.begun.next_number) == (True, 10)
        assert [one.fix for one in late.begun.runs.values()] == ["gateway-restart", "retry"]
