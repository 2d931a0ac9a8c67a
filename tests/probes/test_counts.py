"""The slow lane: the rows' literal figures, right to the letter, and exact counts."""

import time

import pytest

from qualtui.config.values import Mapping, Secret
from qualtui.database import Database
from qualtui.model import Sample
from qualtui.probes.counts import SlowLaneProbe
from qualtui.probes.probe import ProbeError
from tests.postgres import AgentDatabase

HOUR = 3600.0


async def ask(dsn: Secret, mapping: Mapping | None = None) -> dict[str, Sample]:
    probe = SlowLaneProbe("bot", Database(dsn), mapping or Mapping(), 600.0, 5.0)
    try:
        samples = await probe.ask(time.time())
    finally:
        await probe.close()
    assert {sample.series for sample in samples} == set(probe.series)
    return {sample.series.removeprefix("bot/"): sample for sample in samples}


async def test_the_rows_as_written_and_the_sessions_as_they_are(agent_db: AgentDatabase) -> None:
    await agent_db.lead(60)  # S2
    await agent_db.lead(2 * HOUR)
    await agent_db.lead(60, status="qualificado")
    await agent_db.lead(60, processado=True)
    await agent_db.conversation(
        ("recebida", HOUR), ("enviada", HOUR - 9), created=2 * HOUR
    )  # S3, waiting for client
    await agent_db.conversation(("enviada", HOUR), ("recebida", 60), created=2 * HOUR)  # S3, bot owes
    await agent_db.session(await agent_db.lead(2 * HOUR), 60)  # never messaged
    await agent_db.session(await agent_db.lead(2 * HOUR), HOUR, ativa=False)
    said = {name: sample.value for name, sample in (await ask(agent_db.dsn)).items()}
    assert said == {
        "row.leads_unprocessed": 1,
        "row.sessions_stuck": 2,
        "sessions.active": 3,
        "sessions.waiting_client": 1,
        "sessions.never_messaged": 1,
    }


async def test_a_missing_column_silences_only_its_question(agent_db: AgentDatabase) -> None:
    await agent_db.execute("ALTER TABLE sessions RENAME COLUMN updated_at TO mudado_em")
    said = await ask(agent_db.dsn)
    assert said["row.sessions_stuck"].value is None
    assert said["row.sessions_stuck"].note.startswith("sessions_stuck: column")
    assert said["sessions.active"].value == 0
    mapped = await ask(agent_db.dsn, Mapping(names={"sessions.updated_at": "mudado_em"}))
    assert mapped["row.sessions_stuck"].value == 0


async def test_a_database_that_is_not_there_is_no_data() -> None:
    with pytest.raises(ProbeError, match="refused"):
        await ask(Secret("postgresql://u:hunter2@127.0.0.1:1/x"))
