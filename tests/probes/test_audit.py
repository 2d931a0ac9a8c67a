"""Rows stored under a time long past: no watermark sees them, and their customers wait all the same."""

import time
from collections.abc import AsyncIterator

import pytest

from qualtui.config.values import DatabaseSettings, Mapping, Seconds
from qualtui.database import Database, DatabaseError, Kind, sql
from qualtui.probes.audit import Audit
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.probe import ProbeError
from qualtui.probes.serial_database import SerialDatabase
from qualtui.probes.slow_lane import SlowLaneProbe
from qualtui.tracking.deliverability import no_gateway
from tests.postgres import AgentDatabase

HOUR = 3600.0


class Lanes:
    """Both lanes of one database, the fast one watching for a day already."""

    def __init__(self, database: AgentDatabase) -> None:
        self.database = database
        self.closed: dict[str, float] = {}
        self.fails_after: int | None = None
        audit = Audit(Mapping())
        self.slow = SlowLaneProbe("bot", SerialDatabase(Database(database.dsn)), Mapping(), 600.0, 5.0, audit)
        self.fast = CustomersProbe(
            "bot",
            Database(database.dsn),
            DatabaseSettings(dsn=database.dsn, timeout=Seconds(5)),
            Mapping(),
            gateway=no_gateway,
            load=self._nothing,
            save=self._forget,
            learned=lambda _mark: None,
            born=time.time() - 24 * HOUR,
            by_hand=self._by_hand,
            audit=audit,
        )

    def _by_hand(self) -> dict[str, float]:
        if self.fails_after == 0:
            self.fails_after = None
            raise DatabaseError(Kind.GONE, "the connection is lost")
        if self.fails_after is not None:
            self.fails_after -= 1
        return self.closed

    async def _nothing(self) -> None:
        return None

    async def _forget(self, _blob: bytes) -> None:
        pass

    async def waiting(self) -> float | None:
        told = {one.series: one.value for one in await self.fast.ask(time.time())}
        return told["bot/customers.waiting"]


@pytest.fixture
async def lanes(agent_db: AgentDatabase) -> AsyncIterator[Lanes]:
    """Lanes that have learned, on a database with a newer row than any that comes late."""
    made = Lanes(agent_db)
    await agent_db.conversation(("recebida", 20), ("enviada", 10))
    await made.waiting()
    yield made
    await made.fast.close()
    await made.slow.close()


async def test_a_message_stored_under_a_time_long_past_is_found_by_the_slow_lane(lanes: Lanes) -> None:
    lead, _session = await lanes.database.conversation(("recebida", 1800))
    assert await lanes.waiting() == 0  # no watermark can see it
    await lanes.slow.ask(time.time())
    assert await lanes.waiting() == 1
    assert [one.lead for one in await lanes.fast.who()] == [lead]
    await lanes.slow.ask(time.time())
    assert await lanes.waiting() == 1


async def test_who_is_owed_nothing_is_not_found(lanes: Lanes) -> None:
    lead, _session = await lanes.database.conversation(("recebida", 1800), ("enviada", 1700))
    other = await lanes.database.session(lead, 1900)
    await lanes.database.message(lead, other, "recebida", 1750)  # answered in its other session
    done, _session = await lanes.database.conversation(("recebida", 1800))
    await lanes.database.execute("UPDATE leads SET status = 'finalizado' WHERE id = $1", done)
    await lanes.database.conversation(("recebida", 30 * HOUR))  # before the first look
    _lead, ended = await lanes.database.conversation(("recebida", 1800))
    await lanes.database.execute("UPDATE sessions SET ativa = false WHERE id = $1", ended)
    await lanes.slow.ask(time.time())
    assert await lanes.waiting() == 0


async def test_one_who_was_answered_by_hand_is_not_found_again(lanes: Lanes) -> None:
    lead, _session = await lanes.database.conversation(("recebida", 1800))
    await lanes.slow.ask(time.time())
    assert await lanes.waiting() == 1
    lanes.closed = {lead: time.time() - 1790}
    assert await lanes.waiting() == 0
    await lanes.slow.ask(time.time())
    assert await lanes.waiting() == 0


async def test_one_who_waits_already_is_counted_once(lanes: Lanes) -> None:
    lead, session = await lanes.database.conversation(("recebida", 1800))
    await lanes.database.message(lead, session, "recebida", 5)
    assert await lanes.waiting() == 1
    await lanes.slow.ask(time.time())
    samples = {one.series: one.value for one in await lanes.fast.ask(time.time())}
    assert samples["bot/customers.waiting"] == 1
    assert samples["bot/failures.unanswered"] in {0, 1}


async def test_the_question_reads_by_index(agent_db: AgentDatabase) -> None:
    await agent_db.execute(
        "INSERT INTO leads (nome, telefone, canal) SELECT 'A', '55119' || lpad(n::text, 8, '0'), 'whatsapp'"
        " FROM generate_series(1, 5000) AS n"
    )
    await agent_db.execute(
        "INSERT INTO sessions (lead_id, ativa) SELECT id, random() < 0.05 FROM leads;"
        "INSERT INTO messages (session_id, lead_id, conteudo, tipo) SELECT id, lead_id, 'x', t"
        " FROM sessions, unnest(ARRAY['recebida', 'enviada']) AS t; ANALYZE"
    )
    statement = sql("qualtui.probes", "customers_owed", Mapping())
    plan = "\n".join(
        row[0]
        for row in await agent_db.connection.fetch(f"EXPLAIN {statement}", "recebida", "enviada", "finalizado")
    )
    assert "Seq Scan on messages" not in plan, plan


async def test_who_was_found_is_counted_after_a_cycle_that_failed(lanes: Lanes) -> None:
    await lanes.database.conversation(("recebida", 1800))
    assert await lanes.waiting() == 0
    await lanes.slow.ask(time.time())
    lanes.fails_after = 1  # the cycle asks who was answered by hand first and last: it fails at its end
    with pytest.raises(ProbeError):
        await lanes.waiting()
    assert await lanes.waiting() == 1
