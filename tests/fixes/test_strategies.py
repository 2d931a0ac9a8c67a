"""The ways to answer: what each takes for delivered, refused, asked or in doubt, and whom it reaches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from qualtui.config.values import AgentSettings, DatabaseSettings, HealthSettings, RetrySettings, Secret
from qualtui.fixes.claims import Case, Claim
from qualtui.fixes.strategies import WATCHER, ByAgent, BySql, ByWatcher, strategies_of
from qualtui.gateways.gateway import Fate
from tests.fixes.scene import ANSWERED, Engine, owed, told
from tests.fixes.waha import waha
from tests.postgres import AgentDatabase

CASE = Case("lead-1", "novo", "whatsapp", True, "session-1", None, 1.0, None, None, 2.0)
CLAIM = Claim("claim-1", CASE, "5511900000001")


class Bot:
    """The agent's HTTP service: what it is told to answer, what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.status = 200
        self.body: Any = {}

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        return web.json_response(self.body, status=self.status)


@asynccontextmanager
async def bot() -> AsyncIterator[Bot]:
    """A bot that answers while the block lasts."""
    it = Bot()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", it.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    it.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield it
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (200, {"status": "retried", "whatsapp": {"success": True, "message_id": "m"}}, Fate.ACCEPTED),
        (200, {"status": "retried", "whatsapp": {"success": True, "simulado": True}}, Fate.DOUBT),
        (200, {"status": "skipped", "whatsapp": {"success": False, "skipped": "deduplicated"}}, Fate.REFUSED),
        (200, {"status": "ok"}, Fate.DOUBT),
        (200, ["ok"], Fate.DOUBT),
        (404, {"error": "lead not found"}, Fate.REFUSED),
        (500, {}, Fate.DOUBT),
        (302, {}, Fate.DOUBT),
    ],
)
async def test_the_bots_own_call_is_accepted_only_where_it_says_so(status: int, body: object, fate: Fate) -> None:
    async with bot() as it:
        it.status, it.body = status, body
        way = ByAgent(it.url + "/leads/{id}/retry")
        assert (await way.send(CLAIM)).fate is fate
        assert it.asked == ["POST /leads/lead-1/retry"]
        await way.close()


async def test_a_bot_that_refuses_the_connection_was_not_asked() -> None:
    async with bot() as it:
        url = it.url
    way = ByAgent(url + "/leads/{id}/retry")
    assert (await way.send(CLAIM)).fate is Fate.REFUSED
    await way.close()


async def test_the_watcher_reaches_leads_of_the_sheet_that_nobody_wrote_to_and_proves_no_delivery() -> None:
    new = Case("lead-2", "novo", "planilha", True, None, None, None, None, None, 2.0)
    async with bot() as it:
        way = ByWatcher(it.url + WATCHER, ("planilha",))
        assert way.out_of_reach(new) == ""
        assert way.out_of_reach(CASE)
        other = Case("lead-3", "novo", "youtube", True, None, None, None, None, None, 2.0)
        assert str(way.out_of_reach(other)) == "not from the sheet"
        assert (await way.send(CLAIM)).fate is Fate.ASKED
        assert it.asked == ["POST /leads/run-watcher"]
        await way.close()


@pytest.mark.parametrize(
    ("statement", "fate"),
    [
        ("UPDATE leads SET score = 1 WHERE id = $1", Fate.ASKED),
        ("UPDATE leads SET score = 1 WHERE id = $1 AND false", Fate.REFUSED),
        ("UPDATE nowhere SET score = 1 WHERE id = $1", Fate.REFUSED),
    ],
)
async def test_a_statement_that_changed_something_has_asked_the_bot(
    agent_db: AgentDatabase, statement: str, fate: Fate
) -> None:
    lead, _phone = await owed(agent_db, 1)
    way = BySql(DatabaseSettings(dsn=agent_db.dsn, write_dsn=agent_db.dsn), statement)
    case = Case(lead, "novo", "whatsapp", True, None, None, 1.0, None, None, 2.0)
    assert (await way.send(Claim("claim-1", case, ""))).fate is fate
    await way.close()


async def test_who_was_only_handed_to_the_bot_counts_when_the_bot_has_answered(agent_db: AgentDatabase) -> None:
    answered, _phone = await owed(agent_db, 1, age=900)
    silent, _phone = await owed(agent_db, 2)
    # Stands in for a bot that takes work out of its database, and forgets one.
    await agent_db.execute(
        "CREATE FUNCTION bot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        "  INSERT INTO messages (lead_id, session_id, conteudo, tipo)"
        "  SELECT lead_id, id, 'x', 'enviada' FROM sessions WHERE lead_id = NEW.id; RETURN NEW; END $$"
    )
    await agent_db.execute(
        "CREATE TRIGGER bot AFTER UPDATE ON leads FOR EACH ROW"
        f" WHEN (NEW.id = '{answered}') EXECUTE FUNCTION bot()"
    )
    engine = Engine(agent_db, text="", sql="UPDATE leads SET processado = false WHERE id = $1")
    outcome = await engine.fix.run(await engine.fix.preview(""))
    assert outcome.done == (answered,)
    assert "1 handed to the bot, which has not answered yet" in str(outcome.summary)
    assert str((await engine.fix.preview("")).items[0].why) == "written to already"
    assert silent not in outcome.done
    await engine.close()


async def test_one_that_the_bots_call_refuses_is_reached_through_the_gateway(agent_db: AgentDatabase) -> None:
    lead, phone = await owed(agent_db, 1)
    async with bot() as it, waha() as gateway:
        it.status = 404
        engine = Engine(agent_db, gateway, agent_url=it.url, http="/leads/{id}/retry")
        outcome = await engine.fix.run(await engine.fix.preview(""))
        assert outcome.done == (lead,)
        assert (len(it.asked), gateway.sent_to(phone)) == (1, 1)
        assert await told(agent_db) == ANSWERED
        await engine.close()


async def test_one_that_the_bots_call_left_in_doubt_is_not_tried_another_way(agent_db: AgentDatabase) -> None:
    await owed(agent_db, 1)
    async with bot() as it, waha() as gateway:
        it.status = 500
        engine = Engine(agent_db, gateway, agent_url=it.url, http="/leads/{id}/retry")
        assert (await engine.fix.run(await engine.fix.preview(""))).outcome == "interrupted"
        assert gateway.sends == []
        await engine.close()


def test_only_what_is_configured_is_a_way() -> None:
    database = DatabaseSettings(dsn=Secret("postgresql://x@h/d"), write_dsn=Secret("postgresql://x@h/d"))
    agent = AgentSettings(database=database, health=HealthSettings(url="http://bot.example.com:8000/health"))
    everything = RetrySettings(http="/leads/{id}/retry", text="x", sql="SELECT $1", watcher=True)
    assert [way.name for way in strategies_of(agent, everything, None)] == ["http", "sql", "watcher"]
    assert strategies_of(agent, RetrySettings(), None) == ()
    assert strategies_of(AgentSettings(), everything, None) == ()
