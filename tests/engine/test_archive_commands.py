"""All incidents and all that was done come from the log, part by part, where the state keeps them no longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.commands.archive import EVENTS
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.eventlog.incident_changes import IncidentResolved
from qualtui.eventlog.incidents import Noted
from qualtui.eventlog.notices import NoticeDelivered, NoticeFailed, NoticeSending
from qualtui.model import Event
from qualtui.store import StoreError
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import (
    ActivityLog,
    Answer,
    Command,
    Customers,
    Findings,
    IncidentList,
    ListCustomers,
    ListIncidents,
    NoticeLog,
    Notices,
    Refused,
    Request,
    ShowActivity,
)
from tests.eventlog.bodies import fired, queued

NOW = 100_000.0


class Archive:
    """A command handler on a real store."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.readable = store, True
        self.journal = Journal(store, store.load(), store.epoch, lambda: NOW)
        context = CommandContext(
            self.journal,
            FixRunner(self.journal, lambda: NOW),
            lambda: NOW,
            self._history,
            self._customers,
            self._doctor,
            lambda: None,
            lambda: None,
            lambda incident: incident,
            events_before=self._events,
            numbers_before=self._numbers,
        )
        self.commands = CommandHandler(context)
        self.commands.use(("bot",), ("ops", "mail"))

    async def ask(self, ask: Command) -> Answer:
        return await self.commands.answer(Request(1, ask, "ana"))

    async def _history(self, number: int) -> tuple[Event, ...]:
        return self.store.history(number)

    async def _events(self, before: int, limit: int) -> tuple[Event, ...]:
        if not self.readable:
            raise StoreError("the disk is away")
        return self.store.events_before(before, limit)

    async def _numbers(self, before: int, limit: int) -> tuple[int, ...]:
        if not self.readable:
            raise StoreError("the disk is away")
        return self.store.numbers_before(before, limit)

    async def _customers(self, ask: ListCustomers, limit: int) -> Customers:
        return Customers("bot", ())

    async def _doctor(self) -> Findings:
        return Findings((), 0.0, 0.0, 0.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield opened


def ended(store: SqliteStore, numbers: range, start: float = 10.0) -> None:
    for number in numbers:
        at = start + 2000.0 * number
        store.append([(fired(number, rule=f"rule-{number}"), "")], at)
        store.append([(IncidentResolved(number, "over"), "")], at + 60)


async def listed(archive: Archive) -> list[int]:
    """The numbers of all incidents, part by part."""
    numbers: list[int] = []
    before = 0
    while True:
        answer = await archive.ask(ListIncidents(before))
        assert isinstance(answer, IncidentList)
        numbers += [one.number for one in answer.incidents]
        before = answer.before
        if not before:
            return numbers


async def test_every_incident_of_the_log_is_listed_once_also_behind_an_old_one_that_still_fires(
    store: SqliteStore,
) -> None:
    store.append([(fired(1, rule="long"), "")], 5.0)
    ended(store, range(2, 412))
    archive = Archive(store)
    assert len(archive.journal.state.incidents) < 411
    numbers = await listed(archive)
    assert sorted(numbers) == list(range(1, 412))
    assert numbers[0] == 1  # it fires


async def test_an_older_incident_is_as_its_events_say(store: SqliteStore) -> None:
    ended(store, range(1, 302))
    archive = Archive(store)
    first = await archive.ask(ListIncidents())
    assert isinstance(first, IncidentList)
    older = await archive.ask(ListIncidents(first.before))
    assert isinstance(older, IncidentList)
    (row,) = [one for one in older.incidents if one.number == 150]
    assert (row.rule, row.resolved_at) == ("rule-150", 10.0 + 2000 * 150 + 60)


async def test_a_short_log_has_nothing_older(store: SqliteStore) -> None:
    ended(store, range(1, 4))
    answer = await Archive(store).ask(ListIncidents())
    assert isinstance(answer, IncidentList)
    assert (len(answer.incidents), answer.before) == (3, 0)


async def test_what_was_done_is_read_to_its_beginning_and_no_line_comes_twice(store: SqliteStore) -> None:
    number = 2 * EVENTS + 700
    store.append([(fired(1), "")], 1.0)
    store.append([(Noted(1, "ana", f"remark {n}"), "") for n in range(number)], 2.0)
    archive = Archive(store)
    texts: list[str] = []
    before, parts = 0, 0
    while True:
        answer = await archive.ask(ShowActivity(before=before))
        assert isinstance(answer, ActivityLog)
        texts += [str(line.text) for line in answer.lines]
        before, parts = answer.first, parts + 1
        if not before:
            break
    assert parts == 3
    assert texts[:-1] == [f"note: remark {n}" for n in reversed(range(number))]


async def test_what_follows_is_read_alone_and_speaks_of_what_began_before(store: SqliteStore) -> None:
    store.append([(queued("1/1/ops", 1, "ops"), ""), (NoticeSending("1/1/ops", 1), "")], 1.0)
    archive = Archive(store)
    first = await archive.ask(ShowActivity())
    assert isinstance(first, ActivityLog)
    store.append([(NoticeDelivered("1/1/ops", 1), "")], 2.0)
    answer = await archive.ask(ShowActivity(after=first.last))
    assert isinstance(answer, ActivityLog)
    assert [str(line.text)[:13] for line in answer.lines] == ["notified ops:"]
    assert answer.last == first.last + 1


async def test_a_log_that_cannot_be_read_is_not_shown_as_an_empty_one(store: SqliteStore) -> None:
    archive = Archive(store)
    archive.readable = False
    for ask in (ShowActivity(), ListIncidents()):
        answer = await archive.ask(ask)
        assert isinstance(answer, Refused)
        assert "the disk is away" in str(answer.text)


async def test_all_notices_are_listed_with_their_incident_and_each_channel_with_what_it_delivers(
    store: SqliteStore,
) -> None:
    store.append([(queued("1/1/ops", 1, "ops"), ""), (queued("1/1/mail", 1, "mail"), "")], 1.0)
    store.append([(NoticeSending("1/1/ops", 1), ""), (NoticeDelivered("1/1/ops", 1), "")], 2.0)
    store.append([(NoticeSending("1/1/mail", 1), ""), (NoticeFailed("1/1/mail", 1, "HTTP 503", 40.0), "")], 3.0)
    answer = await Archive(store).ask(NoticeLog(all=True))
    assert isinstance(answer, Notices)
    rows = {one.target: (one.number, one.status, one.next_at, one.ended_at) for one in answer.notices}
    assert rows == {"ops": (1, "delivered", 0.0, 2.0), "mail": (1, "queued", 40.0, 0.0)}
    ops, mail = answer.channels
    assert (ops.name, ops.delivered_at, ops.failing_since) == ("ops", 2.0, 0.0)
    assert (mail.name, mail.delivered_at, mail.failing_since, str(mail.reason)) == ("mail", 0.0, 3.0, "HTTP 503")
