"""A phone number is shown to one person, for a reason, after it was written down; 20 times an hour at most."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.command_registry import refusal
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.model import Event
from qualtui.store.errors import StoreError
from qualtui.store.ports import Entries
from qualtui.store.sqlite import SqliteStore
from qualtui.text.message import message
from qualtui.wire import Answer, Customers, Findings, ListCustomers, Refused, Request, RevealCustomer, Revealed
from qualtui.wire.commands import Capability, RevealReason
from tests.config.sample import AGENT, read

PHONE = "5511900000001"
ASK = RevealCustomer("bot", "lead-1", RevealReason.CALL)


class Failing(SqliteStore):
    """A store whose disk may be full."""

    full = False

    def append(self, bodies: Entries, at: float, expect_seq: int | None = None) -> tuple[Event, ...]:
        if self.full:
            raise StoreError(message("the disk is full"))
        return super().append(bodies, at, expect_seq)


class Scene:
    """Commands on a real store; `lines` is what stood in Activity when the number was read."""

    def __init__(self, store: Failing) -> None:
        self.now = 1000.0
        self.store = store
        self.phone: str | Refused = PHONE
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self.context = CommandContext(
            self.journal,
            FixRunner(self.journal, lambda: self.now),
            lambda: self.now,
            self.journal.read,  # type: ignore[arg-type]  # no incident is looked up here
            _customers,
            _doctor,
            lambda: None,
            lambda: None,
            lambda incident: incident,
            phone=self._phone,
        )
        self.commands = CommandHandler(self.context)
        self.commands.use(("bot",), (), read(AGENT))

    async def _phone(self, agent: str, lead: str) -> str | Refused:
        assert (agent, lead) == ("bot", "lead-1")
        return self.phone

    async def ask(self) -> Answer:
        return await self.commands.answer(Request(1, ASK, "ana"))

    def audited(self) -> list[tuple[str, str]]:
        return [(line.who, str(line.text)) for line in self.journal.state.activity]


async def _customers(ask: ListCustomers, limit: int) -> Customers:
    raise NotImplementedError


async def _doctor() -> Findings:
    raise NotImplementedError


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Failing.open(tmp_path / "store.db") as store:
        yield Scene(store)


async def test_who_saw_a_number_and_why_is_written_down_without_the_number(scene: Scene) -> None:
    shown = await scene.ask()
    assert shown == Revealed(PHONE, 120.0, 19)
    assert PHONE not in repr(shown)
    assert scene.audited() == [("ana", "saw the phone number of a customer of bot: to call the customer")]
    stored = scene.store.events_before(100, 10)
    assert [event.body.lead for event in stored] == ["lead-1"]  # type: ignore[attr-defined]
    assert PHONE not in str(stored)


async def test_the_twenty_first_of_an_hour_is_refused_and_an_hour_later_not(scene: Scene) -> None:
    for number in range(20):
        scene.now = 1000.0 + number
        assert isinstance(await scene.ask(), Revealed)
    refused = await scene.ask()
    assert isinstance(refused, Refused)
    assert str(refused.text) == "20 numbers were shown within an hour: no more are"
    assert len(scene.audited()) == 20
    scene.now = 1000.0 + 3600
    assert await scene.ask() == Revealed(PHONE, 120.0, 0)


async def test_without_an_audit_on_the_disk_no_number_is_shown(scene: Scene) -> None:
    scene.store.full = True
    assert isinstance(await scene.ask(), Refused)


async def test_a_number_that_cannot_be_read_is_no_reveal(scene: Scene) -> None:
    scene.phone = Refused(message("this customer waits no longer, or has no number"))
    assert await scene.ask() == scene.phone
    assert scene.audited() == []


def test_a_window_that_only_looks_sees_no_number() -> None:
    assert isinstance(refusal(ASK, Capability.VIEW), Refused)
    assert refusal(ASK, Capability.ACT) is None
