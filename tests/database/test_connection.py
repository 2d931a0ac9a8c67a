"""The agent's database: what is read is bounded and read-only, and no error leaks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qualtui.config.values import Secret
from qualtui.database import Database, DatabaseError, Kind
from tests.postgres import AgentDatabase, Postgres

SECRET = "hunter2"


async def kind_of(dsn: str, timeout: float = 2.0) -> DatabaseError:
    async with Database(Secret(dsn), connect_timeout=timeout) as database:
        with pytest.raises(DatabaseError) as caught:
            async with database.read(timeout) as reader:
                await reader.ask("one", "SELECT 1")
    error = caught.value
    assert SECRET not in str(error)
    assert "\n" not in str(error)
    return error


async def test_a_read_transaction_is_a_read_only_snapshot_with_the_servers_clock(agent_db: AgentDatabase) -> None:
    async with Database(agent_db.dsn) as database, database.read(2.0) as reader:
        rows = await reader.ask(
            "settings",
            "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'),"
            " current_setting('statement_timeout'), current_setting('application_name'),"
            " extract(epoch FROM now())::float8",
        )
        assert tuple(rows[0])[:4] == ("repeatable read", "on", "2s", "qualtui")
        assert rows[0][4] == reader.now
        with pytest.raises(DatabaseError) as caught:
            await reader.ask("write", "DELETE FROM leads")
        assert caught.value.kind is Kind.PERMISSION


async def test_after_a_questions_error_the_next_question_is_answered(agent_db: AgentDatabase) -> None:
    async with Database(agent_db.dsn) as database, database.read(2.0) as reader:
        with pytest.raises(DatabaseError, match=r"leads: column .*nada.* does not exist"):
            await reader.ask("leads", "SELECT nada FROM leads")
        assert (await reader.ask("one", "SELECT 1"))[0][0] == 1


async def test_a_statement_is_ended_by_its_limit_and_the_connection_serves_again(agent_db: AgentDatabase) -> None:
    async with Database(agent_db.dsn) as database:
        with pytest.raises(DatabaseError) as caught:
            async with database.read(0.2) as reader:
                await reader.ask("sleep", "SELECT pg_sleep(30)")
        assert caught.value.kind is Kind.TIMEOUT
        async with database.read(2.0) as reader:
            assert (await reader.ask("one", "SELECT 1"))[0][0] == 1


async def test_a_cancelled_read_leaves_no_connection_in_a_transaction(agent_db: AgentDatabase) -> None:
    async with Database(agent_db.dsn) as database:
        inside = asyncio.Event()

        async def hold() -> None:
            async with database.read(20.0) as reader:
                inside.set()
                await reader.ask("sleep", "SELECT pg_sleep(20)")

        task = asyncio.get_running_loop().create_task(hold())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with database.read(2.0) as reader:
            assert (await reader.ask("one", "SELECT 1"))[0][0] == 1


async def test_a_killed_backend_is_gone_and_the_next_read_connects_anew(agent_db: AgentDatabase) -> None:
    async with Database(agent_db.dsn) as database:

        async def killed() -> None:
            async with database.read(2.0) as reader:
                pid = (await reader.ask("pid", "SELECT pg_backend_pid()"))[0][0]
                await agent_db.value("SELECT pg_terminate_backend($1, 5000)", pid)
                await reader.ask("one", "SELECT 1")

        with pytest.raises(DatabaseError) as caught:
            await killed()
        assert caught.value.kind is Kind.GONE
        async with database.read(2.0) as reader:
            assert (await reader.ask("one", "SELECT 1"))[0][0] == 1


async def test_nothing_of_a_write_stays_when_its_block_fails(agent_db: AgentDatabase) -> None:
    lead = await agent_db.lead()
    async with Database(agent_db.dsn) as database:

        async def failing() -> None:
            async with database.write(2.0) as session:
                await session.execute("DELETE FROM leads")
                raise RuntimeError("stop")

        with pytest.raises(RuntimeError):
            await failing()
        assert await agent_db.value("SELECT id::text FROM leads") == lead
        async with database.write(2.0) as session:
            await session.execute("DELETE FROM leads")
        assert await agent_db.value("SELECT count(*) FROM leads") == 0


async def test_refused_is_told_from_a_missing_database_and_a_rejected_role(postgres: Postgres) -> None:
    folder = Path(postgres.socket).parent
    assert (await kind_of("postgresql://u:hunter2@127.0.0.1:1/x")).kind is Kind.REFUSED
    assert (await kind_of("postgresql://u:hunter2@localhost:1/x?sslmode=disable")).kind is Kind.REFUSED
    assert (await kind_of(f"postgresql://u:hunter2@/x?host={folder}/nowhere")).kind is Kind.REFUSED
    assert (await kind_of(f"postgresql://postgres:hunter2@/nada?host={folder}")).kind is Kind.NO_DATABASE
    assert (await kind_of(f"postgresql://nobody:hunter2@/postgres?host={folder}")).kind is Kind.AUTH


@pytest.mark.parametrize(
    "dsn",
    [
        "mysql://u:hunter2@h/x",
        "postgresql://u:p#hunter2@127.0.0.1:notaport/x",
        "postgresql://u:hunter2@127.0.0.1:99999999/x",
        "postgresql://u:hunter2@127.0.0.1:1/x?sslmode=hunter2",
        "hunter2",
        "",
    ],
)
async def test_a_dsn_that_is_none_is_said_without_quoting_it(dsn: str) -> None:
    assert (await kind_of(dsn)).kind in {Kind.CONFIG, Kind.REFUSED, Kind.UNREACHABLE}


async def test_an_unknown_parameter_in_the_dsn_is_a_matter_of_configuration(agent_db: AgentDatabase) -> None:
    assert (await kind_of(agent_db.dsn.reveal() + "&pgbouncer=true")).kind is Kind.CONFIG


@contextlib.asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """Accepts connections and never says a word."""
    closed = asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await closed.wait()
        writer.transport.abort()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        closed.set()
        server.close()
        await asyncio.sleep(0)


async def test_a_server_that_says_nothing_is_no_answer_in_time() -> None:
    async with silent_server() as port:
        loop = asyncio.get_running_loop()
        started = loop.time()
        error = await kind_of(f"postgresql://u:hunter2@127.0.0.1:{port}/x?sslmode=disable", 0.3)
        assert error.kind is Kind.TIMEOUT
        assert loop.time() - started < 1.5
