"""A user's own figure out of the database: read only, bounded, and no lane waits for it."""

import asyncio
import re
import time

import pytest

from qualtui.config.values import AgentSettings, DatabaseSettings, OwnSeries, Seconds, Secret
from qualtui.engine.supervisor import ask_once
from qualtui.model import Sample
from qualtui.probes.build import probes_of
from qualtui.probes.probe import Probe
from tests.postgres import AgentDatabase
from tests.probes.test_build import DEPS


def probes(db: AgentDatabase, role: str = "postgres", **statements: str) -> list[Probe]:
    """An agent whose user has these statements."""
    own = {name: OwnSeries(sql=sql, timeout=Seconds(0.4)) for name, sql in statements.items()}
    return probes_of("bot", AgentSettings(database=DatabaseSettings(dsn=db.dsn_as(role)), series=own), DEPS)


async def told(db: AgentDatabase, sql: str, role: str = "postgres") -> Sample:
    """What one statement gives."""
    found = probes(db, role, figure=sql)
    probe = next(probe for probe in found if probe.name == "bot/user.figure")
    (sample,) = await ask_once(probe, time.time)
    for each in found:
        await each.close()
    assert sample.series == "bot/user.figure"
    return sample


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("select count(*) from leads", 1),
        ("SELECT 1.5;  ", 1.5),
        ("-- all of them\nselect 2 -- at the end", 2),
        ("with x as (select 3 as n) select sum(n) from x", 3),
        ("values (4)", 4),
        ("select 5 union select 5", 5),
        ("select '{\"n\": 6}'::jsonb -> 'n'", 6),
        ("select extract(epoch from interval '7 s')", 7),
        ("select true", 1),
        ("select count(*) > 5 from leads", 0),
        ("select '{\"on\": true}'::jsonb -> 'on'", 1),
        ("select 0.1::float8 + 0.2::float8", 0.1 + 0.2),
    ],
)
async def test_one_number_is_the_value(agent_db: AgentDatabase, sql: str, value: float) -> None:
    await agent_db.lead()
    sample = await told(agent_db, sql)
    assert (sample.value, sample.note) == (value, "")


@pytest.mark.parametrize(
    ("sql", "note"),
    [
        ("select max(score) from leads where false", "gives nothing"),
        ("select score from leads where false", "gives nothing"),
        ("select 1; select 2", "syntax error"),
        ("select 1; delete from leads", "syntax error"),
        ("select 1) ; delete from leads; select (2", "syntax error|multiple commands"),
        ("select 1, 2", "only one column"),
        ("select generate_series(1, 2000000000)", "more than one row"),
        ("select 'secret'", "a text, expected a number"),
        ("select nome from leads", "a text, expected a number"),
        ("select now()", "a text, expected a number"),
        ("select 'true'", "a text, expected a number"),
        ("select 10 ^ 400::numeric", "out of range"),
        ("select 'NaN'::float8", "not a number"),
        ("select 'Infinity'::float8", "not a number"),
        ("select pg_sleep(5)", "no answer in 0.4s"),
        ("select 1 from pg_sleep(5)", "no answer in 0.4s"),
        ("select count(*) from generate_series(1, 2000000000)", "no answer in 0.4s"),
        ("with gone as (delete from leads returning 1) select count(*) from gone", "top level"),
        ("select nextval('taken')", "read-only"),
        ("select wipe()", "read-only"),
        ("select set_config('transaction_read_only', 'off', true)", "."),
        ("select count(*) from nowhere", "nowhere"),
        ("select 1/0", "."),
    ],
)
async def test_whatever_else_it_gives_is_no_value_and_nothing_is_written(
    agent_db: AgentDatabase, sql: str, note: str
) -> None:
    await agent_db.execute("CREATE SEQUENCE taken")
    await agent_db.execute("CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM leads; SELECT 1'")
    await agent_db.lead(nome="Ana Exemplo")
    sample = await told(agent_db, sql)
    assert sample.value is None
    assert sample.note
    assert await agent_db.value("SELECT count(*) FROM leads") == 1
    assert not any(word in str(sample.note) for word in ("secret", "Ana", "probe failed"))
    assert re.search(note, str(sample.note)), sample.note


async def test_a_missing_right_is_said_with_the_tables_name(agent_db: AgentDatabase) -> None:
    await agent_db.execute(
        "DO $$ BEGIN CREATE ROLE nobody_here LOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
    )
    sample = await told(agent_db, "select count(*) from leads", "nobody_here")
    assert (sample.value, "permission denied" in str(sample.note), "leads" in str(sample.note)) == (
        None,
        True,
        True,
    )


async def test_a_zero_that_row_security_makes_is_no_zero(agent_db: AgentDatabase) -> None:
    role = f"{agent_db.name}_own"
    await agent_db.execute(
        f"CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};"
        "ALTER TABLE leads ENABLE ROW LEVEL SECURITY"
    )
    await agent_db.lead()
    try:
        hidden = await told(agent_db, "select count(*) from leads", role)
        untouched = await told(agent_db, "select count(*) from sessions", role)
        await agent_db.execute("CREATE POLICY all_of_it ON leads FOR SELECT USING (true)")
        seen = await told(agent_db, "select count(*) from leads", role)
        await agent_db.execute("ALTER POLICY all_of_it ON leads USING (nome = 'nobody')")
        all_hidden = await told(agent_db, "select count(*) from leads", role)
    finally:
        await agent_db.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    assert (hidden.value, str(hidden.note)) == (None, '"leads": row security hides rows')
    assert (untouched.value, seen.value) == (0, 1)
    assert (all_hidden.value, str(all_hidden.note)) == (
        None,
        '"leads": row security hides rows, or there are none',
    )


async def test_a_database_that_is_not_there_is_no_value() -> None:
    dsn = Secret("postgresql://u@127.0.0.1:1/none")
    agent = AgentSettings(database=DatabaseSettings(dsn=dsn), series={"figure": OwnSeries(sql="select 1")})
    probe = next(probe for probe in probes_of("bot", agent, DEPS) if probe.name == "bot/user.figure")
    (sample,) = await ask_once(probe, time.time)
    assert (sample.value, sample.note) == (None, "refused")


async def test_slow_statements_hold_one_connection_and_delay_no_lane(agent_db: AgentDatabase) -> None:
    found = probes(agent_db, a="select 1 from pg_sleep(9)", b="select 1 from pg_sleep(9)", c="select 7")
    lanes = {probe.name: probe for probe in found if "user." not in probe.name}
    own = [probe for probe in found if "user." in probe.name]
    asked = [asyncio.create_task(ask_once(probe, time.time)) for probe in own]
    await agent_db.until(
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(9)%' AND pid <> pg_backend_pid()"
    )
    (up, *_rest) = await ask_once(lanes["bot/database"], time.time)
    fast = await ask_once(lanes["bot/customers"], time.time)
    busy = await agent_db.value(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(9)%' AND pid <> pg_backend_pid()"
    )
    said = [sample for (sample,) in await asyncio.gather(*asked)]
    held = await agent_db.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'qualtui'")
    for probe in found:
        await probe.close()
    assert (up.value, busy) == (1, 1)
    assert all(sample.value is not None for sample in fast if sample.series == "bot/customers.waiting")
    assert held <= 3
    assert [sample.value for sample in said[:2]] == [None, None]
