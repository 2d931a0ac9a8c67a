"""What is decided is written before it counts; a store that fails costs no event and no second decision."""

import asyncio
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from qualtui.engine.journal import Entry, Journal
from qualtui.eventlog.alerts import RuleChanged
from qualtui.eventlog.engine import ClockStepped, Remade, StoreRenewed
from qualtui.eventlog.incidents import Acknowledged, Noted
from qualtui.eventlog.notices import NoticeQueued
from qualtui.eventlog.silences import SilenceCreated, SilenceExpired
from qualtui.model import Phase, Severity, State
from qualtui.model.matchers import matcher_of
from qualtui.store.errors import StoreError
from qualtui.store.sqlite import SqliteStore
from qualtui.store.sqlite.deferred import BEGIN, begin_deferred
from qualtui.store.sqlite.lease import lock_path
from tests.store.remains import left, torn

NOW = BEGIN + 1e6
FIRED = RuleChanged("r", "bot", Phase.INACTIVE, Phase.FIRING, Severity.CRITICAL, "holds", 1.0, number=1)
QUEUED = NoticeQueued("1/1/firing/ops", 1, "ops", "firing", Severity.CRITICAL, "t", "b")


class FailingStore(SqliteStore):
    """A real store whose disk can be full or hang, by switch."""

    full = False
    hang: threading.Event | None = None
    begun = threading.Event()

    def renew(self, state, lost, at):  # type: ignore[no-untyped-def]
        if self.hang is not None:
            self.hang.wait(10)
        return super().renew(state, lost, at)

    def append(self, bodies, at, expect_seq=None):  # type: ignore[no-untyped-def]
        if self.hang is not None:
            self.begun.set()
            self.hang.wait(10)
        if self.full:
            raise StoreError("no room left")
        return super().append(bodies, at, expect_seq)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FailingStore]:
    opened = FailingStore.open(tmp_path / "store.db")
    yield opened
    opened.close()


@pytest.fixture
async def journal(store: FailingStore) -> Journal:
    return Journal(store, store.load(), store.epoch, lambda: 1000.0)


async def test_what_is_appended_is_folded_and_on_the_disk(journal: Journal, store: FailingStore) -> None:
    await journal.append((FIRED, ""), (QUEUED, "notice/1"))
    assert journal.state.incidents[1].phase is Phase.FIRING
    assert store.load() == journal.state


async def test_a_key_that_exists_is_decided_once(journal: Journal) -> None:
    assert len(await journal.append((QUEUED, "notice/1"))) == 1
    assert await journal.append((QUEUED, "notice/1")) == ()


async def test_the_second_of_two_decisions_sees_the_first(journal: Journal) -> None:
    await journal.append((FIRED, ""))

    def take(who: str) -> "asyncio.Future[object]":
        def decision(state: State) -> tuple[Entry, ...]:
            return () if state.incidents[1].owner else ((Acknowledged(1, who), ""),)

        return asyncio.ensure_future(journal.decide(decision))

    await asyncio.gather(take("ana"), take("bia"))
    assert journal.state.incidents[1].owner == "ana"


async def test_a_full_disk_keeps_events_in_memory_and_writes_them_once_when_there_is_room(
    journal: Journal, store: FailingStore
) -> None:
    await journal.append((FIRED, ""))
    store.full = True
    await journal.append((QUEUED, "notice/1"), (Noted(1, "ana", "looking"), ""))
    assert await journal.append((QUEUED, "notice/1")) == ()
    assert "no room left; 2 events kept in memory" in str(journal.trouble)
    assert set(journal.state.notices) == {QUEUED.key}
    store.full = False
    await journal.retry()
    assert journal.trouble == ""
    kept = store.load()
    assert (kept.notices, kept.incidents, kept.seq) == (
        journal.state.notices,
        journal.state.incidents,
        journal.state.seq,
    )


async def test_events_written_after_a_failure_follow_those_kept(journal: Journal, store: FailingStore) -> None:
    store.full = True
    await journal.append((FIRED, ""))
    store.full = False
    events = await journal.append((Acknowledged(1, "ana"), ""))
    assert [type(event.body) for event in events] == [Acknowledged]
    assert store.load().incidents[1].owner == "ana"


async def test_events_kept_in_memory_are_written_at_the_time_at_which_they_happened(store: FailingStore) -> None:
    times = iter((10.0, 20.0, 20.0, 30.0))
    journal = Journal(store, store.load(), store.epoch, lambda: next(times))
    store.full = True
    for text in ("one", "two", "three"):
        await journal.append((Noted(1, "ana", text), ""))
    store.full = False
    await journal.retry()
    assert [event.at for event in store.events()] == [10.0, 20.0, 20.0]
    assert store.load() == journal.state


async def test_a_log_that_was_begun_anew_meanwhile_has_all_that_was_watched(tmp_path: Path) -> None:
    path = tmp_path / "state" / "store.db"
    torn(path)
    store, begun = begin_deferred(path, NOW)
    with store:
        journal = Journal(store, begun, store.epoch, lambda: NOW)
        await journal.append((replace(FIRED, number=begun.next_number), ""))
        assert "damaged" in str(journal.trouble)
        path.rename(path.with_suffix(".torn"))
        await journal.append((Acknowledged(begun.next_number, "ana"), ""))
        assert journal.trouble == ""
        assert [one.owner for one in store.load().incidents.values()] == ["ana"]
        assert store.load().incidents == journal.state.incidents


async def test_a_log_that_was_put_back_meanwhile_is_known_again_and_no_number_is_used_twice(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state" / "store.db"
    known = left(path)
    shutil.copy(path, tmp_path / "copy")
    torn(path)
    store, begun = begin_deferred(path, NOW)
    with store:
        journal = Journal(store, begun, store.epoch, lambda: NOW)
        fired = replace(FIRED, number=begun.next_number)
        assert len(await journal.append((fired, ""))) == 1
        assert list(journal.state.incidents) == [fired.number]
        os.replace(tmp_path / "copy", path)
        assert [event.body for event in await journal.append((Acknowledged(1, "ana"), ""))] == [
            Acknowledged(1, "ana")
        ]
        assert list(journal.state.incidents) == [*known.incidents, fired.number]
        assert journal.state.incidents[1].owner == "ana"
        assert journal.state == store.load()


async def test_what_two_engines_kept_in_memory_one_after_the_other_is_all_in_the_log(tmp_path: Path) -> None:
    path = tmp_path / "state" / "store.db"
    left(path)
    copy = tmp_path / "copy"
    shutil.copy(path, copy)
    for n in range(2):
        torn(path.with_name("torn.db"))
        os.replace(path.with_name("torn.db"), path)
        store, begun = begin_deferred(path, NOW + 60 * n)
        with store:
            journal = Journal(store, begun, store.epoch, lambda: NOW)
            await journal.append((Noted(1, "ana", f"remark {n}"), ""))
            assert journal.trouble
            os.replace(copy, path)
            await journal.retry()
            assert journal.trouble == ""
        shutil.copy(path, copy)
    with SqliteStore.open(path) as store:
        assert store.load().incidents[1].notes == ("ana: remark 0", "ana: remark 1")


async def test_a_hanging_disk_holds_nothing_up_and_its_late_write_is_not_written_twice(
    store: FailingStore,
) -> None:
    journal = Journal(store, store.load(), store.epoch, lambda: 1000.0, patience=0.05)
    store.hang = threading.Event()
    await journal.append((FIRED, ""))
    assert "did not answer" in str(journal.trouble)
    assert journal.state.incidents[1].phase is Phase.FIRING
    await journal.append((Noted(1, "ana", "still here"), ""))
    store.hang.set()
    hung = journal.writes.hung
    assert hung is not None
    await hung
    await journal.retry()
    assert journal.trouble == ""
    assert store.load().incidents[1].changes == 1
    assert store.load().incidents[1].notes == journal.state.incidents[1].notes


@pytest.mark.parametrize("slow", ["read", "keep_up"])
async def test_a_slow_read_or_roll_up_holds_no_append_up(store: FailingStore, slow: str) -> None:
    journal = Journal(store, store.load(), store.epoch, lambda: 1000.0)
    begun, end = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        end.wait(10)

    under_way = asyncio.ensure_future(getattr(journal, slow)(work, 10.0))
    assert await asyncio.to_thread(begun.wait, 5)
    await journal.append((FIRED, ""))
    assert (journal.trouble, store.load()) == ("", journal.state)
    assert not under_way.done()
    end.set()
    await under_way


async def test_a_read_that_takes_too_long_is_given_up_and_the_next_one_works_once_it_has_ended(
    store: FailingStore,
) -> None:
    journal = Journal(store, store.load(), store.epoch, lambda: 1000.0, patience=0.05)
    end = threading.Event()
    with pytest.raises(StoreError, match="did not answer within"):
        await journal.read(lambda: end.wait(10))
    with pytest.raises(StoreError, match="does not answer"):
        await journal.read(store.load)
    end.set()
    assert journal.reads.hung is not None
    await journal.reads.hung
    assert await journal.read(store.load) == journal.state


async def test_an_asker_who_goes_away_meanwhile_loses_no_event(store: FailingStore) -> None:
    journal = Journal(store, store.load(), store.epoch, lambda: 1000.0)
    store.hang, store.begun = threading.Event(), threading.Event()
    asking = asyncio.ensure_future(journal.append((FIRED, "")))
    assert await asyncio.to_thread(store.begun.wait, 5)
    asking.cancel()
    store.hang.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await journal.append((Acknowledged(1, "ana"), ""))
    assert journal.state == store.load()
    assert journal.state.incidents[1].owner == "ana"


@pytest.mark.parametrize("spoil", [os.unlink, lambda path: os.truncate(path, 0)], ids=["deleted", "emptied"])
async def test_a_store_that_is_lost_is_told_and_goes_on_in_a_new_one_with_the_next_number(
    journal: Journal, store: FailingStore, spoil: Callable[[Path], None]
) -> None:
    await journal.append((FIRED, ""), (Acknowledged(1, "ana"), ""))
    spoil(store.path)
    await journal.append((replace(FIRED, rule="s", number=2), ""))
    assert journal.trouble == ""
    assert "numbers go on" in str(journal.remarks[0]) or "with all that it held" in str(journal.remarks[0])
    assert [type(event.body) for event in store.events()][-2:] == [StoreRenewed, RuleChanged]
    assert store.load() == journal.state
    assert (journal.state.incidents[1].owner, journal.state.next_number) == ("ana", 3)
    store.close()
    again, state = begin_deferred(store.path, NOW)
    with again:
        assert (state.incidents[1].owner, state.next_number) == ("ana", 3)


async def test_a_store_that_is_lost_is_noticed_without_any_event(journal: Journal, store: FailingStore) -> None:
    await journal.append((FIRED, ""))
    store.path.unlink()
    await journal.retry()
    assert store.path.exists()
    assert "was deleted" in str(journal.remarks[0])
    assert "was deleted" in str(journal.state.activity[-1].text)


async def test_what_was_kept_in_memory_is_in_the_new_store_once(journal: Journal, store: FailingStore) -> None:
    await journal.append((FIRED, ""))
    store.full = True
    await journal.append((Noted(1, "ana", "looking"), ""))
    os.truncate(store.path, 0)
    store.full = False
    await journal.append((Acknowledged(1, "ana"), ""))
    assert journal.trouble == ""
    assert store.load() == journal.state
    assert (journal.state.incidents[1].notes, journal.state.incidents[1].owner) == (("ana: looking",), "ana")
    assert journal.state.incidents[1].changes == 1


async def test_a_store_that_cannot_be_made_again_yet_costs_no_event(journal: Journal, store: FailingStore) -> None:
    await journal.append((FIRED, ""))
    blocked = store.path.with_name(store.path.name + ".new")
    blocked.mkdir()
    store.path.unlink()
    await journal.append((Acknowledged(1, "ana"), ""))
    assert "was deleted" in str(journal.trouble)
    assert "1 event kept in memory" in str(journal.trouble)
    blocked.rmdir()
    await journal.retry()
    assert journal.trouble == ""
    assert store.load() == journal.state
    assert journal.state.incidents[1].owner == "ana"


async def test_a_removed_lock_is_made_again_and_that_is_in_the_activity(
    journal: Journal, store: FailingStore
) -> None:
    lock_path(store.path).unlink()
    await journal.retry()
    await journal.retry()
    assert lock_path(store.path).exists()
    assert [type(event.body) for event in store.events()] == [Remade]
    assert "made again" in str(journal.remarks[0])


async def test_a_number_that_memory_gave_is_not_given_again_after_an_older_log_came_back(tmp_path: Path) -> None:
    path = tmp_path / "state" / "store.db"
    left(path)
    shutil.copy(path, tmp_path / "copy")
    torn(path)
    store, begun = begin_deferred(path, NOW)
    with store:
        journal = Journal(store, begun, store.epoch, lambda: NOW)
        await journal.append((replace(FIRED, number=begun.next_number), ""))
        number = journal.state.next_number
        os.replace(tmp_path / "copy", path)
        await journal.retry()
        assert journal.trouble == ""
        assert journal.state.next_number == number


async def test_another_programs_lock_is_waited_for_once_and_then_nothing_is_held_up(
    journal: Journal, store: FailingStore
) -> None:
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    for n in range(20):  # as many as a verdict, its notices and all that wants to be saved beside them
        await journal.append((Noted(1, "ana", f"remark {n}"), ""))
    took = time.monotonic() - began
    assert "locked by another program" in str(journal.trouble)
    other.execute("ROLLBACK")
    other.close()
    assert took < 1.5
    await journal.retry()
    assert journal.trouble == ""
    assert len(store.events()) == 20


async def test_a_clock_that_was_ahead_for_a_while_stamps_no_later_event(store: FailingStore) -> None:
    now = [4e8]
    journal = Journal(store, store.load(), store.epoch, lambda: now[0])
    await journal.append((replace(FIRED, since=4e8), ""), (QUEUED, "n"))
    now[0] = 1e8  # set right
    await journal.append((Acknowledged(1, "ana"), ""))
    now[0] += 60
    await journal.append((Noted(1, "ana", "looking"), ""))
    events = store.events()
    assert [event.at for event in events] == [4e8, 4e8, 1e8, 1e8, 1e8 + 60]
    assert events[2].body == ClockStepped(3e8)
    incident = journal.state.incidents[1]
    assert (incident.since, incident.fired_at, incident.owned_at) == (1e8, 1e8, 1e8)
    assert journal.state.notices[QUEUED.key].queued_at == 1e8
    assert max(line.at for line in journal.state.activity) == 1e8 + 60
    assert store.load() == journal.state


async def test_a_decision_after_a_clock_was_set_back_rests_on_no_time_that_is_still_to_come(
    store: FailingStore,
) -> None:
    now = [5000.0]
    journal = Journal(store, store.load(), store.epoch, lambda: now[0])
    silence = SilenceCreated("s", (matcher_of("agent=bot"),), "ana", "planned", 9000.0)
    await journal.append((silence, ""), (SilenceExpired("s", "ana"), ""))
    now[0] = 1000.0
    seen: list[State] = []

    def look(state: State) -> list[Entry]:
        seen.append(state)
        return []

    await journal.decide(look)
    assert [one.runs(now[0]) for one in seen[0].silences.values()] == [False]
    assert journal.state.silences == seen[0].silences == store.load().silences


async def test_a_clock_that_is_kept_right_in_small_steps_is_no_event(store: FailingStore) -> None:
    times = iter((100.0, 99.0, 98.5))
    journal = Journal(store, store.load(), store.epoch, lambda: next(times))
    for text in ("one", "two", "three"):
        await journal.append((Noted(1, "ana", text), ""))
    assert [event.at for event in store.events()] == [100.0, 99.0, 98.5]


async def test_a_large_store_that_takes_long_to_copy_holds_nothing_up_and_is_told_of_all_the_same(
    store: FailingStore,
) -> None:
    journal = Journal(store, store.load(), store.epoch, lambda: 1000.0, patience=0.2)
    await journal.append((FIRED, ""))
    store.path.unlink()
    store.hang = threading.Event()
    await journal.retry()
    assert "did not answer" in str(journal.trouble)
    await journal.append((Noted(1, "ana", "looking"), ""))
    hung = journal.writes.hung
    assert hung is not None
    store.hang.set()
    await hung
    await journal.retry()
    assert journal.trouble == ""
    assert "with all that it held" in str(journal.remarks[0])
    assert store.load() == journal.state
    assert journal.state.incidents[1].notes == ("ana: looking",)
