"""Who can be answered, and by which way: the doctor's numbers are those of the fix itself, and numbers alone."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qualtui.config.values import (
    AgentSettings,
    DatabaseSettings,
    HealthSettings,
    Mapping,
    RetrySettings,
    Seconds,
    Secret,
)
from qualtui.database import sql
from qualtui.doctor import agent as bot
from qualtui.doctor import retry_ways
from qualtui.engine.server import Server
from qualtui.fixes.claims import Claims
from qualtui.model.findings import Finding, FindingVerdict
from qualtui.wire import Answer, Customers, CustomerView, ListCustomers, Publication, Refused, Request
from tests import snapshots
from tests.doctor.serving import Replies, serving
from tests.fixes.scene import MINUTE, TEXT, Engine, owed
from tests.fixes.waha import Waha, waha
from tests.postgres import AgentDatabase

RETRY = f"/leads/{bot.NOBODY}/retry"
HEALTH: Replies = {("GET", "/health"): (200, {"status": "healthy", "metrics": {}})}


@pytest.fixture
async def gateway() -> AsyncIterator[Waha]:
    async with waha() as gateway:
        yield gateway


class Scene:
    """A bot's database and gateway, where no engine runs."""

    def __init__(self, database: AgentDatabase, gateway: Waha | None, folder: Path) -> None:
        self.write: Secret | None = database.dsn
        self._database = database
        self._gateway = gateway
        self._folder = folder

    def agent(self, url: str = "") -> AgentSettings:
        """As the configuration gives it."""
        return AgentSettings(
            database=DatabaseSettings(dsn=self._database.dsn, write_dsn=self.write, timeout=Seconds(5)),
            gateway=None if self._gateway is None else self._gateway.settings,
            health=HealthSettings(url=f"{url}/health", timeout=Seconds(2)) if url else None,
        )

    @property
    def socket(self) -> Path:
        """Where an engine would listen."""
        return self._folder / "s"

    async def found(self, url: str = "", **settings: object) -> dict[str, Finding]:
        """The lines on answering, by check."""
        given: dict[str, object] = {"hours": "", "text": "", **settings}
        retry = RetrySettings(**given)  # type: ignore[arg-type]
        agent = self.agent(url)
        offers = {}
        if agent.health is not None:
            offers = dict((await bot.check_bot(agent.health, time.time, retry_ways.calls(agent, retry))).offers)
        report = await retry_ways.check_retry_ways("bot", agent, retry, self.socket, time.time)
        told = report.findings
        if report.answering is not None:
            told += retry_ways.retry_findings(report.answering, offers)
        return {finding.check: finding for finding in told}


@pytest.fixture
def scene(agent_db: AgentDatabase, gateway: Waha, tmp_path: Path) -> Scene:
    return Scene(agent_db, gateway, tmp_path)


async def every_kind(database: AgentDatabase) -> None:
    """Ten who wait: six wrote, of whom one has a wrong number, one wants none, one is in doubt; four are new."""
    leads = [(await owed(database, number, age=(20 - number) * MINUTE))[0] for number in range(6)]
    by_id = "WHERE id = $1::text::uuid"
    await database.execute(f"UPDATE leads SET telefone = '551234567890123456' {by_id}", leads[0])
    await database.execute(f"UPDATE leads SET status = 'nao_qualificado' {by_id}", leads[1])
    await database.execute("UPDATE sessions SET ativa = false WHERE lead_id = $1::text::uuid", leads[1])
    claim = "INSERT INTO system_logs (lead_id, nivel, evento) VALUES ($1::text::uuid, 'INFO', $2)"
    await database.execute(claim, leads[2], "qualtui_retry_claim")
    for number in range(4):
        await database.lead(5 * MINUTE, canal="ebook" if number else "youtube")
    await database.conversation(("recebida", 5 * MINUTE), ("enviada", 4 * MINUTE))


async def test_where_no_way_is_set_that_is_a_warning_with_what_to_do_and_how_many_it_leaves(
    agent_db: AgentDatabase, scene: Scene
) -> None:
    await owed(agent_db, 1)
    found = await scene.found()
    assert found.keys() == {"retry.ways"}
    assert found["retry.ways"].verdict is FindingVerdict.WARNING
    assert "can only answer by hand; 1 customer waits now" in str(found["retry.ways"].why)
    assert str(found["retry.ways"].todo) == "set http, text, sql or watcher in [fixes.retry]"


async def test_its_numbers_are_those_of_the_preview(agent_db: AgentDatabase, gateway: Waha, scene: Scene) -> None:
    await every_kind(agent_db)
    engine = Engine(agent_db, gateway, opt_out=("nao_qualificado",))
    plan = await engine.fix.preview("")
    by_hand = sum(str(item.why).startswith("answer by hand") for item in plan.items)
    kept = len(plan.items) - len(plan.subjects) - by_hand
    assert (len(plan.subjects), kept, by_hand) == (3, 2, 5)
    found = await scene.found(text=TEXT, opt_out=("nao_qualificado",))
    told = "10 wait: 3 reached, 2 held back (want none, or may have one already), 5 to answer by hand; by the "
    assert str(found["retry.reach"].why).startswith(told)
    assert (found["retry.reach"].verdict, "by hand" in str(found["retry.reach"].todo)) == (
        FindingVerdict.WARNING,
        True,
    )
    text = found["retry.text"]
    assert (text.verdict, str(text.what), str(text.why)) == (
        FindingVerdict.OK,
        "retry by text",
        "reaches those who wrote; not those without any message (no session to store the answer in),"
        " those without a valid number (its phone is not one); 3 of 10 waiting",
    )
    await engine.close()


async def test_a_way_that_reaches_everybody_leaves_nobody_to_be_answered_by_hand(
    agent_db: AgentDatabase, scene: Scene
) -> None:
    await every_kind(agent_db)
    async with serving({**HEALTH, ("OPTIONS", RETRY): (200, "")}) as server:
        found = await scene.found(server.url, text=TEXT, http="/leads/{id}/retry", opt_out=("nao_qualificado",))
        assert [path for _method, path in server.asked].count(RETRY) == 1
        assert len(server.asked) == 7
    assert str(found["retry.http"].why) == "reaches everyone; 8 of 10 waiting"
    assert str(found["retry.reach"].why).startswith("10 wait: 8 reached, 2 held back")
    assert "0 to answer by hand" in str(found["retry.reach"].why)
    assert {finding.verdict for finding in found.values()} == {FindingVerdict.OK}


async def test_a_call_that_the_bot_does_not_have_reaches_nobody(agent_db: AgentDatabase, scene: Scene) -> None:
    await owed(agent_db, 1)
    await agent_db.lead(5 * MINUTE)
    async with serving(HEALTH) as server:
        found = await scene.found(server.url, text=TEXT, http="/leads/{id}/retry")
    assert (found["retry.http"].verdict, str(found["retry.http"].why)) == (
        FindingVerdict.FAILED,
        "the bot has no POST /leads/ID/retry",
    )
    assert "2 wait: 1 reached, 1 to answer by hand" in str(found["retry.reach"].why)


async def test_of_a_bot_that_was_not_asked_nothing_is_claimed(agent_db: AgentDatabase, scene: Scene) -> None:
    await owed(agent_db, 1)
    async with serving(HEALTH) as server:
        url = server.url
    found = await scene.found(url, http="/leads/{id}/retry")
    assert found["retry.http"].verdict is FindingVerdict.SKIPPED
    assert "unknown whether the bot has it: it was not checked; reaches everyone; 1 of 1 waiting" in str(
        found["retry.http"].why
    )


async def test_the_sheet_s_watcher_is_asked_for_and_reaches_new_leads_of_its_channels_alone(
    agent_db: AgentDatabase, scene: Scene
) -> None:
    await every_kind(agent_db)
    async with serving({**HEALTH, ("OPTIONS", "/leads/run-watcher"): (405, "")}) as server:
        found = await scene.found(server.url, watcher=True, channels=("ebook",))
        assert server.asked[-1] == ("OPTIONS", "/leads/run-watcher")
        assert len(server.asked) == 8
    assert found["retry.watcher"].verdict is FindingVerdict.OK
    assert str(found["retry.watcher"].why).startswith("reaches new leads of ebook; not those who wrote (")
    assert str(found["retry.watcher"].why).endswith("; 3 of 10 waiting")


async def test_a_gateway_that_cannot_send_is_told_and_so_is_the_hour(
    agent_db: AgentDatabase, gateway: Waha, scene: Scene
) -> None:
    await owed(agent_db, 1)
    gateway.status = "SCAN_QR_CODE"
    found = await scene.found(text=TEXT, sql="UPDATE leads SET score = 1 WHERE id = $1")
    assert found["retry.text"].verdict is FindingVerdict.FAILED
    assert str(found["retry.text"].why).startswith(
        "the gateway is SCAN_QR_CODE: fix it first; reaches those who wrote"
    )
    assert "its statement is not tried here" in str(found["retry.sql"].why)
    assert str(found["retry.reach"].why).endswith("; not now: the gateway is SCAN_QR_CODE: fix it first")
    hour = time.gmtime().tm_hour
    closed = f"{(hour + 2) % 24:02d}:00-{(hour + 3) % 24:02d}:00"
    again = await scene.found(text=TEXT, hours=closed, zone="UTC")
    assert f"contact hours are {closed}" in str(again["retry.reach"].why)


async def test_rights_that_lack_are_named_and_nobody_is_reached(agent_db: AgentDatabase, scene: Scene) -> None:
    await owed(agent_db, 1)
    name = f"{agent_db.name}_doctor_rw"
    await agent_db.execute(
        f"CREATE ROLE {name} LOGIN; GRANT SELECT ON leads, sessions, messages, system_logs TO {name}"
    )
    try:
        scene.write = agent_db.dsn_as(name)
        found = await scene.found(text=TEXT)
        assert found["retry.rights"].verdict is FindingVerdict.FAILED
        assert "lacks INSERT on system_logs.id" in str(found["retry.rights"].why)
        assert "1 waits: 0 reached, 1 to answer by hand" in str(found["retry.reach"].why)
        scene.write = None
        found = await scene.found(text=TEXT)
        assert "no write_dsn in [agents.bot.database]" in str(found["retry.rights"].why)
    finally:
        await agent_db.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


async def test_a_way_without_what_it_works_with_says_what_is_missing(
    agent_db: AgentDatabase, tmp_path: Path
) -> None:
    found = await Scene(agent_db, None, tmp_path).found(text=TEXT, http="/leads/{id}/retry")
    assert str(found["retry.text"].why) == "set, but there is no [agents.bot.gateway]"
    assert str(found["retry.http"].why) == "set, but there is no [agents.bot.health]"
    assert str(found["retry.reach"].why).startswith("no one, by the rows alone")


@asynccontextmanager
async def engine_that_tells(scene: Scene, answer: Answer, learning: float | None = None) -> AsyncIterator[None]:
    """An engine's real socket, and its word on who waits."""
    agent = msgspec.structs.replace(snapshots.calm().details[0], name="bot", learning=learning)
    shot = snapshots.showing(snapshots.calm(), agent)

    async def told(request: Request) -> Answer:
        return answer if isinstance(request.ask, ListCustomers) else Refused("not asked for")

    async def latest() -> Publication:
        return Publication(shot, shot.detail)

    ready = asyncio.Event()
    serves = asyncio.ensure_future(Server(scene.socket, 1, told, latest).serve(ready))
    await ready.wait()
    try:
        yield
    finally:
        serves.cancel()
        await asyncio.wait({serves})


async def test_where_an_engine_runs_its_ledger_counts_and_not_what_the_rows_say(
    agent_db: AgentDatabase, scene: Scene
) -> None:
    lead, _session = await agent_db.conversation(("recebida", 10 * MINUTE), ("enviada", 9 * MINUTE))
    assert str((await scene.found(text=TEXT))["retry.reach"].why).startswith("no one, by the rows alone")
    said = await agent_db.value("SELECT extract(epoch FROM max(created_at))::float8 FROM messages")
    one = CustomerView(lead, "+55 11 •••••-••01", said - 60, "the gateway was broken", said, said - 60)
    async with engine_that_tells(scene, Customers("bot", (one,))):
        told = (await scene.found(text=TEXT))["retry.reach"]
        assert str(told.why) == "1 waits: 1 reached, 0 to answer by hand; by the engine's list"
    async with engine_that_tells(scene, Customers("bot", (one,)), learning=0.4):
        assert "which has read 40 % of the past" in str((await scene.found(text=TEXT))["retry.reach"].why)
    async with engine_that_tells(scene, Refused("the database does not tell: refused")):
        told = (await scene.found(text=TEXT))["retry.reach"]
        assert (told.verdict, str(told.why)) == (FindingVerdict.SKIPPED, "the database does not tell: refused")


async def test_a_writing_role_that_is_not_let_in_leaves_numbers_open(
    agent_db: AgentDatabase, scene: Scene
) -> None:
    await owed(agent_db, 1)
    scene.write = Secret("postgresql://x@127.0.0.1:1/nothing")
    found = await scene.found(text=TEXT)
    assert (found["retry.reach"].verdict, str(found["retry.reach"].why)) == (
        FindingVerdict.SKIPPED,
        "the writing role: refused",
    )
    assert "waiting" not in str(found["retry.text"].why)


async def test_what_is_switched_off_is_skipped(scene: Scene) -> None:
    found = await scene.found(text=TEXT, enabled=False)
    assert {check: finding.verdict for check, finding in found.items()} == {"retry.ways": FindingVerdict.SKIPPED}


async def test_a_database_that_does_not_tell_is_no_zero(agent_db: AgentDatabase, scene: Scene) -> None:
    await agent_db.execute("ALTER TABLE messages RENAME COLUMN tipo TO direction")
    found = (await scene.found(text=TEXT))["retry.reach"]
    assert (found.verdict, "waiting: column" in str(found.why)) == (FindingVerdict.SKIPPED, True)


async def test_it_tells_numbers_alone_and_changes_nothing(agent_db: AgentDatabase, scene: Scene) -> None:
    await every_kind(agent_db)
    rows = await agent_db.connection.fetch("SELECT id::text, telefone, nome FROM leads")
    # Only what writes takes a number: the next one is ours.
    number = await agent_db.value("SELECT pg_current_xact_id()::text::int8")
    found = await scene.found(text=TEXT, sql="UPDATE leads SET score = 1 WHERE id = $1", watcher=True)
    assert await agent_db.value("SELECT pg_current_xact_id()::text::int8") == number + 1
    told = " ".join(f"{finding.why!s} {finding.todo!s}" for finding in found.values())
    assert "10 wait: " in told
    assert [value for row in rows for value in row if value[:8] in told or value in told] == []
    assert re.search(r"\d{8}", told) is None


async def test_by_the_rows_the_newest_alone_are_read_by_index_at_100_000(
    agent_db: AgentDatabase,
) -> None:
    await agent_db.execute(
        "INSERT INTO leads (nome, telefone, canal, created_at) SELECT 'A', '5511' || n, 'whatsapp',"
        " now() - make_interval(secs => 20 * n) FROM generate_series(1, 20000) AS n"
    )
    await agent_db.execute("INSERT INTO sessions (lead_id, created_at) SELECT id, created_at FROM leads")
    await agent_db.execute(
        "INSERT INTO messages (session_id, lead_id, conteudo, tipo, created_at)"
        " SELECT s.id, s.lead_id, 'x', CASE WHEN n % 2 = 0 THEN 'enviada' ELSE 'recebida' END,"
        " s.created_at + make_interval(secs => n) FROM sessions AS s, generate_series(1, 5) AS n"
    )
    await agent_db.execute("ANALYZE")
    by_rows = sql("qualtui.doctor", "waiting_by_rows", Mapping())
    cases = Claims("bot", DatabaseSettings(dsn=agent_db.dsn), Mapping(), 86400.0)._sql["cases"]
    leads = [row[0] for row in await agent_db.connection.fetch("SELECT id FROM leads LIMIT 200")]
    words = "enviada", "recebida"
    asked: list[tuple[str, tuple[object, ...]]] = [
        (by_rows, (2592000.0, *words, 5000, 0.0, 200)),
        (cases, (leads, *words, 86400.0)),
    ]
    for mode in ("force_custom_plan", "force_generic_plan"):
        await agent_db.execute(f"SET plan_cache_mode = {mode}")
        for statement, args in asked:
            explained = await agent_db.value(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *args)
            plan = json.loads(explained)[0]
            read = [node for node in nodes(plan["Plan"]) if node.get("Relation Name") in {"messages", "leads"}]
            assert read
            assert [node for node in read if node["Node Type"] == "Seq Scan"] == [], (mode, plan)
            assert max(node["Actual Rows"] * node["Actual Loops"] for node in read) <= 5000
            assert plan["Execution Time"] < 500.0


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """A plan's node, and all below it."""
    return [plan, *(node for below in plan.get("Plans", []) for node in nodes(below))]
