"""What a retry counts: answered is delivered; what the gateway only accepted is told apart, and not sent again."""

import time
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest

from tests.fixes.scene import ANSWERED, MINUTE, TEXT, Engine, owed, told
from tests.fixes.waha import Waha, waha
from tests.postgres import AgentDatabase

ACCEPTED = ANSWERED[:2]


@pytest.fixture
async def gateway() -> AsyncIterator[Waha]:
    async with waha() as gateway:
        yield gateway


@pytest.fixture
async def one(agent_db: AgentDatabase, gateway: Waha) -> AsyncIterator[Engine]:
    engine = Engine(agent_db, gateway)
    yield engine
    await engine.close()


def pending(gateway: Waha) -> None:
    gateway.ack = 0


def dropped(gateway: Waha) -> None:
    gateway.drops = True


def on_the_server_only(gateway: Waha) -> None:
    gateway.ack = 1


def refused_by_whatsapp(gateway: Waha) -> None:
    gateway.ack = -1


@pytest.mark.parametrize("habit", [pending, dropped, on_the_server_only, refused_by_whatsapp])
async def test_what_was_only_accepted_is_no_answer_and_is_not_sent_again(
    agent_db: AgentDatabase, gateway: Waha, one: Engine, habit: Callable[[Waha], None]
) -> None:
    lead, _phone = await owed(agent_db, 1)
    habit(gateway)
    outcome = await one.fix.run(await one.fix.preview(""))
    assert (outcome.outcome, outcome.done) == ("accepted", ())
    assert str(outcome.summary) == "Answered 0 of 1; 1 accepted, not yet delivered"
    assert await told(agent_db) == ACCEPTED
    assert str((await one.fix.verify((lead,))).summary) == "0 of 1 were answered; 1 accepted, not yet delivered"
    await agent_db.execute(
        "DELETE FROM messages WHERE conteudo = $1", TEXT
    )  # as where its row is known to be none
    plan = await one.fix.preview("")
    assert plan.subjects == ()
    assert "not yet delivered: never sent again" in str(plan.items[0].why)
    assert len(gateway.sends) == 1


async def test_an_ack_that_comes_later_in_the_run_makes_it_an_answer(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    lead, _phone = await owed(agent_db, 1)
    gateway.acks = [0, 1, 1, 2]
    outcome = await one.fix.run(await one.fix.preview(""))
    assert (outcome.outcome, outcome.done, str(outcome.summary)) == ("ok", (lead,), "Answered 1 of 1")
    assert await told(agent_db) == ANSWERED
    assert str((await one.fix.verify((lead,))).summary) == "1 of 1 were answered"


@pytest.mark.parametrize("wrapped", [False, True], ids=["text", "object"])
async def test_totals_tell_the_delivered_from_the_accepted(
    agent_db: AgentDatabase, gateway: Waha, one: Engine, wrapped: bool
) -> None:
    people = [(await owed(agent_db, number, age=(20 - number) * MINUTE))[0] for number in range(2)]
    gateway.wrapped = wrapped
    gateway.acks = [2, *[0] * 60]
    outcome = await one.fix.run(await one.fix.preview(""))
    assert (outcome.outcome, outcome.done) == ("ok", (people[0],))
    assert str(outcome.summary) == "Answered 1 of 2; 1 accepted, not yet delivered"


async def test_where_acks_proved_unreliable_a_place_in_the_chat_is_a_delivery(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    lead, _phone = await owed(agent_db, 1)
    gateway.ack = 0
    one.fix._tools = msgspec.structs.replace(one.fix._tools, acks_unreliable=lambda: True)
    assert (await one.fix.run(await one.fix.preview(""))).done == (lead,)


async def test_a_customers_next_message_proves_that_the_answer_arrived(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    lead, phone = await owed(agent_db, 1)
    gateway.ack = 0
    gateway.chats = [(f"{phone}@c.us", time.time() + 30, False)]
    assert (await one.fix.run(await one.fix.preview(""))).done == (lead,)


async def test_a_customer_who_writes_again_proves_nothing_where_acks_worked_until_then(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    _lead, phone = await owed(agent_db, 1)
    gateway.ack = 0
    gateway.chats = [(f"{phone}@c.us", time.time() + 30, False), (f"{phone}@c.us", time.time() - 900, True)]
    outcome = await one.fix.run(await one.fix.preview(""))
    assert str(outcome.summary) == "Answered 0 of 1; 1 accepted, not yet delivered"


async def test_an_engine_that_reports_no_acks_is_believed_by_its_chat(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    lead, _phone = await owed(agent_db, 1)
    gateway.ack = None
    assert (await one.fix.run(await one.fix.preview(""))).done == (lead,)
