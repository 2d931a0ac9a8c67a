"""A retry is stopped between two customers: who is being written to is finished, the rest is left as it was."""

import asyncio
from collections.abc import Sequence

import pytest

from qualtui.fixes.fix import Stop
from qualtui.wire import CustomerView
from tests.fixes.scene import ANSWERED, MINUTE, Clock, Engine, owed, told
from tests.fixes.waha import waha
from tests.postgres import AgentDatabase


class Still(Clock):
    """A clock in whose sleep no time passes, for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.asleep.set()
        await asyncio.Event().wait()


async def three(database: AgentDatabase) -> list[str]:
    """Three who wait, the longest wait first."""
    return [(await owed(database, number, age=(20 - number) * MINUTE))[0] for number in range(3)]


async def test_whoever_is_being_written_to_is_finished_and_recorded_and_nobody_else(
    agent_db: AgentDatabase,
) -> None:
    leads = await three(agent_db)
    async with waha() as gateway:
        one, stop = Engine(agent_db, gateway), Stop()
        gateway.held = asyncio.Event()
        running = asyncio.ensure_future(one.fix.run(await one.fix.preview(""), stop))
        await gateway.arrived.wait()
        stop.say("ben")
        stop.say("eve")
        gateway.held.set()
        outcome = await running
        assert (outcome.outcome, outcome.done) == ("stopped", (leads[0],))
        assert str(outcome.summary) == "Answered 1 of 3; left: 2 stopped by ben"
        assert len(gateway.sends) == 1
        assert await told(agent_db) == ANSWERED
        assert (await one.fix.preview("")).subjects == tuple(leads[1:])
        await one.close()


async def test_a_stop_is_not_kept_waiting_by_the_pause_between_two(agent_db: AgentDatabase) -> None:
    leads = await three(agent_db)
    async with waha() as gateway:
        clock, stop = Still(), Stop()
        one = Engine(agent_db, gateway, clock=clock)
        running = asyncio.ensure_future(one.fix.run(await one.fix.preview(""), stop))
        await clock.asleep.wait()
        stop.say("ben")
        async with asyncio.timeout(5):
            outcome = await running
        assert (outcome.done, str(outcome.summary)) == ((leads[0],), "Answered 1 of 3; left: 2 stopped by ben")
        assert len(gateway.sends) == 1
        await one.close()


async def test_one_stopped_before_the_first_claim_leaves_no_trace(
    agent_db: AgentDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three(agent_db)
    async with waha() as gateway:
        one, stop = Engine(agent_db, gateway), Stop()
        plan = await one.fix.preview("")
        who = one.eyes.probe.who

        async def at_the_last_moment() -> Sequence[CustomerView]:
            stop.say("ben")
            return await who()

        monkeypatch.setattr(one.eyes.probe, "who", at_the_last_moment)
        outcome = await one.fix.run(plan, stop)
        assert (outcome.outcome, str(outcome.summary)) == ("stopped", "Answered 0 of 3; left: 3 stopped by ben")
        assert (gateway.sends, await told(agent_db)) == ([], [])
        await one.close()


async def test_nobody_waits_on_for_the_bots_word_once_it_is_stopped(agent_db: AgentDatabase) -> None:
    await owed(agent_db, 1)
    clock, stop = Still(), Stop()
    one = Engine(agent_db, clock=clock, text="", sql="UPDATE leads SET processado = false WHERE id = $1")
    running = asyncio.ensure_future(one.fix.run(await one.fix.preview(""), stop))
    await clock.asleep.wait()
    stop.say("ben")
    async with asyncio.timeout(5):
        outcome = await running
    assert str(outcome.summary) == "Answered 0 of 1; 1 handed to the bot, which has not answered yet"
    await one.close()
