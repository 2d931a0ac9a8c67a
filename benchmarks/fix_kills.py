"""Kills in a fix: the engine's, and the database's. A fix is never repeated and never half done."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import msgspec

from benchmarks.engine import Engine, Log, engine_on, eventually
from benchmarks.trial import Trial
from qualtui.client import Client, ClientError
from qualtui.demo.launch import Services, service_arguments, spawn_services
from qualtui.demo.switch import set_fault
from qualtui.eventlog.fixes import FixFinished, FixStarted
from qualtui.model import FixRun
from qualtui.store.sqlite import SqliteReader
from qualtui.wire import Answer, Done, Preview, PreviewFix, Refused, RunFix

ENGINE = (
    "engine killed (SIGKILL) while a session cleanup runs, and started again",
    "the run is reported as interrupted with what it really changed; it is not repeated; nothing is half done",
)
DATABASE = (
    "database killed (immediate stop) while a session cleanup runs",
    "all sessions are closed or none; the person sees which; the run is not repeated",
)
FIX = "session-cleanup"


_LEFT = """
select count(*) from sessions s where ativa and id = any($1::uuid[]) and not exists (
    select from messages where session_id = s.id and created_at > now() - interval '1 minute')
"""  # the demo's stuck ones have waited for two minutes


class Ward:
    """A demo's services with stuck sessions, and the superuser's connection to its database."""

    def __init__(self, services: Services) -> None:
        self.at = services
        self.config = Path(services.config)
        self.log = Log(self.config)
        self.ids: tuple[str, ...] = ()

    @asynccontextmanager
    async def sql(self) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
        """As the superuser."""
        found = next((Path(self.at.folder) / "run").glob(".s.PGSQL.*[0-9]"))
        port = found.suffix[1:]  # the DSN's port is the demo's proxy
        name = urlsplit(self.at.dsn).path
        dsn = f"postgresql://{name}?host={self.at.folder}/run&port={port}&user=postgres"
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(dsn, timeout=10)
        try:
            yield connection
        finally:
            connection.terminate()

    async def stick(self) -> None:
        """Four sessions are stuck (again): a customer whose session was closed has written meanwhile."""
        for on in (False, True):
            await set_fault(self.at.control_url, "sessions-stuck", on)

    async def closed(self) -> int:
        """How many of them are closed."""
        async with self.sql() as sql:
            count = await sql.fetchval(
                "select count(*) from sessions where not ativa and id = any($1::uuid[])", list(self.ids)
            )
        return int(count)

    async def left(self) -> int:
        """How many are as stuck as before; one whose customer or bot wrote meanwhile is rightly left alone."""
        async with self.sql() as sql:
            count = await sql.fetchval(_LEFT, list(self.ids))
        return int(count)

    async def committed(self, task: "asyncio.Task[Answer]") -> None:
        """Until the cleanup's transaction is committed, or the cleanup has ended."""
        async with self.sql() as sql:
            query = "select exists(select from sessions where not ativa and id = any($1::uuid[]))"
            while not task.done() and not await sql.fetchval(query, list(self.ids)):  # noqa: ASYNC110 (no event for it)
                await asyncio.sleep(0.0003)

    @asynccontextmanager
    async def locked(self, on: bool) -> AsyncIterator[None]:
        """While it lasts nobody can write sessions: a cleanup hangs in its transaction."""
        if not on:
            yield
            return
        async with self.sql() as sql:
            await sql.execute("begin; lock table sessions in exclusive mode")
            yield

    def runs(self) -> dict[str, FixRun]:
        """The runs as the log has them."""
        with SqliteReader.look(self.log.path) as reader:
            return reader.load().runs

    def newest(self) -> FixRun:
        """The run that started last."""
        return max(self.runs().values(), key=lambda run: run.started_at)

    def counted(self, kind: type) -> int:
        """Events of this kind."""
        return sum(isinstance(event.body, kind) for event in self.log.events())


class Round(msgspec.Struct, frozen=True):
    """What one kill led to."""

    outcome: str
    closed: int
    problems: tuple[str, ...] = ()


@asynccontextmanager
async def ward() -> AsyncIterator[Ward]:
    """Four sessions are stuck; nobody else writes."""
    async with spawn_services(service_arguments(speed=20, traffic=False, history=0)) as services:
        place = Ward(services)
        await place.stick()
        yield place


async def _begun(place: Ward, client: Client) -> "asyncio.Task[Answer]":
    """A cleanup of all that is stuck, under way: its start is in the log."""
    async with asyncio.timeout(15):
        while True:
            preview = await client.ask(PreviewFix(FIX, "ldc-bot"))
            if isinstance(preview, Preview) and preview.token:
                break
            await asyncio.sleep(0.1)
    before = place.counted(FixStarted)
    task = asyncio.get_running_loop().create_task(client.ask(RunFix(preview.token)))
    await eventually(lambda: place.counted(FixStarted) > before, 10, "the cleanup begins", 0.002)
    started = [event.body for event in place.log.events() if isinstance(event.body, FixStarted)]
    place.ids = started[-1].subjects
    return task


async def kill_engine(place: Ward, hanging: bool, delay: float | None) -> Round:
    """One run, one kill `delay` seconds after its start (None: right after its commit), one new engine."""
    async with engine_on(place.config) as engine, engine.client() as client:
        task = await _begun(place, client)
        with place.log.locked() if delay is None else nullcontext():  # its end can't be written meanwhile
            async with place.locked(hanging):
                await (asyncio.sleep(delay) if delay is not None else place.committed(task))
                await engine.kill()
                await asyncio.gather(task, return_exceptions=True)
    count = len(place.runs())
    async with engine_on(place.config) as second:
        await eventually(
            lambda: all(run.outcome for run in place.runs().values()), 15, "the run is reported", 0.05
        )
        await asyncio.sleep(0.5)
        run = place.newest()
        del second
    closed = await place.closed()
    problems = await _half(place, closed)
    if len(place.runs()) != count:
        problems.append("the run was repeated")
    if run.outcome not in {"interrupted", "ok"}:
        problems.append(f"the run's outcome is {run.outcome!r}")
    if len(run.done) != closed:
        problems.append(f"reported {len(run.done)} closed, in truth {closed}")
    await place.stick()
    return Round(run.outcome, closed, tuple(problems))


async def _half(place: Ward, closed: int) -> list[str]:
    left = await place.left() if closed else 0
    return [f"{closed} of {len(place.ids)} sessions were closed, {left} left stuck"] if left else []


async def kill_database(place: Ward, engine: Engine, hanging: bool, delay: float | None) -> Round:
    """One run, one immediate stop of PostgreSQL in it (`delay` None: after its commit), one start of it."""
    async with engine.client() as client:
        task = await _begun(place, client)
        async with place.locked(hanging):
            await (asyncio.sleep(delay) if delay is not None else place.committed(task))
            await set_fault(place.at.control_url, "database-stopped", True)
            said = (await asyncio.gather(task, return_exceptions=True))[0]
        before = place.counted(FixStarted)
        await set_fault(place.at.control_url, "database-stopped", False)
        await asyncio.sleep(1.5)  # a repetition would come now
    closed = await place.closed()
    problems = await _half(place, closed)
    if place.counted(FixStarted) != before or place.counted(FixFinished) != before:
        problems.append("the run was repeated, or its end is not in the log")
    if isinstance(said, ClientError) or not isinstance(said, Done | Refused):
        problems.append(f"the person was shown {said!r}")
    run = place.newest()
    if isinstance(said, Done) and len(run.done) != closed:
        problems.append(f"reported {len(run.done)} closed, in truth {closed}")
    if isinstance(said, Refused) and closed and "all or nothing" not in str(said.text):
        problems.append(f"{closed} are closed, the person was shown {said.text!r}")
    await place.stick()
    return Round("reported done" if isinstance(said, Done) else "reported failed", closed, tuple(problems))


async def engine_killed(place: Ward, rounds: int, told: Callable[[str], object] = str) -> Trial:
    """Kills in a transaction that hangs, and at swept instants."""
    sweep = random.Random(2)
    took = []
    for number in range(rounds):
        delay = (0.05, sweep.random() * 0.06, None)[number % 3]
        took.append(await kill_engine(place, number % 3 == 0, delay))
        told(f"engine killed in a cleanup: {took[-1].outcome}, {took[-1].closed} closed")
    wanted = {"before its commit": False, "between its commit and its end in the log": True}
    hit = {bool(one.closed) for one in took if one.outcome == "interrupted"}
    return _told(ENGINE, took, [f"no kill hit a run {word}" for word, done in wanted.items() if done not in hit])


async def database_killed(place: Ward, rounds: int, told: Callable[[str], object] = str) -> Trial:
    """Likewise for PostgreSQL."""
    sweep = random.Random(3)
    took = []
    async with engine_on(place.config) as engine:
        for number in range(rounds):
            delay = (0.05, sweep.random() * 0.03, None)[number % 3]
            took.append(await kill_database(place, engine, number % 3 == 0, delay))
            told(f"database killed in a cleanup: {took[-1].outcome}, {took[-1].closed} closed")
    wanted = {"before its commit": False, "after its commit": True}
    hit = {bool(one.closed) for one in took}
    return _told(DATABASE, took, [f"no kill hit a run {word}" for word, done in wanted.items() if done not in hit])


def _told(words: tuple[str, str], took: list[Round], missed: Sequence[str] = ()) -> Trial:
    counts = Counter(f"{one.outcome} with {one.closed} closed" for one in took)
    happened = f"{len(took)} kills: " + ", ".join(f"{count} {word}" for word, count in counts.items())
    return Trial(*words, happened, (*missed, *(text for one in took for text in one.problems)))
