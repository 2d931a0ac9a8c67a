"""Server time of one fast-lane cycle on a small and on a large database, both a real PostgreSQL."""

import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from benchmarks.figure import Beside, Figure
from qualtui.config.values import DatabaseSettings as Settings
from qualtui.config.values import Mapping, Seconds, Secret
from qualtui.database import Database
from qualtui.demo.cluster import Cluster
from qualtui.demo.schema import DATABASE, Variant, ensure_schema
from qualtui.demo.sqlfile import demo_sql
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.postgres import DatabaseProbe
from qualtui.tracking.deliverability import no_gateway

SMALL, LARGE, BIG = 10_000, 1_000_000, 10_000_000  # leads
CYCLES = 60
LEARN = 240.0  # s for the first backfill
SQL = Path(__file__).parent / "sql"
_DURATION = re.compile(r"duration: ([0-9.]+) ms")


async def fast_lane(*, big: bool = False) -> tuple[Figure, ...]:
    """Milliseconds of the server's time, median of many cycles in which messages came."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="qualtui-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user where we are root
        async with _cluster(folder) as cluster:
            for leads in (SMALL, LARGE, BIG) if big else (SMALL, LARGE):
                taken, filled = await _cycles(cluster, folder / "postgres.log", leads)
                floor = () if not figures or figures[0].ours is None else (Beside("10 k leads", figures[0].ours),)
                note = f"{CYCLES} cycles, the slowest {max(taken):.1f} ms; filled in {filled:.0f} s"
                what = f"fast-lane cycle, server time, {leads:,} leads"
                figures.append(Figure(what, "ms", statistics.median(taken), floor, 10.0, note=note))
    return tuple(figures)


@asynccontextmanager
async def _cluster(folder: Path) -> AsyncIterator[Cluster]:
    cluster = Cluster(folder)
    await cluster.prepare()
    await cluster.start()
    try:
        yield cluster
    finally:
        await cluster.stop()


async def _cycles(cluster: Cluster, log: Path, leads: int) -> tuple[list[float], float]:
    """The server's milliseconds of each cycle, and the seconds that filling took."""
    passwords = await ensure_schema(cluster, Variant.ORIGINAL)
    admin: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(cluster.dsn(DATABASE))
    try:
        began = time.perf_counter()
        await _fill(admin, leads)
        filled = time.perf_counter() - began
        # The server itself logs how long each statement of the reading role took.
        await admin.execute("alter role qualtui_ro set log_duration = on")
        dsn = f"postgresql://qualtui_ro:{passwords['qualtui_ro']}@127.0.0.1:{cluster.port}/{DATABASE}"
        return await _ask(Secret(dsn), admin, log), filled
    finally:
        await admin.close()


async def _fill(admin: "asyncpg.Connection[asyncpg.Record]", leads: int) -> None:
    async with admin.transaction():
        # No check of foreign keys, no log of tables that are truncated in the same transaction, indexes last.
        await admin.execute(
            "set local session_replication_role = replica; set local maintenance_work_mem = '256MB'"
        )
        for (drop,) in await admin.fetch(_statement("lane_indexes")):
            await admin.execute(drop)
        for name in ("lane_empty", "lane_leads", "lane_sessions", "lane_messages"):
            await admin.execute(_statement(name).replace(":leads", str(leads)))
        await admin.execute(demo_sql("schema/indexes"))
    await admin.execute("vacuum analyze")


def _statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()


async def _ask(dsn: Secret, admin: "asyncpg.Connection[asyncpg.Record]", log: Path) -> list[float]:
    settings = Settings(dsn=dsn, interval=Seconds(5), timeout=Seconds(10))
    blobs: list[bytes] = []

    async def load() -> bytes | None:
        return None

    async def save(blob: bytes) -> None:
        blobs[:] = [blob]

    database = Database(dsn)
    customers = CustomersProbe(
        *("bot", database, settings, Mapping()), gateway=no_gateway, load=load, save=save, learned=lambda _: None
    )
    probes = (DatabaseProbe("bot", database, 5.0, 10.0), customers)
    new = _statement("lane_news")
    taken = []
    try:
        async with asyncio.timeout(LEARN):
            while customers.learning is not None:
                await customers.ask(time.time())
        for _ in range(CYCLES):
            await admin.execute(new)
            place = log.stat().st_size
            for probe in probes:
                await probe.ask(time.time())
            taken.append(_told(log, place))
    finally:
        await database.close()
    return taken


def _told(log: Path, place: int) -> float:
    """The sum of all durations in the server's log from there on."""
    with log.open("rb") as lines:
        lines.seek(place)
        return sum(float(found) for found in _DURATION.findall(lines.read().decode("utf-8", "replace")))
