"""Session states are put back only where they differ, never over anything newer, all or none, undoable."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from qualtui.backup.bot import bot_parts
from qualtui.backup.errors import BackupError
from qualtui.backup.session_states import SessionPlace, differing, put_back, states_in
from qualtui.config.values import AgentSettings, DatabaseSettings
from tests.postgres import AgentDatabase

DONE = "UPDATE sessions SET estado = 'finalizado', ativa = false WHERE id::text = $1"


class Bot:
    """A bot with three sessions, of which an archive was taken."""

    def __init__(self, database: AgentDatabase) -> None:
        self.database = database
        given = DatabaseSettings(dsn=database.dsn, write_dsn=database.dsn)
        self.agent = AgentSettings(database=given)
        self.ids: list[str] = []
        self.leads: list[str] = []
        self.archived: tuple[SessionPlace, ...] = ()

    async def begin(self) -> None:
        for _each in range(3):
            self.leads.append(await self.database.lead(600.0))
            self.ids.append(await self.database.session(self.leads[-1], 500.0, estado="pergunta_2"))
            await self.database.message(self.leads[-1], self.ids[-1], "recebida", 400.0)
        found = await bot_parts({"bot": self.agent}, ())
        self.archived = states_in(next(one.content for one in found.parts if one.name.endswith("sessions.json")))

    async def states(self) -> list[Any]:
        rows = await self.database.connection.fetch("SELECT id::text, estado, ativa FROM sessions")
        by_id = {row["id"]: (row["estado"], row["ativa"]) for row in rows}
        return [by_id[one] for one in self.ids]


@pytest.fixture
async def bot(agent_db: AgentDatabase) -> Bot:
    bot = Bot(agent_db)
    await bot.begin()
    return bot


OPEN, ENDED = ("pergunta_2", True), ("finalizado", False)


async def test_only_what_differs_is_put_back_and_what_has_a_newer_message_is_left(
    bot: Bot, tmp_path: Path
) -> None:
    for one in bot.ids[:2]:
        await bot.database.execute(DONE, one)
    await bot.database.message(bot.leads[1], bot.ids[1], "recebida", 10.0)
    assert await bot.states() == [ENDED, ENDED, OPEN]
    assert await differing(bot.agent, bot.archived) == (bot.ids[0],)
    assert await put_back(bot.agent, bot.archived, tmp_path / "undo") == 1
    assert await bot.states() == [OPEN, ENDED, OPEN]
    assert (tmp_path / "undo").stat().st_mode & 0o777 == 0o600


async def test_a_row_that_was_changed_since_is_left(bot: Bot, tmp_path: Path) -> None:
    await bot.database.execute(DONE, bot.ids[0])
    await bot.database.execute("UPDATE sessions SET updated_at = now() WHERE id::text = $1", bot.ids[0])
    assert await differing(bot.agent, bot.archived) == ()
    assert await put_back(bot.agent, bot.archived, tmp_path / "undo") == 0
    assert not (tmp_path / "undo").exists()


async def test_it_is_undone_but_not_where_the_conversation_went_on(bot: Bot, tmp_path: Path) -> None:
    for one in bot.ids[:2]:
        await bot.database.execute(DONE, one)
    assert await put_back(bot.agent, bot.archived, tmp_path / "undo") == 2
    before = states_in((tmp_path / "undo").read_bytes())
    await bot.database.message(bot.leads[1], bot.ids[1], "recebida", -5.0)
    assert await put_back(bot.agent, before, tmp_path / "redo") == 1
    assert await bot.states() == [ENDED, OPEN, OPEN]


async def test_where_what_undoes_it_can_not_be_kept_nothing_is_changed(bot: Bot, tmp_path: Path) -> None:
    await bot.database.execute(DONE, bot.ids[0])
    with pytest.raises(BackupError, match="can't be kept"):
        await put_back(bot.agent, bot.archived, tmp_path / "nowhere" / "undo")
    assert (await bot.states())[0] == ENDED


async def test_one_state_that_the_database_refuses_changes_none(bot: Bot, tmp_path: Path) -> None:
    for one in bot.ids[:2]:
        await bot.database.execute(DONE, one)
    odd = tuple(replace(one, state="nowhere") if one.id == bot.ids[1] else one for one in bot.archived)
    with pytest.raises(BackupError):
        await put_back(bot.agent, odd, tmp_path / "undo")
    assert await bot.states() == [ENDED, ENDED, OPEN]
    assert not (tmp_path / "undo").exists()


def test_what_holds_no_states_is_one_line() -> None:
    with pytest.raises(BackupError, match="no session states"):
        states_in(json.dumps({"a": 1}).encode())
