"""Questions on old incidents and on many customers are answered from all there is, not from a list with an end."""

from pathlib import Path
from typing import get_args

import pytest

from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.command_registry import COMMANDS
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.commands.incidents import HEAD, LINES
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.eventlog.alert_changes import AlertChanged
from qualtui.eventlog.incident_changes import IncidentOpened
from qualtui.eventlog.incidents import Noted
from qualtui.eventlog.notices import NoticeDelivered, NoticeFailed
from qualtui.model import Event, Origin, Phase, Severity
from qualtui.store import StoreError
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import (
    Acknowledge,
    AddNote,
    Answer,
    CloseCustomer,
    Command,
    Customers,
    CustomerView,
    Done,
    Findings,
    Hello,
    IncidentDetail,
    ListCustomers,
    Refused,
    Request,
    ShowIncident,
)
from tests.eventlog.bodies import changed, fired, queued

NOW = 1000.0


def refused(answer: Answer) -> str:
    """The English of a refusal."""
    assert isinstance(answer, Refused)
    return str(answer.text)


class Scene:
    """A command handler on a real store; `waiting` customers of the agent `bot`."""

    def __init__(self, store: SqliteStore, waiting: int = 0) -> None:
        self.journal = Journal(store, store.load(), store.epoch, lambda: NOW)
        self.store = store
        self.readable = True
        self._waiting = waiting
        self.commands = CommandHandler(
            CommandContext(
                self.journal,
                FixRunner(self.journal, lambda: NOW),
                lambda: NOW,
                self._history,
                self._customers,
                self._doctor,
                lambda: None,
                lambda: None,
                lambda incident: incident,
            )
        )
        self.commands.use(("bot",), ())

    async def ask(self, ask: Command) -> Answer:
        return await self.commands.answer(Request(1, ask, "ana"))

    async def _history(self, number: int) -> tuple[Event, ...]:
        if not self.readable:
            raise StoreError("the disk is away")
        return (*self.store.history(number), *self.journal.unsaved(number))

    async def _customers(self, ask: ListCustomers, limit: int) -> Customers:
        all_ = [CustomerView(f"lead{n:05}", "", 1.0, "", last=2.0) for n in range(self._waiting)]
        return Customers(ask.agent, tuple(all_[:limit]))

    async def _doctor(self) -> Findings:
        raise NotImplementedError


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield opened


def many_ended(store: SqliteStore, count: int) -> None:
    """So many incidents that fired, were told, and ended."""
    for n in range(1, count + 1):
        told = (queued(f"{n}/1/ops", n), NoticeDelivered(f"{n}/1/ops", 1))
        ended = changed(Phase.RESOLVED, n, rule=f"r{n}", old=Phase.FIRING)
        bodies = (fired(n, rule=f"r{n}", summary=f"summary {n}"), *told, ended)
        store.append([(body, "") for body in bodies], 10.0 * n)


async def test_an_incident_is_shown_as_long_as_its_events_are_kept(store: SqliteStore) -> None:
    many_ended(store, 300)
    scene = Scene(store)
    assert 5 not in scene.journal.state.incidents
    shown = await scene.ask(ShowIncident(5))
    assert isinstance(shown, IncidentDetail)
    assert (shown.incident.summary, shown.incident.phase, str(shown.incident.notices)) == (
        "summary 5",
        Phase.RESOLVED,
        "1 sent",
    )
    assert [line.number for line in shown.history] == [5, 5, 5]
    assert (
        refused(await scene.ask(ShowIncident(301))) == "no incident #301; see them: qualtui incidents list --all"
    )
    assert refused(await scene.ask(Acknowledge(5))) == "#5 is resolved"
    assert refused(await scene.ask(Acknowledge(301))) == "no incident #301; see them: qualtui incidents list --all"
    assert isinstance(await scene.ask(AddNote(5, "the gateway's disk was full")), Done)
    shown = await scene.ask(ShowIncident(5))
    assert isinstance(shown, IncidentDetail)
    assert shown.incident.notes == ("ana: the gateway's disk was full",)
    assert (
        refused(await scene.ask(AddNote(301, "x"))) == "no incident #301; see them: qualtui incidents list --all"
    )


async def test_an_incident_is_shown_with_its_alerts_and_what_became_of_its_notices(store: SqliteStore) -> None:
    opened = IncidentOpened(1, "bot", ("down@bot", "slow@bot"), Origin.UNKNOWN, "down", Severity.CRITICAL, 1.0)
    alerts = [
        AlertChanged(rule, "bot", Phase.INACTIVE, Phase.FIRING, Severity.CRITICAL, "x", 1.0, summary=f"{rule} now")
        for rule in ("down", "slow")
    ]
    ends = AlertChanged("slow", "bot", Phase.FIRING, Phase.RESOLVED, Severity.CRITICAL, "x", 1.0)
    notices = (queued("1/1/ops", 1), NoticeFailed("1/1/ops", 1, "HTTP 503", 9.0), queued("1/1/mail", 1, "mail"))
    store.append([(body, "") for body in (*alerts, opened)], 1.0)
    store.append([(body, "") for body in (*notices, ends)], 5.0)
    shown = await Scene(store).ask(ShowIncident(1))
    assert isinstance(shown, IncidentDetail)
    assert [(one.rule, one.summary, one.ended_at) for one in shown.alerts] == [
        ("down", "down now", None),
        ("slow", "", 5.0),
    ]
    assert [(one.target, one.status, one.reason) for one in shown.notices] == [
        ("ops", "queued", "HTTP 503"),
        ("mail", "queued", ""),
    ]


async def test_an_incident_with_more_lines_than_the_activity_keeps_is_shown_from_its_beginning(
    store: SqliteStore,
) -> None:
    store.append([(fired(1, summary="first line"), "")], 1.0)
    store.append([(Noted(1, "ana", f"remark {n}"), "") for n in range(LINES + 7)], 2.0)
    shown = await Scene(store).ask(ShowIncident(1))
    assert isinstance(shown, IncidentDetail)
    assert str(shown.history[0].text) == "first line"
    assert str(shown.history[HEAD].text) == "8 lines in between are left out"
    assert str(shown.history[-1].text) == f"note: remark {LINES + 6}"


async def test_a_history_that_cannot_be_read_is_not_shown_as_none(store: SqliteStore) -> None:
    many_ended(store, 300)
    store.append([(fired(301, rule="last"), "")], 3010.0)
    scene = Scene(store)
    scene.readable = False
    shown = await scene.ask(ShowIncident(301))
    assert isinstance(shown, IncidentDetail)
    assert [str(line.text) for line in shown.history] == ["can't read its history: the disk is away"]
    assert refused(await scene.ask(ShowIncident(5))) == "can't look up #5: the disk is away"
    assert refused(await scene.ask(AddNote(5, "x"))) == "can't look up #5: the disk is away"


async def test_the_last_of_many_waiting_customers_can_be_answered_by_hand(store: SqliteStore) -> None:
    scene = Scene(store, waiting=1500)
    assert isinstance(await scene.ask(CloseCustomer("bot", "lead01499", "called")), Done)
    assert list(scene.journal.state.closed) == ["bot/lead01499"]


def test_each_command_on_the_wire_has_one_row_in_the_registry() -> None:
    known = [spec.ask for spec in COMMANDS]
    assert len(set(known)) == len(known)
    assert set(known) == set(get_args(Command)) - {Hello}
