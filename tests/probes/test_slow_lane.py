"""The slow lane: the rows' literal figures, right to the letter, and exact counts."""

import json
import time

import pytest

from qualtui.config.values import Mapping, Secret
from qualtui.database import Database
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.probes.serial_database import SerialDatabase
from qualtui.probes.slow_lane import SlowLaneProbe
from tests.postgres import AgentDatabase

HOUR = 3600.0


async def ask(dsn: Secret, mapping: Mapping | None = None) -> dict[str, Sample]:
    probe = SlowLaneProbe("bot", SerialDatabase(Database(dsn)), mapping or Mapping(), 600.0, 5.0)
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
    size = said["db.size"]
    assert size is not None
    assert size > 1e6
    assert said == {
        "row.leads_unprocessed": 1,
        "row.sessions_stuck": 2,
        "sessions.active": 3,
        "sessions.waiting_client": 1,
        "sessions.never_messaged": 1,
        "sessions.same_question": 0,
        "sessions.looping": 0,
        "leads.conversion": None,
        "leads.qualified": 0,
        "leads.assessed": 0,
        "failures.logged": 0,
        "row.leads_processed": 1,
        "leads.created_1h": 3,
        "db.size": size,
        "row.reply_mean": None,
    }


async def test_a_missing_column_silences_only_its_question(agent_db: AgentDatabase) -> None:
    await agent_db.execute("ALTER TABLE sessions RENAME COLUMN updated_at TO mudado_em")
    said = await ask(agent_db.dsn)
    assert said["row.sessions_stuck"].value is None
    assert str(said["row.sessions_stuck"].note).startswith("sessions_stuck: column")
    assert said["sessions.active"].value == 0
    mapped = await ask(agent_db.dsn, Mapping(names={"sessions.updated_at": "mudado_em"}))
    assert mapped["row.sessions_stuck"].value == 0


async def test_a_database_that_is_not_there_is_no_data() -> None:
    with pytest.raises(ProbeError, match="refused"):
        await ask(Secret("postgresql://u:hunter2@127.0.0.1:1/x"))


async def test_a_question_asked_twice_is_a_loop_only_while_it_is_asked(agent_db: AgentDatabase) -> None:
    for age, ativa, etapas in (
        (60, True, ("perguntar_patrimonio", "perguntar_patrimonio")),
        (60, True, ("mensagem_inicial", "perguntar_patrimonio")),
        (60, True, ()),
        (60, False, ("perguntar_patrimonio", "perguntar_patrimonio")),
        (3 * 24 * HOUR, True, ("perguntar_patrimonio", "perguntar_patrimonio")),
    ):
        lead = await agent_db.lead(age)
        session = await agent_db.session(lead, age, ativa=ativa)
        for etapa in etapas:
            message = await agent_db.message(lead, session, "enviada", age)
            metadata = json.dumps({"etapa": etapa})
            await agent_db.execute("UPDATE messages SET metadata = $1 WHERE id = $2::uuid", metadata, message)
        await agent_db.message(lead, session, "enviada", age)
        await agent_db.message(lead, session, "enviada", age)  # without an etapa: nothing is known
    assert (await ask(agent_db.dsn))["sessions.same_question"].value == 1


async def conversation(agent_db: AgentDatabase, age: float, *etapas: str, ativa: bool = True) -> str:
    """A session with these questions of the bot, a minute apart, the newest `age` seconds ago."""
    lead = await agent_db.lead(age + 60 * len(etapas))
    session = await agent_db.session(lead, age + 60 * len(etapas), ativa=ativa)
    for place, etapa in enumerate(reversed(etapas)):
        message = await agent_db.message(lead, session, "enviada", age + 60 * place)
        metadata = json.dumps({"etapa": etapa})
        await agent_db.execute("UPDATE messages SET metadata = $1 WHERE id = $2::uuid", metadata, message)
    return lead


STUCK = ("mensagem_inicial", "perguntar_patrimonio", "perguntar_patrimonio")
MOVED = ("mensagem_inicial", "perguntar_patrimonio", "perguntar_onde_investe")


async def test_a_loop_of_most_conversations_is_a_share_and_ends_when_those_since_the_repair_progress(
    agent_db: AgentDatabase,
) -> None:
    for number in range(4):
        await conversation(agent_db, 3 * HOUR + number, *STUCK)
    assert (await ask(agent_db.dsn))["sessions.looping"].value == 0, "too few to say anything"
    await conversation(agent_db, 4 * HOUR, *MOVED)
    await conversation(agent_db, 2 * HOUR, "mensagem_inicial", "perguntar_patrimonio")  # nobody can tell yet
    said = await ask(agent_db.dsn)
    assert (said["sessions.looping"].value, str(said["sessions.looping"].note)) == (80, "4 of 5")
    assert said["sessions.same_question"].value == 4
    for number in range(2):
        await conversation(agent_db, HOUR + number, *MOVED)
    assert (await ask(agent_db.dsn))["sessions.looping"].value == pytest.approx(57, abs=1)
    await conversation(agent_db, 60, *MOVED)
    await conversation(agent_db, 30, *MOVED, ativa=False)
    said = await ask(agent_db.dsn)
    assert (said["sessions.looping"].value, said["sessions.same_question"].value) == (0, 4)


async def test_a_few_customers_who_are_asked_twice_are_no_loop(agent_db: AgentDatabase) -> None:
    for number in range(6):
        await conversation(agent_db, 60 * number + 600, *MOVED)
    for number in range(4):
        await conversation(agent_db, 60 * number, *STUCK)
    assert (await ask(agent_db.dsn))["sessions.looping"].value == 40


async def test_conversion_is_counted_and_is_a_share_from_twenty_on(agent_db: AgentDatabase) -> None:
    async def assessed(resultado: str | None, days: float = 1) -> None:
        lead = await agent_db.lead()
        session = await agent_db.session(lead)
        await agent_db.execute(
            "INSERT INTO qualificacoes (lead_id, session_id, resultado, created_at)"
            " VALUES ($1::uuid, $2::uuid, $3, now() - make_interval(days => $4))",
            *(lead, session, resultado, int(days)),
        )

    await assessed("qualificado")
    for _ in range(2):
        await assessed(None)
    await assessed("qualificado", days=40)
    said = await ask(agent_db.dsn)
    assert (said["leads.conversion"].value, str(said["leads.conversion"].note)) == (None, "1 of 3")
    assert (said["leads.qualified"].value, said["leads.assessed"].value) == (1, 3)
    for _ in range(17):
        await assessed("nao_qualificado")
    assert (await ask(agent_db.dsn))["leads.conversion"].value == 5


async def test_logged_errors_are_named_without_the_numbers_of_people(agent_db: AgentDatabase) -> None:
    said = await ask(agent_db.dsn)
    assert said["failures.logged"].value == 0
    assert "none written" in str(said["failures.logged"].note)
    for evento, nivel in (
        ("Erro ao criar lead: dados de Ana", "ERROR"),
        ("Erro ao criar lead: outra coisa", "ERROR"),
        ("Falha 5511900000001\x1b[31m", "ERROR"),
        ("tudo bem", "INFO"),
    ):
        await agent_db.execute("INSERT INTO system_logs (nivel, evento) VALUES ($1, $2)", nivel, evento)
    logged = (await ask(agent_db.dsn))["failures.logged"]
    assert logged.value == 3
    assert logged.note == "Erro ao criar lead 2, Falha +55 11 •••••-••01 [31m 1"


async def test_rows_hidden_by_row_security_are_no_zero(agent_db: AgentDatabase) -> None:
    role = f"{agent_db.name}_ro"
    await agent_db.conversation(("enviada", 60))
    await agent_db.execute(
        f"CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};"
        "ALTER TABLE sessions ENABLE ROW LEVEL SECURITY; ALTER TABLE qualificacoes ENABLE ROW LEVEL SECURITY"
    )
    try:
        hidden = await ask(agent_db.dsn_as(role))
        await agent_db.execute("CREATE POLICY all_of_it ON sessions FOR SELECT USING (true)")
        seen = await ask(agent_db.dsn_as(role))
        await agent_db.execute("ALTER POLICY all_of_it ON sessions USING (estado = 'nenhum')")
        all_hidden = await ask(agent_db.dsn_as(role))
    finally:
        await agent_db.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    assert (hidden["sessions.active"].value, seen["sessions.active"].value) == (None, 1)
    assert str(hidden["sessions.waiting_client"].note) == "sessions: row security hides rows"
    assert hidden["row.leads_unprocessed"].value == 1
    assert all_hidden["sessions.active"].value is None
    assert str(all_hidden["sessions.active"].note) == "sessions: row security hides rows, or there are none"
    assert seen["leads.assessed"].value is None


async def test_the_mean_reply_is_of_the_rows_whether_they_arrived_or_not(agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("recebida", 600), ("enviada", 590), ("recebida", 300), ("enviada", 280))
    await agent_db.conversation(("recebida", 120))  # without a row it does not count
    await agent_db.conversation(("recebida", 2 * HOUR), ("enviada", HOUR + 60))
    said = await ask(agent_db.dsn)
    assert said["row.reply_mean"].value == pytest.approx(15, abs=0.1)
