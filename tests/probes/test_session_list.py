"""The list of sessions: what session-cleanup would close stands first, and nobody's number or text is in it."""

import pytest

from qualtui.config.values import Mapping, Secret
from qualtui.database import Database
from qualtui.probes.probe import ProbeError
from qualtui.probes.serial_database import SerialDatabase
from qualtui.probes.session_list import SessionList
from qualtui.wire import Sessions
from tests.postgres import AgentDatabase

HOUR = 3600.0


async def read(dsn: Secret, most: int = 100) -> Sessions:
    turn = SerialDatabase(Database(dsn))
    try:
        return await SessionList("bot", turn, Mapping(), 5.0).read(HOUR / 2, most)
    finally:
        await turn.close()


async def test_what_is_stuck_comes_first_and_each_has_its_situation(agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("recebida", HOUR), ("enviada", HOUR - 9))  # waits for the client
    await agent_db.conversation(("enviada", 2 * HOUR), ("recebida", HOUR))  # the bot owes
    await agent_db.conversation(("enviada", 2 * HOUR), ("recebida", 60))  # ... but not for long
    await agent_db.session(await agent_db.lead(2 * HOUR), 2 * HOUR)  # never messaged
    await agent_db.session(await agent_db.lead(2 * HOUR), HOUR, ativa=False)
    found = await read(agent_db.dsn)
    assert [(one.situation, one.stuck) for one in found.sessions] == [
        ("never_messaged", True),
        ("bot_owes", True),
        ("waiting_client", False),
        ("bot_owes", False),
    ]
    assert (found.active, found.stuck, found.repeating, found.limit) == (4, 2, 0, HOUR / 2)
    assert [(one.state, one.active, one.total) for one in found.states] == [("inicio", 4, 5)]
    assert all("•" in one.phone for one in found.sessions)


async def test_a_state_that_the_bot_cannot_read_is_stuck_at_any_age(agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("enviada", 90), ("recebida", 60))
    await agent_db.execute("UPDATE sessions SET estado = 'saudacao'")
    found = await read(agent_db.dsn)
    assert [(one.situation, one.stuck) for one in found.sessions] == [("unreadable", True)]
    assert [one.unreadable for one in found.states] == [True]


async def test_counts_are_of_all_where_the_list_has_an_end(agent_db: AgentDatabase) -> None:
    for age in (HOUR, 2 * HOUR, 3 * HOUR):
        await agent_db.conversation(("enviada", 4 * HOUR), ("recebida", age))
    found = await read(agent_db.dsn, most=1)
    assert len(found.sessions) == 1
    assert found.sessions[0].age > 2.9 * HOUR
    assert (found.active, found.stuck) == (3, 3)


async def test_a_question_that_is_asked_again_is_marked(agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("enviada", 300), ("recebida", 200), ("enviada", 100))
    await agent_db.execute(
        """UPDATE messages SET metadata = '{"etapa": "perguntar_patrimonio"}' WHERE tipo = 'enviada'"""
    )
    found = await read(agent_db.dsn)
    assert [(one.repeats, one.stuck) for one in found.sessions] == [(True, False)]
    assert found.repeating == 1


async def test_a_database_that_is_not_there_is_no_empty_list() -> None:
    with pytest.raises(ProbeError, match="refused"):
        await read(Secret("postgresql://u:hunter2@127.0.0.1:1/x"))
