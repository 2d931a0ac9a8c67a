"""What rows say of the time before the first look, from a real PostgreSQL whose rows lie as the bot's do."""

import time
from importlib import resources

import msgspec
import pytest

from qualtui.config.values import Mapping, Secret
from qualtui.database import Database
from qualtui.probes.rows_past import DONE, RowsPastProbe
from qualtui.probes.serial_database import SerialDatabase
from qualtui.series.rows_past import HOUR, RowsPast
from tests.postgres import AgentDatabase

DAY = 24 * HOUR


class Scene:
    """A probe, the store's place for what it keeps, and how often it wrote there."""

    def __init__(self, dsn: Secret, born: float | None) -> None:
        self.born = born
        self.blob: bytes | None = None
        self.writes = 0
        self.dsn = dsn
        self.probe = self.begun()

    def begun(self) -> RowsPastProbe:
        """As an engine that has just started builds it."""
        turn = SerialDatabase(Database(self.dsn))
        return RowsPastProbe("bot", turn, Mapping(), 5.0, 180.0, lambda: self.born, self._load, self._save)

    async def _load(self) -> bytes | None:
        return self.blob

    async def _save(self, blob: bytes) -> None:
        self.blob = blob
        self.writes += 1

    async def read(self) -> RowsPast:
        """What is kept once all is read."""
        for _part in range(40):
            assert await self.probe.ask(time.time()) == ()
            if self.probe.interval == DONE:
                break
        await self.probe.close()
        assert self.blob is not None
        past = _decoded(self.blob)
        assert past.complete
        return past


def _decoded(blob: bytes) -> RowsPast:
    return msgspec.msgpack.decode(blob, type=RowsPast)


@pytest.fixture
async def noon(agent_db: AgentDatabase) -> float:
    """The age of a full hour some hours ago, by the server's clock."""
    now = await agent_db.value("SELECT extract(epoch FROM now())::float8")
    return float(now - (now // HOUR - 5) * HOUR)


def hour_of(noon: float, after: float = 0.0) -> int:
    return int((time.time() - noon + 1 + after) // HOUR)


async def past_of(database: AgentDatabase) -> RowsPast:
    return await Scene(database.dsn, time.time()).read()


async def test_an_hour_has_its_customers_its_replies_and_its_leads(agent_db: AgentDatabase, noon: float) -> None:
    lead, session = await agent_db.conversation(
        ("enviada", noon - 10), ("recebida", noon - 60), ("enviada", noon - 69), created=noon
    )
    await agent_db.message(lead, session, "recebida", noon - 200)
    await agent_db.message(lead, session, "recebida", noon - 205)
    await agent_db.message(lead, session, "enviada", noon - 220)
    await agent_db.conversation(("enviada", noon - 30), created=noon)
    series = (await past_of(agent_db)).series
    hour = hour_of(noon)
    told = {name: series[name].get(hour) for name in series}
    assert {name: value and round(value) for name, value in told.items()} == {
        "customers.answered_1h": 2,
        "messages.sent_1h": 4,
        "leads.created_1h": 2,
        "goal.minute_answered": 3,
        "reply.first_p50": 10,
        "reply.first_p95": 30,
        "reply.follow_p50": 9,
        "reply.follow_p95": 20,
        "reply.p50": 10,
        "reply.p95": 30,
        "leads.conversion": None,
        "leads.assessed": None,
        "leads.qualified": None,
    }
    assert series["customers.answered_1h"][hour + 1] == 0  # nobody wrote: known, and zero
    assert hour + 1 not in series["reply.p95"]


async def test_a_row_of_a_send_that_hung_is_no_answer(agent_db: AgentDatabase, noon: float) -> None:
    await agent_db.conversation(("recebida", noon - 10), ("enviada", noon - 130), created=40 * DAY)
    await agent_db.conversation(
        ("recebida", noon - 10), ("enviada", noon - 130), ("enviada", noon - 1000), created=40 * DAY
    )
    series, hour = (await past_of(agent_db)).series, hour_of(noon)
    assert series["customers.answered_1h"][hour] == 1
    assert series["reply.follow_p95"][hour] == pytest.approx(990, abs=0.1)
    assert (series["messages.sent_1h"][hour], series["goal.minute_answered"][hour]) == (3, 0)


async def test_rows_without_a_time_or_of_a_time_to_come_count_nowhere(
    agent_db: AgentDatabase, noon: float
) -> None:
    lead, session = await agent_db.conversation(("recebida", noon - 10), created=40 * DAY)
    await agent_db.message(lead, session, "enviada", -DAY)
    untimed = await agent_db.message(lead, session, "enviada", noon - 20)
    await agent_db.execute("UPDATE messages SET created_at = NULL WHERE id = $1", untimed)
    assert sum((await past_of(agent_db)).series["messages.sent_1h"].values()) == 0


async def test_an_answer_on_the_next_day_is_held_against_its_question(agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("recebida", 3 * DAY), ("enviada", 3 * DAY - 20 * HOUR), created=40 * DAY)
    replies = (await past_of(agent_db)).series["reply.follow_p95"]
    assert list(replies.values()) == [pytest.approx(20 * HOUR, abs=1)]


async def test_who_was_ever_qualified_counts_whatever_overwrote_the_result(agent_db: AgentDatabase) -> None:
    for place in range(20):
        status = "qualificado" if place == 0 else "nao_qualificado"
        lead = await agent_db.lead(5 * DAY, status=status)
        session = await agent_db.session(lead, 5 * DAY)
        text = "INSERT INTO qualificacoes (lead_id, session_id, resultado, created_at)"
        result = "qualificado" if place == 1 else None
        await agent_db.execute(f"{text} VALUES ($1, $2, $3, now() - interval '5 days')", lead, session, result)
        if place == 2:  # the status was overwritten by a trigger, and the CHECK refused the result
            offered = await agent_db.message(lead, session, "enviada", 5 * DAY)
            step = '{"etapa": "oferecer_reuniao"}'
            await agent_db.execute("UPDATE messages SET metadata = $2 WHERE id = $1", offered, step)
    series = (await past_of(agent_db)).series
    assert set(series["leads.conversion"].values()) == {15.0}
    assert len(series["leads.conversion"]) >= 5 * 24 - 1  # from then on


async def test_it_is_read_once_a_day_at_a_time_and_goes_on_after_a_restart(agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("recebida", 10 * DAY), ("enviada", 10 * DAY - 9), created=50 * DAY)
    scene = Scene(agent_db.dsn, None)
    await scene.probe.ask(0.0)
    assert scene.writes == 0  # the fast lane has not looked yet
    scene.born = time.time()
    for _part in range(4):
        await scene.probe.ask(0.0)
    await scene.probe.close()
    assert scene.blob is not None
    begun = _decoded(scene.blob)
    assert begun.until - begun.read_from == pytest.approx(2.5 * DAY, abs=0.6 * DAY)
    scene.probe = scene.begun()
    past = await scene.read()
    assert (past.until, past.since) == (begun.until, begun.since)
    assert past.until - past.since == pytest.approx(30 * DAY, abs=HOUR)
    assert sum(past.series["customers.answered_1h"].values()) == 1
    writes = scene.writes
    scene.probe = scene.begun()
    for _turn in range(2):
        await scene.probe.ask(0.0)
    await scene.probe.close()
    assert scene.writes == writes


async def test_the_narrow_reader_may_read_all_of_it(agent_db: AgentDatabase, noon: float) -> None:
    for name in ("roles", "rights"):
        role = resources.files("qualtui.demo").joinpath("sql", "schema", f"{name}.sql").read_text()
        for statement in [role] if name == "roles" else role.split(";"):
            if statement.strip(" \n"):
                await agent_db.execute(statement)
    await agent_db.conversation(("recebida", noon - 10), ("enviada", noon - 20), created=noon)
    scene = Scene(agent_db.dsn_as("qualtui_ro"), time.time())
    past = await scene.read()
    assert past.series["customers.answered_1h"][hour_of(noon)] == 1


async def test_a_missing_right_leaves_the_rest_and_a_zero_is_not_made_of_it(
    agent_db: AgentDatabase, noon: float
) -> None:
    await agent_db.conversation(("recebida", noon - 10), ("enviada", noon - 20), created=noon)
    await agent_db.execute("ALTER TABLE leads RENAME COLUMN status TO situacao")
    series = (await past_of(agent_db)).series
    assert series["leads.created_1h"][hour_of(noon)] == 1
    assert not series.get("leads.conversion")
