"""Is the database there: a fresh yes, a fresh no, or not asked."""

import asyncio
import time

import pytest

from qualtui.config.values import Secret
from qualtui.database import Database
from qualtui.model import Sample
from qualtui.probes.postgres import DatabaseProbe
from qualtui.probes.probe import ProbeError
from tests.database.servers import refusing
from tests.database.test_connection import silent_server
from tests.postgres import AgentDatabase


async def ask(dsn: Secret, timeout: float = 2.0, now: float | None = None) -> dict[str, Sample]:
    probe = DatabaseProbe("bot", Database(dsn), 5.0, timeout)
    try:
        samples = await probe.ask(time.time() if now is None else now)
    finally:
        await probe.close()
    assert tuple(sample.series for sample in samples) == probe.series
    return {sample.series.removeprefix("bot/db."): sample for sample in samples}


async def test_a_database_that_answers_is_up_with_its_time_and_skew(agent_db: AgentDatabase) -> None:
    said = await ask(agent_db.dsn)
    assert (said["up"].value, said["silent"].value) == (1, 0)
    assert said["seconds"].value is not None
    assert 0 < said["seconds"].value < 1
    assert said["skew"].value == pytest.approx(0, abs=1)
    behind = await ask(agent_db.dsn, now=time.time() - 90)
    assert behind["skew"].value == pytest.approx(90, abs=1)


@pytest.mark.parametrize(
    ("dsn", "note"),
    [
        ("postgresql://u:hunter2@127.0.0.1:1/x", "refused"),
        ("postgresql://postgres@/nada?host={folder}", "there is no such database"),
        ("postgresql://nobody@/postgres?host={folder}", "the login was rejected"),
    ],
)
async def test_a_refusal_is_a_fresh_no(agent_db: AgentDatabase, dsn: str, note: str) -> None:
    said = await ask(Secret(dsn.format(folder=agent_db.server.socket.rpartition("/")[0])))
    assert (said["up"].value, said["up"].note, said["silent"].value) == (0, note, 0)
    assert said["refused"].value == 1
    assert said["seconds"].value is None


async def test_a_pooler_that_turns_us_away_says_what_to_do() -> None:
    async with refusing("08P01", "no more connections allowed (max_client_conn)") as port:
        said = await ask(Secret(f"postgresql://u:hunter2@127.0.0.1:{port}/x?sslmode=disable"))
    assert (said["up"].value, said["refused"].value) == (0, 1)
    assert said["refused"].note
    assert "hunter2" not in str(said["refused"].note)


async def test_silence_is_a_fresh_no() -> None:
    async with silent_server() as port:
        said = await ask(Secret(f"postgresql://u:p@127.0.0.1:{port}/x?sslmode=disable"), timeout=0.3)
    assert (said["up"].value, str(said["up"].note), said["silent"].value) == (0, "no answer in 0.3s", 1)


@pytest.mark.parametrize("dsn", ["postgresql://u:p@no-such-host.invalid/x", "mysql://u:hunter2@h/x"])
async def test_what_was_never_asked_is_no_data(dsn: str) -> None:
    with pytest.raises(ProbeError):
        await ask(Secret(dsn))


async def test_waiting_for_a_sibling_does_not_count_as_the_databases_time(agent_db: AgentDatabase) -> None:
    database = Database(agent_db.dsn)
    probe = DatabaseProbe("bot", database, 5.0, 2.0)
    holding = asyncio.Event()

    async def sibling() -> None:
        async with database.read(2.0) as reader:
            holding.set()
            await reader.ask("sleep", "SELECT pg_sleep(0.3)")

    task = asyncio.get_running_loop().create_task(sibling())
    await holding.wait()
    up, _silent, _refused, seconds, _skew = await probe.ask(time.time())
    await task
    await probe.close()
    assert up.value == 1
    assert seconds.value is not None
    assert seconds.value < 0.2
