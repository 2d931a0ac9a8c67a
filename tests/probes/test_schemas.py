"""The same truth from every shape that the agent's database is found in, from the first look to the next."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from qualtui.config.agent_schema import TABLES
from qualtui.config.values import AgentSettings, DatabaseSettings, GatewaySettings, Seconds
from qualtui.config.values import Mapping as Names
from qualtui.engine.supervisor import ask_once
from qualtui.eventlog.customers import BacklogMarked
from qualtui.model import Sample
from qualtui.probes.build import Deps, customers_of, probes_of
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.probe import Probe
from qualtui.tracking.deliverability import no_gateway
from tests.postgres import AgentDatabase, Postgres, fresh_database

HOUR = 3600.0
ESTADO = "ALTER TABLE sessions DROP CONSTRAINT sessions_estado_check"
WIDENED = "ALTER TABLE sessions ADD CHECK (estado IN ('inicio', 'perguntar_patrimonio', 'finalizado'))"
SCORE = """
CREATE FUNCTION sync_lead_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE leads SET score = NEW.score_total, status = 'nao_qualificado' WHERE id = NEW.lead_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER sync_lead_score_trigger AFTER INSERT OR UPDATE ON qualificacoes
    FOR EACH ROW EXECUTE FUNCTION sync_lead_score()
"""

CLOCK = """
CREATE SCHEMA clock;
CREATE TABLE clock.ahead (seconds float8 NOT NULL);
INSERT INTO clock.ahead VALUES (0);
CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE AS
    'SELECT pg_catalog.now() + make_interval(secs => (SELECT seconds FROM clock.ahead))';
CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT pg_catalog.clock_timestamp() + make_interval(secs => (SELECT seconds FROM clock.ahead))'
"""


class Memory:
    """What an engine keeps for its probes from one life to the next: it looked first an hour ago."""

    def __init__(self) -> None:
        self.born = time.time() - HOUR
        self.blobs: dict[str, bytes] = {}
        self.marks: list[BacklogMarked] = []

    async def load(self, name: str) -> bytes | None:
        return self.blobs.get(name)

    async def save(self, name: str, blob: bytes) -> None:
        self.blobs[name] = blob

    @property
    def deps(self) -> Deps:
        return Deps(self.load, self.save, self.marks.append, lambda _agent: no_gateway, lambda _agent: self.born)


class Watch:
    """All that is asked of one database, by a clock that is `ahead` seconds of the server's."""

    def __init__(self, probes: list[Probe], ahead: float) -> None:
        self._probes = probes
        self._ahead = ahead

    @property
    def customers(self) -> CustomersProbe:
        probe = customers_of(self._probes, "bot")
        assert probe is not None
        return probe

    def now(self) -> float:
        return time.time() + self._ahead

    async def samples(self) -> dict[str, Sample]:
        asked = [await ask_once(probe, self.now) for probe in self._probes]
        return {sample.series.removeprefix("bot/"): sample for samples in asked for sample in samples}

    async def values(self) -> dict[str, float | None]:
        return {name: sample.value for name, sample in (await self.samples()).items()}


@asynccontextmanager
async def watching(
    db: AgentDatabase, memory: Memory | None = None, names: Names | None = None, ahead: float = 0.0
) -> AsyncIterator[Watch]:
    """Both lanes, as the configuration makes them."""
    agent = AgentSettings(
        database=DatabaseSettings(dsn=db.dsn, timeout=Seconds(5)),
        gateway=GatewaySettings(url="http://127.0.0.1:1"),
        mapping=names or Names(),
    )
    made = probes_of("bot", agent, (memory or Memory()).deps)
    wanted = ("bot/database", "bot/customers", "bot/counts", "bot/deaf")
    try:
        yield Watch([probe for probe in made if probe.name in wanted], ahead)
    finally:
        for probe in made:
            await probe.close()


def mapped() -> Names:
    """Every table and column under another name, every value another word."""
    names = {table: f"crm.t_{table}" for table in TABLES}
    names |= {
        f"{table}.{column}": f"c_{column}" for table, columns in TABLES.items() for column in columns.split()
    }
    return Names(names=names, sent="out", received="in", new="novo")


async def rename(db: AgentDatabase) -> None:
    """Makes the database as `mapped` says. The agent goes on by views under the old names, in its own schema."""
    await db.execute(
        "CREATE SCHEMA crm; CREATE SCHEMA agent; ALTER TABLE messages DROP CONSTRAINT messages_tipo_check"
    )
    for table, columns in TABLES.items():
        told = []
        for column in columns.split():
            await db.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO c_{column}")
            told.append(f"c_{column} AS {column}")
        await db.execute(f"ALTER TABLE {table} RENAME TO t_{table}; ALTER TABLE t_{table} SET SCHEMA crm")
        await db.execute(f"CREATE VIEW agent.{table} AS SELECT {', '.join(told)} FROM crm.t_{table}")
    await db.execute("SET search_path = agent")


@asynccontextmanager
async def variant(server: Postgres, name: str) -> AsyncIterator[tuple[AgentDatabase, Names]]:
    """The database as it is found, and the mapping that its owner wrote."""
    async with fresh_database(server, "agent_triggers" if name == "triggers" else "agent") as db:
        if name in {"no check", "wider check", "triggers"}:
            await db.execute(ESTADO)
        if name == "wider check":
            await db.execute(WIDENED)
        if name == "mapped":
            await rename(db)
        yield db, mapped() if name == "mapped" else Names()


VARIANTS = ("as deployed", "no check", "wider check", "triggers", "mapped")


async def replied(db: AgentDatabase, session: str) -> bool:
    """The bot's write after a reply, as it is; whether the schema takes it."""
    try:
        await db.execute("UPDATE sessions SET estado = 'perguntar_patrimonio' WHERE id = $1::uuid", session)
    except asyncpg.CheckViolationError:
        return False
    return True


@pytest.mark.parametrize("name", VARIANTS)
async def test_every_variant_of_the_schema_tells_the_same_truth(postgres: Postgres, name: str) -> None:
    async with variant(postgres, name) as (db, names), watching(db, names=names) as watch:
        wrote, sent = names.received, names.sent
        await db.conversation((wrote, 3 * HOUR), created=3 * HOUR)  # open at the first look
        first = await watch.values()
        await db.conversation((wrote, 30), (sent, 15), created=5 * HOUR)
        await db.conversation((sent, 20), (wrote, 10), created=2 * HOUR)
        _lead, looping = await db.conversation((sent, 8), (wrote, 6), (sent, 4), created=HOUR)
        taken = await replied(db, looping)
        await db.execute(
            'UPDATE messages SET metadata = \'{"etapa": "perguntar_patrimonio"}\' WHERE tipo = $1', sent
        )
        greeted = await db.lead(0.0)
        told = await watch.samples()
    said = {series: sample.value for series, sample in told.items()}
    assert {series: first[series] for series in ("customers.waiting", "customers.backlog", "db.up")} == {
        "customers.waiting": 0,
        "customers.backlog": 1,
        "db.up": 1,
    }
    assert greeted
    expected = {
        "customers.waiting": 2,  # one wrote, one was never greeted
        "customers.never_greeted": 1,
        "customers.backlog": 1,
        "customers.answered_1h": 3,
        "sessions.bot_owes": 1,  # the backlog is nobody's page
        "sessions.active": 4,
        "sessions.waiting_client": 2,
        "sessions.never_messaged": 0,
        "sessions.same_question": 1,
        "row.leads_unprocessed": 1,
        "failures.logged": 0,
    }
    assert {series: said[series] for series in expected} == expected, {s: told[s].note for s in expected}
    assert said["customers.oldest"] == pytest.approx(10, abs=5)
    assert str(told["inbound.expected"].note).startswith("less than a week"), "asked and answered"
    # The rows' own figure is what the variant makes of it: updated_at moves by a trigger alone.
    assert taken is (name in {"no check", "wider check", "triggers"})
    assert said["row.sessions_stuck"] == (3 if name == "triggers" else 4)


async def test_conversion_is_right_though_a_trigger_overwrites_the_leads_status(trigger_db: AgentDatabase) -> None:
    await trigger_db.execute(SCORE)
    lead, session = await trigger_db.conversation(("enviada", 60), ("recebida", 50), ("enviada", 40))
    await trigger_db.execute(
        "INSERT INTO qualificacoes (lead_id, session_id, resultado) VALUES ($1::uuid, $2::uuid, 'qualificado')",
        lead,
        session,
    )
    assert await trigger_db.value("SELECT status FROM leads") == "nao_qualificado"
    async with watching(trigger_db) as watch:
        said = await watch.values()
    assert (said["leads.qualified"], said["leads.assessed"]) == (1, 1)
    assert said["customers.waiting"] == 0


ETAPAS = ("perguntar_patrimonio", "oferecer_reuniao", "agendamento", "finalizado")
# What becomes of a qualified lead's `resultado` and `status` afterwards, where the schema takes it.
ENDINGS = ("qualificado", "reuniao_agendada", "nao_interessado")


@pytest.mark.parametrize("name", VARIANTS)
async def test_whoever_was_ever_qualified_or_booked_a_meeting_counts_as_converted(
    postgres: Postgres, name: str
) -> None:
    async with variant(postgres, name) as (db, names), watching(db, names=names) as watch:
        for relaxed in ("qualificacoes_resultado_check", "leads_status_check"):
            if name in {"no check", "wider check", "triggers"}:
                table = relaxed.partition("_")[0]
                await db.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {relaxed}")
        if name == "triggers":
            await db.execute(SCORE)
        for ending in (*ENDINGS, ""):  # the last one never got so far
            lead, session = await db.conversation((names.received, 60))
            await db.execute(
                "INSERT INTO qualificacoes (lead_id, session_id) VALUES ($1::uuid, $2::uuid)", lead, session
            )
            for etapa in ETAPAS if ending else ETAPAS[:1]:
                message = await db.message(lead, session, names.sent, 50)
                await db.execute(
                    "UPDATE messages SET metadata = jsonb_build_object('etapa', $1::text) WHERE id = $2::uuid",
                    etapa,
                    message,
                )
            for result in ("qualificado", ending) if ending else ():
                await written(db, "UPDATE qualificacoes SET resultado = $2 WHERE lead_id = $1::uuid", lead, result)
                await written(db, "UPDATE leads SET status = $2 WHERE id = $1::uuid", lead, result)
        said = await watch.values()
    assert (said["leads.qualified"], said["leads.assessed"]) == (3, 4)


async def written(db: AgentDatabase, statement: str, *args: object) -> None:
    """A write of the bot; one that the schema refuses is lost."""
    with contextlib.suppress(asyncpg.CheckViolationError):
        await db.execute(statement, *args)


@pytest.mark.parametrize("ahead", [-7 * HOUR, -90.0, 5 * HOUR, 400 * 86_400.0])
async def test_a_clock_that_differs_changes_no_figure_and_no_sample_is_old(
    agent_db: AgentDatabase, ahead: float
) -> None:
    memory = Memory()
    async with watching(agent_db, memory, ahead=ahead) as watch:
        await agent_db.conversation(("recebida", 2 * HOUR), created=3 * HOUR)
        await watch.values()
        await agent_db.conversation(("recebida", 40), ("enviada", 25), created=2 * HOUR)
        await agent_db.conversation(("enviada", 200), ("recebida", 120), created=2 * HOUR)
        told = await watch.samples()
        now = watch.now()
    said = {series: sample.value for series, sample in told.items()}
    assert said["db.skew"] == pytest.approx(-ahead, abs=2)
    assert (said["customers.waiting"], said["customers.backlog"], said["customers.lost"]) == (1, 1, 0)
    assert said["customers.oldest"] == pytest.approx(120, abs=5)
    assert said["customers.last_reply"] == pytest.approx(25, abs=5)
    assert said["customers.answered_1h"] == 2  # one of them was greeted
    assert said["reply.follow_p50"] == pytest.approx(15, abs=0.1)
    assert all(abs(now - sample.at) < 5 for sample in told.values())


async def test_a_restart_reads_on_from_the_watermark_by_whatever_clock(agent_db: AgentDatabase) -> None:
    memory = Memory()
    async with watching(agent_db, memory) as watch:
        await watch.values()
        await agent_db.conversation(("recebida", 600), ("enviada", 585), created=2 * HOUR)
        waits, _session = await agent_db.conversation(("recebida", 580), created=2 * HOUR)
        before = await watch.values()
    # What was read once is not read again: without these rows a second learning would tell otherwise.
    await agent_db.execute("DELETE FROM messages WHERE tipo = 'enviada'")
    late, _session = await agent_db.conversation(("recebida", 5), created=HOUR)
    async with watching(agent_db, memory, ahead=2 * HOUR) as watch:
        after = await watch.values()
    assert (before["customers.waiting"], after["customers.waiting"]) == (1, 2)
    assert (before["customers.answered_1h"], after["customers.answered_1h"]) == (1, 1)
    assert after["customers.oldest"] == pytest.approx(580, abs=10)
    assert after["customers.backlog"] == 0
    assert len(memory.marks) == 1
    assert waits != late


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("ahead", [0.0, HOUR])  # set back wrongly, and set right
async def test_a_clock_that_is_set_back_hides_nobody_and_makes_nobody_wait(
    agent_db: AgentDatabase, ahead: float, restarted: bool
) -> None:
    await agent_db.execute(CLOCK)
    await agent_db.execute(f'ALTER DATABASE "{agent_db.name}" SET search_path = clock, pg_catalog, public')
    memory = Memory()
    memory.born -= 2 * HOUR

    async def tells(seconds: float) -> None:
        await agent_db.execute("UPDATE clock.ahead SET seconds = $1", seconds)

    async with watching(agent_db, memory) as watch:
        await tells(ahead)
        await watch.values()
        late, first = await agent_db.conversation(("recebida", 300 - ahead), ("enviada", 290 - ahead))
        waits, second = await agent_db.conversation(("recebida", 200 - ahead))
        before = await watch.values()
        assert (before["customers.waiting"], before["messages.sent_1h"]) == (1, 1)
        await tells(ahead - HOUR)
        if not restarted:
            assert (await watch.values())["customers.oldest"] == pytest.approx(200, abs=10)
    await agent_db.message(waits, second, "enviada", HOUR - ahead)
    await agent_db.message(late, first, "recebida", HOUR - ahead)
    await agent_db.conversation(("recebida", HOUR - ahead), created=HOUR - ahead)
    await tells(ahead - HOUR + 700)  # as much later
    async with watching(agent_db, memory, ahead=700.0) as watch:
        for _ in range(3):
            said = await watch.values()
            assert (said["customers.waiting"], said["messages.sent_1h"]) == (2, 2)
            assert said["customers.oldest"] == pytest.approx(700, abs=10)
    await tells(ahead + 700)  # past all that was stored before
    async with watching(agent_db, memory, ahead=HOUR + 700.0) as watch:
        for _ in range(2):
            said = await watch.values()
            assert said["customers.waiting"] == 2
            assert said["customers.oldest"] == pytest.approx(HOUR + 700, abs=10)


async def test_a_clock_that_is_set_forward_makes_nobody_wait_for_longer(agent_db: AgentDatabase) -> None:
    await agent_db.execute(CLOCK)
    await agent_db.execute(f'ALTER DATABASE "{agent_db.name}" SET search_path = clock, pg_catalog, public')
    memory = Memory()
    memory.born -= 2 * HOUR
    async with watching(agent_db, memory) as watch:
        waits, session = await agent_db.conversation(("recebida", 20))
        await agent_db.conversation(("recebida", 300), ("enviada", 290))
        before = await watch.values()
        await agent_db.execute("UPDATE clock.ahead SET seconds = $1", HOUR)
        for _ in range(2):
            said = await watch.values()
            assert (said["customers.waiting"], said["messages.sent_1h"]) == (1, 1)
            assert said["customers.oldest"] == pytest.approx(20, abs=10)
        await agent_db.message(waits, session, "enviada", -HOUR)  # by the clock of now
        answered = await watch.values()
    assert before["customers.oldest"] == pytest.approx(20, abs=10)
    assert answered["customers.waiting"] == 0
    assert answered["reply.p95"] == pytest.approx(20, abs=12)


async def failed_cycle(db: AgentDatabase, watch: Watch) -> None:
    """A cycle whose connection is lost in its midst: while it waits for a locked table."""
    blocker = await asyncpg.connect(db.dsn.reveal())
    try:
        await blocker.execute("BEGIN; LOCK TABLE leads, messages IN ACCESS EXCLUSIVE MODE")
        cycle = asyncio.create_task(ask_once(watch.customers, watch.now))
        await db.until(
            "SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        assert all(sample.value is None for sample in await cycle)
    finally:
        await blocker.close()


async def test_a_step_of_the_clock_is_followed_after_a_cycle_that_failed(agent_db: AgentDatabase) -> None:
    await agent_db.execute(CLOCK)
    await agent_db.execute(f'ALTER DATABASE "{agent_db.name}" SET search_path = clock, pg_catalog, public')
    memory = Memory()
    memory.born -= 2 * HOUR
    async with watching(agent_db, memory) as watch:
        await agent_db.conversation(("recebida", 20))
        await watch.values()
        await agent_db.execute("UPDATE clock.ahead SET seconds = $1", 600.0)
        await failed_cycle(agent_db, watch)
        (one,) = await watch.customers.who()
        assert time.time() - one.since == pytest.approx(20, abs=10)
        assert (await watch.values())["customers.oldest"] == pytest.approx(20, abs=10)


async def test_the_list_of_who_waits_goes_by_our_clock(agent_db: AgentDatabase) -> None:
    async with watching(agent_db, ahead=HOUR) as watch:
        await agent_db.conversation(("recebida", 20))
        await watch.values()
        (one,) = await watch.customers.who()
        assert watch.now() - one.since == pytest.approx(20, abs=10)
