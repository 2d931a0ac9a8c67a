"""To whom a retry writes: to the chat itself, never to a number that was only derived, never beside a person."""

import time
from collections.abc import AsyncIterator

import pytest

from qualtui.fixes.fix import FixError, Plan
from tests.fixes.scene import MINUTE, Engine, owed
from tests.fixes.waha import Waha, waha
from tests.postgres import AgentDatabase

WROTE = 10 * MINUTE  # ago
LID = "204000000001111@lid"


@pytest.fixture
async def gateway() -> AsyncIterator[Waha]:
    async with waha() as gateway:
        yield gateway


@pytest.fixture
async def one(agent_db: AgentDatabase, gateway: Waha) -> AsyncIterator[Engine]:
    """An engine whose gateway lists its chats."""
    engine = Engine(agent_db, gateway, chats=True)
    yield engine
    await engine.close()


async def customer(database: AgentDatabase, phone: str) -> str:
    """One who wrote and has no answer, stored by the bot under this phone."""
    lead, _phone = await owed(database, 1, WROTE)
    await database.execute(f"UPDATE leads SET telefone = '{phone}'")
    return lead


def why(plan: Plan) -> list[str]:
    """Why each of those listed is not reached, or how it is."""
    return [str(item.why) for item in plan.items]


async def test_an_answer_goes_to_the_chats_own_id(agent_db: AgentDatabase, gateway: Waha, one: Engine) -> None:
    lead = await customer(agent_db, "5511988887777")
    gateway.chats = [("551188887777@c.us", time.time() - WROTE, False)]  # an old number: no ninth digit
    plan = await one.fix.preview("")
    assert (plan.subjects, str(plan.refused)) == ((lead,), "")
    await one.fix.run(plan)
    assert [sent["chatId"] for sent in gateway.sends] == ["551188887777@c.us"]


async def test_a_number_that_the_bot_made_up_is_answered_by_hand(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    await customer(agent_db, "5514155551234")  # the bot puts 55 before whatever does not begin with it
    gateway.chats = [("14155551234@c.us", time.time() - WROTE, False)]
    plan = await one.fix.preview("")
    assert plan.subjects == ()
    assert why(plan) == ["answer by hand; its chat has another number than its lead"]
    await agent_db.execute("UPDATE leads SET telefone = '556591234567'")  # of Singapore, and looks Brazilian
    gateway.chats = [("6591234567@c.us", time.time() - WROTE, False)]
    again = Engine(agent_db, gateway, chats=True)
    try:
        plan = await again.fix.preview("")
    finally:
        await again.close()
    assert plan.subjects == ()
    assert "answer by hand; the gateway has no chat of its number" in why(plan)
    assert len(plan.items) == 2  # whoever wrote is another person, and is listed, too


async def test_of_who_wrote_while_the_chats_can_not_be_read_none_is_said_to_have_no_chat(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    gateway.chats = [("5511977776666@c.us", time.time() - WROTE, True)]
    await one.eyes()
    gateway.status = "FAILED"  # it lists no chats then
    await owed(agent_db, 1, 0.0)
    plan = await one.fix.preview("")
    assert len(plan.items) == 1
    assert "no chat" not in why(plan)[0]
    assert "by hand" not in why(plan)[0]
    assert "FAILED" in str(plan.refused)


async def test_without_chats_only_a_surely_brazilian_number_is_written_to(
    agent_db: AgentDatabase, gateway: Waha
) -> None:
    await customer(agent_db, "5514155551234")
    engine = Engine(agent_db, gateway)
    try:
        plan = await engine.fix.preview("")
    finally:
        await engine.close()
    assert (plan.subjects, why(plan)) == (
        (),
        ["answer by hand; its number is not surely its own: no Brazilian phone"],
    )


async def test_whom_a_person_answered_under_a_hidden_id_is_not_written_to(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    await customer(agent_db, "5511988887777")
    now = time.time()
    gateway.chats = [("5511988887777@c.us", now - WROTE, False)]
    plan = await one.fix.preview("")
    assert plan.subjects
    gateway.chats = [("5511988887777@c.us", now - WROTE, False), (LID, now - 30, True)]  # just answered by hand
    gateway.lids = {LID: "5511988887777@c.us"}
    assert (await one.fix.preview("")).subjects == ()
    assert gateway.sends == []


async def test_of_two_names_of_a_chat_the_answer_under_one_ends_what_was_written_under_the_other(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    lead = await customer(agent_db, "5511988887777")
    now = time.time()
    gateway.lids = {LID: "5511988887777@c.us"}
    wrote = [(LID, now - WROTE, False), (LID, now - 2 * WROTE, False)]
    gateway.chats = [*wrote, ("5511988887777@c.us", now - WROTE / 2, True)]  # answered by hand since
    assert (await one.fix.preview("")).subjects == ()
    gateway.chats = [(LID, now - 60, False), *gateway.chats]  # and she writes again
    plan = await one.fix.preview("")
    assert plan.subjects == (lead,)
    assert plan.items[0].age == pytest.approx(60, abs=5)
    await one.fix.run(plan)
    assert [sent["chatId"] for sent in gateway.sends] == [LID]


async def test_a_gateway_that_hides_who_a_chat_is_stops_every_answer(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    await customer(agent_db, "5511988887777")
    now = time.time()
    gateway.chats = [("5511988887777@c.us", now - WROTE, False)]
    plan = await one.fix.preview("")
    gateway.chats.append((LID, now - 30, True))  # of whom is not known: it may be this customer's
    refused = str((await one.fix.preview("")).refused)
    assert "it is unknown who was answered by phone" in refused
    assert "@lid" in refused
    with pytest.raises(FixError, match="@lid"):
        await one.fix.run(plan)
    assert gateway.sends == []


async def test_a_session_without_an_owner_stops_every_answer(
    agent_db: AgentDatabase, gateway: Waha, one: Engine
) -> None:
    await customer(agent_db, "5511988887777")
    gateway.chats = [("5511988887777@c.us", time.time() - WROTE, False)]
    gateway.me = None
    assert "me: null" in str((await one.fix.preview("")).refused)
