"""session-cleanup on a real PostgreSQL: closes what is stuck and nothing else, once, and can be taken back."""

import asyncio
import time

import asyncpg
import pytest

from qualtui.config.values import DatabaseSettings, Mapping, Seconds, Secret
from qualtui.config.values import SessionCleanupSettings as Settings
from qualtui.fixes.fix import FixError
from qualtui.fixes.sessions import SessionCleanup
from qualtui.wire import CustomerView
from tests.postgres import AgentDatabase, Postgres, fresh_database

HOUR = 3600.0


def remedy(database: AgentDatabase, write: Secret | None = None, **settings: object) -> SessionCleanup:
    probe = DatabaseSettings(dsn=database.dsn, write_dsn=write or database.dsn, timeout=Seconds(2))
    return SessionCleanup("bot", probe, Mapping(), Settings(**settings))  # type: ignore[arg-type]


async def active(database: AgentDatabase) -> set[str]:
    rows = await database.connection.fetch("SELECT id::text FROM sessions WHERE ativa")
    return {row[0] for row in rows}


async def situations(database: AgentDatabase) -> dict[str, str]:
    """One session of each kind, all an hour old unless the name says young."""
    owes = (await database.conversation(("enviada", HOUR + 20), ("recebida", HOUR)))[1]
    client = (await database.conversation(("recebida", HOUR + 20), ("enviada", HOUR)))[1]
    young = (await database.conversation(("enviada", HOUR), ("recebida", 60)))[1]
    orphan = await database.session(await database.lead(HOUR), HOUR)
    young_orphan = await database.session(await database.lead(60), 60)
    closed = await database.session(await database.lead(HOUR), HOUR, ativa=False)
    return {
        "owes": owes,
        "client": client,
        "young": young,
        "orphan": orphan,
        "young_orphan": young_orphan,
        "closed": closed,
    }


async def test_in_truth_only_owed_and_orphaned_sessions_past_the_limit_are_closed(
    agent_db: AgentDatabase,
) -> None:
    made = await situations(agent_db)
    fix = remedy(agent_db)
    plan = await fix.preview("")
    assert set(plan.subjects) == {made["owes"], made["orphan"]}
    assert str(plan.title) == "Closes 2 sessions"
    assert plan.mode == "truth"
    assert not plan.refused
    assert {(item.id, str(item.why)) for item in plan.items} == {
        (made["owes"][:8], "bot owes reply"),
        (made["orphan"][:8], "never messaged"),
    }
    assert all(item.age == pytest.approx(HOUR, abs=5) for item in plan.items)
    assert "2 customers stay waiting" in str(plan.warnings[0])
    outcome = await fix.run(plan)
    assert outcome.outcome == "ok"
    assert set(outcome.done) == {made["owes"], made["orphan"]}
    assert await active(agent_db) == {made["client"], made["young"], made["young_orphan"]}
    assert (await fix.verify(plan.subjects)).done == plan.subjects
    await fix.close()


async def test_by_the_row_every_old_session_is_stuck_where_no_trigger_keeps_updated_at(
    agent_db: AgentDatabase,
) -> None:
    made = await situations(agent_db)
    fix = remedy(agent_db)
    plan = await fix.preview("row")
    assert set(plan.subjects) == {made[name] for name in ("owes", "client", "young", "orphan")}
    assert any("No trigger" in warning for warning in map(str, plan.warnings))
    assert any("1 of them is not stuck in truth" in warning for warning in map(str, plan.warnings))
    assert set((await fix.run(plan)).done) == set(plan.subjects)


async def test_by_the_row_a_trigger_makes_a_session_that_moved_young(trigger_db: AgentDatabase) -> None:
    moved = await trigger_db.session(await trigger_db.lead(HOUR), HOUR)
    still = await trigger_db.session(await trigger_db.lead(HOUR), HOUR)
    fix = remedy(trigger_db)
    plan = await fix.preview("row")
    assert set(plan.subjects) == {moved, still}
    assert not any("No trigger" in warning for warning in map(str, plan.warnings))
    await trigger_db.execute("UPDATE sessions SET estado = 'saudacao' WHERE id = $1", moved)
    outcome = await fix.run(plan)
    assert outcome.done == (still,)
    assert "1 was left" in str(outcome.summary)


async def test_phones_are_masked_and_texts_never_read(agent_db: AgentDatabase) -> None:
    lead = await agent_db.lead(HOUR, telefone="5511900000021")
    await agent_db.session(lead, HOUR)
    plan = await remedy(agent_db).preview("truth")
    assert plan.items[0].what == "+55 11 •••••-••21"
    assert "5511900000021" not in repr(plan)


async def test_the_condition_is_checked_again_when_it_writes(agent_db: AgentDatabase) -> None:
    made = await situations(agent_db)
    fix = remedy(agent_db)
    plan = await fix.preview("truth")
    lead = await agent_db.value("SELECT lead_id::text FROM sessions WHERE id = $1", made["owes"])
    await agent_db.message(lead, made["owes"], "enviada")
    outcome = await fix.run(plan)
    assert outcome.done == (made["orphan"],)
    assert made["owes"] in await active(agent_db)


async def test_a_session_that_the_agent_writes_to_at_that_moment_is_left(agent_db: AgentDatabase) -> None:
    made = await situations(agent_db)
    fix = remedy(agent_db)
    plan = await fix.preview("truth")
    agent = await asyncpg.connect(agent_db.dsn.reveal())
    try:
        async with agent.transaction():
            await agent.execute(
                "INSERT INTO messages (lead_id, session_id, conteudo, tipo)"
                " SELECT lead_id, id, 'x', 'enviada' FROM sessions WHERE id = $1",
                made["owes"],
            )
            outcome = await fix.run(plan)
    finally:
        await agent.close()
    assert outcome.done == (made["orphan"],)


async def test_two_runs_of_one_plan_close_each_session_once(agent_db: AgentDatabase) -> None:
    await situations(agent_db)
    one, two = remedy(agent_db), remedy(agent_db)
    plan = await one.preview("truth")
    first, second = await asyncio.gather(one.run(plan), two.run(plan))
    assert sorted((*first.done, *second.done)) == sorted(plan.subjects)


async def test_more_than_max_rows_is_refused_and_nothing_is_changed(agent_db: AgentDatabase) -> None:
    for _ in range(4):
        await agent_db.session(await agent_db.lead(HOUR), HOUR)
    fix = remedy(agent_db, max_rows=3)
    plan = await fix.preview("truth")
    assert "4 sessions are more than max_rows = 3" in str(plan.refused)
    assert str(plan.title) == "Closes 4 sessions"
    assert len(plan.items) == 3
    assert plan.subjects == ()
    with pytest.raises(FixError, match="max_rows"):
        await fix.run(plan)
    assert len(await active(agent_db)) == 4


async def test_undo_opens_what_was_closed_unless_something_took_its_place(agent_db: AgentDatabase) -> None:
    leads = [await agent_db.lead(HOUR) for _ in range(5)]
    sessions = [await agent_db.session(lead, HOUR) for lead in leads]
    fix = remedy(agent_db)
    outcome = await fix.run(await fix.preview("truth"))
    assert set(outcome.done) == set(sessions)
    newer = await agent_db.session(leads[1])
    await agent_db.execute("UPDATE sessions SET ativa = true WHERE id = $1", sessions[2])
    await agent_db.execute("UPDATE sessions SET estado = 'finalizado' WHERE id = $1", sessions[3])
    await agent_db.execute("DELETE FROM leads WHERE id = $1", leads[4])
    undone = await fix.undo(tuple(sessions))
    assert undone.done == (sessions[0],)
    for reason in ("newer session", "active already", "finished meanwhile", "gone"):
        assert f"1 {reason}" in str(undone.summary) or reason in str(undone.summary)
    assert await active(agent_db) == {sessions[0], sessions[2], newer}
    again = await fix.undo(tuple(sessions[:1]))
    assert (again.outcome, again.done) == ("nothing", ())


async def test_the_read_only_role_reads_and_only_the_writer_writes(agent_db: AgentDatabase) -> None:
    stuck = await agent_db.session(await agent_db.lead(HOUR), HOUR)
    name = agent_db.name
    await agent_db.execute(
        f"CREATE ROLE {name}_ro LOGIN; GRANT SELECT ON leads, sessions, messages TO {name}_ro;"
        f"CREATE ROLE {name}_rw LOGIN; GRANT SELECT ON sessions, messages TO {name}_rw;"
        f"GRANT UPDATE (ativa) ON sessions TO {name}_rw"
    )
    try:
        probe = DatabaseSettings(dsn=agent_db.dsn_as(f"{name}_ro"), write_dsn=agent_db.dsn_as(f"{name}_rw"))
        fix = SessionCleanup("bot", probe, Mapping(), Settings())
        outcome = await fix.run(await fix.preview("truth"))
        assert outcome.done == (stuck,)
        assert (await fix.undo(outcome.done)).done == (stuck,)
        wrong = remedy(agent_db, write=agent_db.dsn_as(f"{name}_ro"))
        with pytest.raises(FixError, match="permission denied"):
            await wrong.run(await wrong.preview("truth"))
    finally:
        await agent_db.execute(f"DROP OWNED BY {name}_ro, {name}_rw; DROP ROLE {name}_ro, {name}_rw")


async def test_without_a_write_dsn_it_says_what_is_missing_and_still_previews(agent_db: AgentDatabase) -> None:
    await agent_db.session(await agent_db.lead(HOUR), HOUR)
    fix = SessionCleanup("bot", DatabaseSettings(dsn=agent_db.dsn), Mapping(), Settings())
    assert "write_dsn in [agents.bot.database]" in str(fix.unavailable)
    plan = await fix.preview("truth")
    assert len(plan.subjects) == 1
    with pytest.raises(FixError, match="write_dsn"):
        await fix.run(plan)


async def test_a_database_that_dies_in_the_cleanup_leaves_nothing_half_done(own_postgres: Postgres) -> None:
    async with fresh_database(own_postgres) as database:
        for _ in range(3):
            await database.session(await database.lead(HOUR), HOUR)
        fix = remedy(database)
        plan = await fix.preview("truth")
        # With one of the three rows changed the transaction waits here until the server dies.
        await database.execute(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF NEW.id::text = TG_ARGV[0] THEN PERFORM pg_sleep(30); END IF; RETURN NEW; END $$;"
        )
        await database.execute(
            "CREATE TRIGGER slow BEFORE UPDATE ON sessions FOR EACH ROW"
            f" EXECUTE FUNCTION slow('{plan.subjects[1]}')"
        )
        running = asyncio.get_running_loop().create_task(fix.run(plan))
        await database.until("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        await asyncio.to_thread(own_postgres.stop)
        with pytest.raises(FixError, match="all or nothing"):
            await running
        with pytest.raises(FixError, match="refused"):
            await fix.verify(plan.subjects)
        await asyncio.to_thread(own_postgres.start)
        database.connection = await asyncpg.connect(database.dsn.reveal())
        assert len(await active(database)) == 3
        found = await fix.verify(plan.subjects)
        assert (found.outcome, str(found.summary)) == ("nothing", "0 of 3 sessions are closed now")


async def test_names_of_another_schema_are_mapped(agent_db: AgentDatabase) -> None:
    await agent_db.session(await agent_db.lead(HOUR), HOUR)
    await agent_db.execute(
        "CREATE SCHEMA bot; ALTER TABLE sessions SET SCHEMA bot; ALTER TABLE bot.sessions RENAME TO sessoes;"
        "ALTER TABLE bot.sessoes RENAME COLUMN ativa TO aberta"
    )
    names = {"sessions": "bot.sessoes", "sessions.ativa": "aberta"}
    probe = DatabaseSettings(dsn=agent_db.dsn, write_dsn=agent_db.dsn)
    fix = SessionCleanup("bot", probe, Mapping(names=names), Settings())
    assert (await fix.run(await fix.preview("truth"))).outcome == "ok"


async def test_an_unknown_mode_is_refused(agent_db: AgentDatabase) -> None:
    with pytest.raises(FixError, match="truth, row"):
        await remedy(agent_db).preview("all")


async def test_a_session_that_the_bot_cannot_read_is_closed_at_once_where_its_customer_waits(
    agent_db: AgentDatabase,
) -> None:
    made = {}
    for name, state in (("waits", "saudacao"), ("silent", "saudacao"), ("reads", "inicio")):
        lead = await agent_db.lead(HOUR)
        made[name] = (lead, await agent_db.session(lead, HOUR, estado=state))
        await agent_db.message(lead, made[name][1], "enviada", 60)  # what the customer wrote since has no row

    async def waiting() -> list[CustomerView]:
        now = time.time()
        wait = [CustomerView(made[name][0], "", now, "never stored", None, now) for name in ("waits", "reads")]
        return [*wait, CustomerView("chat-0123456789abcdef", "", now, "never stored", None, now)]

    probe = DatabaseSettings(dsn=agent_db.dsn, write_dsn=agent_db.dsn, timeout=Seconds(2))
    fix = SessionCleanup("bot", probe, Mapping(), Settings(), waiting)
    plan = await fix.preview("")
    assert plan.subjects == (made["waits"][1],)
    assert str(plan.items[0].why) == "the bot can't read its state"
    assert (await fix.run(plan)).done == plan.subjects
    assert await active(agent_db) == {made["silent"][1], made["reads"][1]}
    await fix.close()
