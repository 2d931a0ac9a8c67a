"""What every store promises about its log, whatever it is made of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from qualtui.config import values
from qualtui.eventlog.engine import EngineStarted, EngineStopped
from qualtui.eventlog.fixes import FixFinished, FixStarted, FixStopped
from qualtui.eventlog.fold import fold_events
from qualtui.eventlog.incidents import Acknowledged, Noted
from qualtui.eventlog.notices import NoticeDelivered, NoticeSending
from qualtui.model import Phase, Severity, State
from qualtui.store import Conflict, StoreBusy, StoreError
from qualtui.store.sqlite import SqliteStore
from tests.eventlog.bodies import changed, fired, queued

Opener = Callable[[Path], SqliteStore]
STARTED = EngineStarted(1, "host-a", "0.1")
DAY = 86400.0


def test_appended_events_come_back_in_order_with_seq_time_epoch_and_key(store: SqliteStore) -> None:
    first = store.append([(STARTED, ""), (fired(), "1/1")], 100.0)
    second = store.append([(Acknowledged(1, "ana"), "")], 101.0)
    assert [event.seq for event in first + second] == [1, 2, 3]
    assert first[1].key == "1/1"
    assert {event.epoch for event in first} == {store.epoch}
    assert store.events() == first + second
    assert store.events(after_seq=1, limit=1) == first[1:]


def test_an_event_whose_key_is_taken_is_left_out_and_the_others_are_written(store: SqliteStore) -> None:
    store.append([(queued("k1"), "k1")], 100.0)
    again = store.append([(queued("k1"), "k1"), (queued("k2"), "k2"), (queued("k2"), "k2")], 101.0)
    assert [(event.seq, event.key) for event in again] == [(2, "k2")]
    assert [event.key for event in store.events()] == ["k1", "k2"]
    assert store.verify() is None


def test_empty_keys_do_not_collide(store: SqliteStore) -> None:
    assert len(store.append([(STARTED, ""), (STARTED, "")], 100.0)) == 2


def test_an_event_bears_the_time_of_the_clock_also_of_one_that_was_set_back(store: SqliteStore) -> None:
    store.append([(STARTED, "")], 100.0)
    (event,) = store.append([(EngineStopped("bye"), "")], 40.0)
    assert (event.seq, event.at) == (2, 40.0)
    assert store.verify() is None
    assert store.load().at == 40.0


def test_a_clock_that_was_wrong_for_a_while_prunes_nothing_young(store: SqliteStore) -> None:
    keep = values.StoreSettings(keep_events=values.Seconds(10 * DAY))
    for at in (1.0, 2.0, 4000.0, 3.0, 20.0, 0.0, 21.0, 22.0):  # one ten years ahead, one at the clock's beginning
        store.append([(STARTED, "")], at * DAY)
    store.checkpoint(store.load())
    assert store.prune(23 * DAY, keep).events == 4
    assert [event.at for event in store.events()] == [20 * DAY, 0.0, 21 * DAY, 22 * DAY]
    assert store.prune(0.0, keep).events == 0
    assert store.verify() is None


@pytest.mark.parametrize("at", [float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(store: SqliteStore, at: float) -> None:
    with pytest.raises(StoreError):
        store.append([(STARTED, "")], at)
    assert store.events() == ()


def test_a_batch_is_written_whole_or_not_at_all(store: SqliteStore) -> None:
    with pytest.raises(StoreError):
        store.append([(STARTED, ""), (Noted(1, "ana", "\ud800"), "")], 100.0)
    assert store.events() == ()
    store.append([(STARTED, "")], 100.0)
    assert store.verify() is None


def test_who_was_second_learns_it(store: SqliteStore) -> None:
    store.append([(fired(), "")], 100.0)
    seen = store.load().seq
    store.append([(Acknowledged(1, "ana"), "")], 101.0, expect_seq=seen)
    with pytest.raises(Conflict) as refusal:
        store.append([(Acknowledged(1, "ben"), "")], 101.5, expect_seq=seen)
    assert (refusal.value.expected, refusal.value.actual) == (1, 2)
    assert store.load().incidents[1].owner == "ana"


def test_a_new_opening_goes_on_where_the_last_one_ended_in_a_new_epoch(open_store: Opener, path: Path) -> None:
    first = open_store(path)
    first.append([(fired(7), "")], 100.0)
    first.close()
    second = open_store(path)
    (event,) = second.append([(Acknowledged(7, "ana"), "")], 101.0)
    assert (event.seq, event.epoch) == (2, first.epoch + 1)
    incident = second.load().incidents[7]
    assert (incident.owner, incident.since) == ("ana", 90.0)
    assert second.verify() is None


def test_a_second_engine_is_refused_while_the_first_lives(open_store: Opener, path: Path) -> None:
    first = open_store(path)
    with pytest.raises(StoreBusy):
        open_store(path)
    first.append([(STARTED, "")], 100.0)
    first.close()
    assert len(open_store(path).events()) == 1


def test_close_twice_is_close_once_and_a_closed_store_says_so(store: SqliteStore) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.append([(STARTED, "")], 100.0)


def test_load_from_a_checkpoint_is_the_fold_of_the_whole_log(open_store: Opener, path: Path) -> None:
    store = open_store(path)
    before = store.append([(fired(), ""), (queued(), "q")], 100.0)
    store.checkpoint(store.load())
    after = store.append([(NoticeSending("1/1/ops", 1), ""), (changed(Phase.RESOLVED), "")], 160.0)
    store.close()
    assert open_store(path).load() == fold_events(State(), before + after)


def test_history_tells_all_of_one_incident_and_nothing_of_others(store: SqliteStore) -> None:
    store.append(
        [
            (fired(1), ""),
            (fired(2, rule="agent-down"), ""),
            (queued("1/1/ops", 1), ""),
            (queued("2/1/ops", 2), ""),
            (NoticeSending("1/1/ops", 1), ""),
            (NoticeDelivered("1/1/ops", 1), ""),
            (NoticeDelivered("2/1/ops", 1), ""),
            (FixStarted("r1", "session-cleanup", "bot", "ana", number=1), ""),
            (FixFinished("r1", "ok", "closed 1"), ""),
            (FixStarted("r2", "session-cleanup", "bot", "ana"), ""),
            (Noted(1, "ana", "look at the gateway"), ""),
            (FixStopped("r1", "ben"), ""),
            (FixStopped("r2", "ben"), ""),
        ],
        100.0,
    )
    assert [event.seq for event in store.history(1)] == [1, 3, 5, 6, 8, 9, 11, 12]
    assert store.history(0) == ()
    assert store.history(99) == ()


def test_an_erased_event_is_gone_from_log_state_and_checkpoint_and_the_chain_still_verifies(
    store: SqliteStore,
) -> None:
    store.append([(fired(), ""), (Noted(1, "ana", "invented remark"), ""), (Acknowledged(1, "ana"), "")], 100.0)
    store.checkpoint(store.load())
    assert store.load().incidents[1].notes == ("ana: invented remark",)
    assert store.erase(2)
    assert not store.erase(2)
    assert not store.erase(999)
    state = store.load()
    assert state.incidents[1].notes == ()
    assert state.incidents[1].owner == "ana"
    assert [event.seq for event in store.events()] == [1, 3]
    assert store.verify() is None


def test_after_the_newest_event_is_erased_the_loaded_seq_is_still_the_logs_end(store: SqliteStore) -> None:
    store.append([(fired(), ""), (Noted(1, "ana", "x"), "")], 100.0)
    store.erase(2)
    state = store.load()
    assert state.seq == 2
    assert len(store.append([(Acknowledged(1, "ana"), "")], 101.0, expect_seq=state.seq)) == 1


def test_old_events_are_pruned_only_inside_a_checkpoint_and_the_rest_still_verifies(
    open_store: Opener, path: Path
) -> None:
    store = open_store(path)
    keep = values.StoreSettings(keep_events=values.Seconds(10 * DAY))
    for day in range(1, 31):
        store.append([(fired(day, rule=f"rule-{day}"), f"{day}/1")], day * DAY)
    assert store.prune(31 * DAY, keep).events == 0  # no checkpoint covers them
    state = store.load()
    store.checkpoint(state)
    store.append([(Acknowledged(3, "ana"), "")], 30.5 * DAY)
    assert store.prune(31 * DAY, keep).events == 20
    assert store.prune(31 * DAY, keep).events == 0
    assert store.events()[0].seq == 21
    assert store.verify() is None
    store.close()
    again = open_store(path)
    loaded = again.load()
    assert loaded.next_number == 31
    assert loaded.incidents[3].owner == "ana"
    assert {n: i for n, i in loaded.incidents.items() if n != 3} == {
        n: i for n, i in state.incidents.items() if n != 3
    }
    assert again.append([(STARTED, "")], 32 * DAY)[0].seq == 32
    assert again.verify() is None


def test_the_newest_event_stays_however_old(store: SqliteStore) -> None:
    store.append([(fired(), ""), (STARTED, "")], 100.0)
    store.checkpoint(store.load())
    store.prune(1e9, values.StoreSettings())
    assert [event.seq for event in store.events()] == [2]
    (event,) = store.append([(STARTED, "")], 50.0)
    assert (event.seq, event.at) == (3, 50.0)


def test_an_erasure_after_a_pruning_loses_nothing_else(open_store: Opener, path: Path) -> None:
    store = open_store(path)
    store.append([(fired(4), "")], 1 * DAY)
    store.append([(fired(5, rule="agent-down"), "")], 5 * DAY)
    store.append([(Noted(4, "ana", "private"), "")], 20 * DAY)
    store.append([(Acknowledged(4, "ana"), "")], 20 * DAY)
    store.checkpoint(store.load())
    keep = values.StoreSettings(keep_events=values.Seconds(10 * DAY))
    assert [store.prune(day * DAY, keep).events for day in (12, 21)] == [1, 1]
    store.erase(3)
    assert store.load().incidents[5].phase is Phase.FIRING
    incident = store.load().incidents[4]
    assert (incident.notes, incident.owner, incident.severity) == ((), "ana", Severity.CRITICAL)


def test_tracking_is_kept_by_name_over_a_restart(open_store: Opener, path: Path) -> None:
    store = open_store(path)
    assert store.load_tracking("bot/customers") is None
    store.save_tracking("bot/customers", b"one")
    store.save_tracking("bot/customers", bytes(range(256)))
    store.save_tracking("bot/other", b"")
    store.close()
    again = open_store(path)
    assert again.load_tracking("bot/customers") == bytes(range(256))
    assert again.load_tracking("bot/other") == b""
