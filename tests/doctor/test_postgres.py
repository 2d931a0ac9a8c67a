"""The database's lines on a real PostgreSQL: what is wrong is told with the SQL that mends it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest

from qualtui.config.values import DatabaseSettings, Mapping, Seconds, Secret
from qualtui.doctor import postgres as doctor
from qualtui.model.findings import Finding, FindingVerdict
from tests.pgbouncer import needs_pgbouncer, running_pgbouncer
from tests.postgres import AgentDatabase

ROLES = (Path(__file__).parents[2] / "docs/roles.sql").read_text(encoding="utf-8")
NUMBERS = count(1)


@asynccontextmanager
async def roles(database: AgentDatabase) -> AsyncIterator[tuple[str, str]]:
    """The two roles of docs/roles.sql, under names of this test alone."""
    number = next(NUMBERS)
    reads, writes = f"qualtui_ro_d{number}", f"qualtui_rw_d{number}"
    await database.execute(ROLES.replace("qualtui_ro", reads).replace("qualtui_rw", writes))
    try:
        yield reads, writes
    finally:
        for role in (reads, writes):
            await database.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


async def examined(
    database: AgentDatabase, reads: str, writes: str | None = None, mapping: Mapping | None = None
) -> dict[str, Finding]:
    write = None if writes is None else database.dsn_as(writes)
    return await asked(DatabaseSettings(dsn=database.dsn_as(reads), write_dsn=write), mapping)


async def asked(settings: DatabaseSettings, mapping: Mapping | None = None) -> dict[str, Finding]:
    report = await doctor.check_database(settings, mapping or Mapping(), time.time)
    return {finding.check: finding for finding in report.findings}


def bad(found: dict[str, Finding]) -> dict[str, str]:
    return {
        name: str(one.why)
        for name, one in found.items()
        if one.verdict in {FindingVerdict.WARNING, FindingVerdict.FAILED}
    }


async def mend(database: AgentDatabase, *findings: Finding) -> None:
    """Runs the SQL of findings as the tables' owner, each statement by itself as psql does."""
    for finding in findings:
        assert finding.sql
        for statement in finding.sql:
            await database.execute(statement)


async def test_the_roles_of_the_docs_are_found_sound_but_for_the_schemas_faults(agent_db: AgentDatabase) -> None:
    async with roles(agent_db) as (reads, writes):
        found = await examined(agent_db, reads, writes)
    assert {name for name in bad(found) if not name.startswith("schema.")} == set(), bad(found)
    assert found["write.rights"].verdict is FindingVerdict.OK


async def test_each_fault_of_the_schema_is_told_and_its_sql_mends_it(agent_db: AgentDatabase) -> None:
    faults = {
        "schema.sessions.estado": "same question",
        "schema.leads.canal": "sheet",
        "schema.leads.status": "interested",
        "schema.reunioes.status": "meeting",
        "schema.qualificacoes.resultado": "result",
        "schema.evento": "100",
        "schema.triggers": "updated_at",
    }
    lead = await agent_db.lead()
    session = await agent_db.session(lead)
    found = await examined(agent_db, "postgres")
    told = {name: why for name, why in bad(found).items() if name.startswith("schema.")}
    assert told.keys() == faults.keys()
    assert all(word in told[name] for name, word in faults.items())
    await mend(agent_db, *(found[name] for name in faults))
    again = await examined(agent_db, "postgres")
    assert [name for name in bad(again) if name.startswith("schema.")] == []
    await agent_db.execute("UPDATE sessions SET estado = 'perguntar_prazo', updated_at = '2001-01-01'")
    moved = "SELECT updated_at > '2002-01-01' FROM sessions WHERE id = $1::text::uuid"
    assert await agent_db.value(moved, session)
    await agent_db.execute("INSERT INTO reunioes (lead_id, status) VALUES ($1::text::uuid, 'agendado')", lead)


async def test_the_trigger_that_spoils_qualified_leads_is_told_and_taken_away(trigger_db: AgentDatabase) -> None:
    await trigger_db.execute(
        "CREATE FUNCTION sync_lead_score() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    )
    await trigger_db.execute(
        "CREATE TRIGGER sync_lead_score_trigger AFTER INSERT OR UPDATE ON qualificacoes"
        " FOR EACH ROW EXECUTE FUNCTION sync_lead_score()"
    )
    found = await examined(trigger_db, "postgres")
    assert "nao_qualificado" in bad(found)["schema.score"]
    assert "schema.triggers" not in found
    await mend(trigger_db, found["schema.score"])
    assert (await examined(trigger_db, "postgres"))["schema.triggers"].verdict is FindingVerdict.OK


async def test_a_missing_right_is_named_and_granted_by_its_sql(agent_db: AgentDatabase) -> None:
    async with roles(agent_db) as (reads, writes):
        await agent_db.execute(f"REVOKE SELECT (tipo) ON messages FROM {reads}, {writes}")
        await agent_db.execute(f"REVOKE UPDATE (ativa) ON sessions FROM {writes}")
        found = await examined(agent_db, reads, writes)
        assert found["database.rights"].verdict is FindingVerdict.FAILED
        assert "SELECT on messages (tipo)" in str(found["database.rights"].why)
        assert "UPDATE on sessions (ativa)" in str(found["write.rights"].why)
        await mend(agent_db, found["database.rights"], found["write.rights"])
        again = await examined(agent_db, reads, writes)
        assert (again["database.rights"].verdict, again["write.rights"].verdict) == (
            FindingVerdict.OK,
            FindingVerdict.OK,
        )


async def test_rights_beyond_the_needs_are_told_and_taken_back_by_their_sql(agent_db: AgentDatabase) -> None:
    async with roles(agent_db) as (reads, writes):
        await agent_db.execute(f"GRANT UPDATE (estado), DELETE ON sessions TO {reads}, {writes}")
        await agent_db.execute(f"GRANT SELECT ON messages TO {reads}")
        found = await examined(agent_db, reads, writes)
        assert "DELETE sessions" in bad(found)["database.readonly"]
        assert "UPDATE sessions (estado)" in bad(found)["database.narrow"]
        assert "messages.conteudo" in bad(found)["database.private"]
        await mend(agent_db, *(found[f"database.{name}"] for name in ("readonly", "narrow", "private")))
        again = await examined(agent_db, reads, writes)
        assert {name for name in bad(again) if not name.startswith("schema.")} == set()


async def test_a_superuser_is_no_reading_role(agent_db: AgentDatabase) -> None:
    assert "superuser" in bad(await examined(agent_db, "postgres"))["database.readonly"]


async def test_row_security_that_hides_rows_is_a_failure_and_its_sql_shows_them(agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("recebida", 10.0))
    await agent_db.execute("ANALYZE")
    async with roles(agent_db) as (reads, _writes):
        await agent_db.execute("ALTER TABLE messages ENABLE ROW LEVEL SECURITY")
        found = await examined(agent_db, reads)
        assert found["database.rows"].verdict is FindingVerdict.FAILED
        assert "messages" in str(found["database.rows"].why)
        await mend(agent_db, found["database.rows"])
        assert (await examined(agent_db, reads))["database.rows"].verdict is FindingVerdict.OK


async def test_a_policy_that_lets_only_some_rows_through_is_found_by_counting(agent_db: AgentDatabase) -> None:
    for _number in range(10):
        await agent_db.lead()
    await agent_db.execute("ANALYZE")
    async with roles(agent_db) as (reads, _writes):
        await agent_db.execute("ALTER TABLE leads ENABLE ROW LEVEL SECURITY")
        await agent_db.execute(f"CREATE POLICY few ON leads FOR SELECT TO {reads} USING (status = 'qualificado')")
        found = (await examined(agent_db, reads))["database.rows"]
    assert (found.verdict, "0 of about 10" in str(found.why)) == (FindingVerdict.FAILED, True)


async def test_a_missing_index_is_printed_as_it_can_be_made_and_a_broken_one_is_replaced(
    agent_db: AgentDatabase,
) -> None:
    await agent_db.execute("DROP INDEX messages_created_at_idx")
    await agent_db.execute("CREATE INDEX qualtui_messages_created_at ON messages (created_at)")
    broken = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'qualtui_messages_created_at'::regclass"
    await agent_db.execute(broken)
    found = (await examined(agent_db, "postgres"))["database.indexes"]
    assert found.verdict is FindingVerdict.WARNING
    assert found.sql == (
        'DROP INDEX CONCURRENTLY "qualtui_messages_created_at"',
        'CREATE INDEX CONCURRENTLY IF NOT EXISTS "qualtui_messages_created_at" ON "messages" ("created_at")',
    )
    await mend(agent_db, found)
    assert (await examined(agent_db, "postgres"))["database.indexes"].verdict is FindingVerdict.OK


async def test_mapped_names_are_followed(agent_db: AgentDatabase) -> None:
    await agent_db.execute("ALTER TABLE leads RENAME TO crm_leads")
    await agent_db.execute("ALTER TABLE messages RENAME COLUMN tipo TO direction")
    lost = await examined(agent_db, "postgres")
    assert "no table leads" in bad(lost)["database.rights"]
    mapping = Mapping(names={"leads": "crm_leads", "messages.tipo": "direction"})
    found = await examined(agent_db, "postgres", mapping=mapping)
    assert found["database.rights"].verdict is FindingVerdict.OK
    assert 'ALTER TABLE "crm_leads"' in found["schema.leads.canal"].sql[0]


@pytest.mark.parametrize(
    ("dsn", "word"),
    [
        ("postgresql://x@127.0.0.1:1/nothing", "refused"),
        ("postgresql://x@no-such-host.invalid/nothing", "looked up"),
    ],
)
async def test_a_database_that_lets_nobody_in_says_why_and_leaves_the_rest_out(dsn: str, word: str) -> None:
    found = await asked(DatabaseSettings(dsn=Secret(dsn), timeout=Seconds(2)))
    assert found.keys() == {"database.reach"}
    assert (found["database.reach"].verdict, word in str(found["database.reach"].why)) == (
        FindingVerdict.FAILED,
        True,
    )
    assert str(found["database.reach"].todo)


async def test_without_a_writing_role_the_fixes_are_skipped(agent_db: AgentDatabase) -> None:
    assert (await examined(agent_db, "postgres"))["write.rights"].verdict is FindingVerdict.SKIPPED


@needs_pgbouncer
@pytest.mark.parametrize(("mode", "said", "verdict"), [
    ("transaction", False, FindingVerdict.FAILED),
    ("transaction", True, FindingVerdict.OK),
    ("session", False, FindingVerdict.OK),
])  # fmt: skip
async def test_a_transaction_pooler_is_found_whatever_the_configuration_says(
    agent_db: AgentDatabase, mode: str, said: bool, verdict: FindingVerdict
) -> None:
    with running_pgbouncer(agent_db.server, mode=mode) as bouncer:
        found = await asked(DatabaseSettings(dsn=bouncer.dsn(agent_db), pooler=said))
    assert found["database.pooler"].verdict is verdict, found["database.pooler"]
    assert found["database.reach"].verdict is FindingVerdict.OK
    assert ("transaction" in str(found["database.pooler"].why)) == (mode == "transaction")


async def test_no_statement_of_it_writes_and_none_could(agent_db: AgentDatabase) -> None:
    """The server itself counts: no row was written, and every transaction that the doctor began was read-only."""
    lead, _session = await agent_db.conversation(("recebida", 5.0))
    counted = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
    schema = "SELECT count(*) FROM pg_class"
    await agent_db.execute("SELECT pg_stat_force_next_flush()")
    before = [
        await agent_db.value(query) for query in (counted, schema, "SELECT pg_current_xact_id()::text::int8")
    ]
    async with roles(agent_db) as (reads, writes):
        at = await agent_db.value("SELECT pg_current_xact_id()::text::int8")
        await examined(agent_db, reads, writes)
        # Only what writes takes a number: the next one is ours.
        assert await agent_db.value("SELECT pg_current_xact_id()::text::int8") == at + 1
    await agent_db.execute("SELECT pg_stat_force_next_flush()")
    assert [await agent_db.value(query) for query in (counted, schema)] == before[:2]
    assert lead


async def test_rows_without_a_time_which_no_figure_sees_are_told(agent_db: AgentDatabase) -> None:
    await agent_db.conversation(("recebida", 10.0))
    async with roles(agent_db) as (reads, _writes):
        assert (await examined(agent_db, reads))["database.times"].verdict is FindingVerdict.OK
        await agent_db.execute("UPDATE messages SET created_at = NULL")
        found = (await examined(agent_db, reads))["database.times"]
    assert (found.verdict, "messages: 1)" in str(found.why)) == (FindingVerdict.WARNING, True)
