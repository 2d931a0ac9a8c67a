"""Whether the gateway is deaf, from the messages of a real PostgreSQL."""

import time

import pytest

from qualtui.config.values import Mapping
from qualtui.database import Database
from qualtui.model import EARLY, Sample
from qualtui.probes.inbound_silence import InboundSilenceProbe
from qualtui.probes.serial_database import SerialDatabase
from tests.postgres import AgentDatabase

DAY = 86_400.0


async def ask(database: AgentDatabase) -> Sample:
    probe = InboundSilenceProbe("bot", SerialDatabase(Database(database.dsn)), Mapping(), 60.0, 5.0)
    try:
        (sample,) = await probe.ask(time.time())
    finally:
        await probe.close()
    assert (sample.series,) == probe.series
    return sample


async def test_a_silence_is_held_against_the_same_hours_of_earlier_weeks(agent_db: AgentDatabase) -> None:
    for week in (1, 2, 3):
        for _ in range(12):  # twelve customers, one of whom writes five times
            await agent_db.conversation(("recebida", week * 7 * DAY + 1800), created=30 * DAY)
        lead, session = await agent_db.conversation(("enviada", 29 * DAY))
        for _again in range(5):
            await agent_db.message(lead, session, "recebida", week * 7 * DAY + 1800)
    assert (await ask(agent_db)).value == pytest.approx(13, rel=0.01)  # a week's customers, silent for a week
    for minutes in (0, 40, 80):  # a conversation over two hours begins once
        await agent_db.message(lead, session, "recebida", 10 * DAY - 60 * minutes)
    assert (await ask(agent_db)).value == pytest.approx(13.25, rel=0.01)
    await agent_db.conversation(("recebida", 0))
    assert (await ask(agent_db)).value == pytest.approx(0, abs=0.5)


async def test_with_less_than_a_week_nothing_is_learned(agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("recebida", 6 * DAY))
    said = await ask(agent_db)
    assert (said.value, said.code, str(said.note)) == (None, EARLY, "less than a week of messages to learn from")
