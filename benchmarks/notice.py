"""From a fault to the delivered notice: a real health server killed at random moments, beside a bare loop."""

import asyncio
import random
import statistics
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from benchmarks.engine import engine_on
from benchmarks.figure import Beside, Figure
from benchmarks.small import ROOT, Small, small

ROUNDS = 20
OURS, LOOP = "pager", "loop"
PEER = Beside("Prometheus + blackbox + Alertmanager", 1.26, recorded=True)


async def fault_to_notice(rounds: int = ROUNDS) -> tuple[Figure, ...]:
    """Refused connection, 1 s interval, `for` 0: seconds from the kill to the catcher's arrival."""
    taken: dict[str, list[float]] = {OURS: [], LOOP: []}
    async with small() as world, engine_on(world.write(notify={"flap_returns": 0})), bare_loop(world):
        await asyncio.sleep(2)  # the first answers
        for phase in _phases(rounds):
            await asyncio.sleep(phase)
            world.catcher.caught.clear()
            killed = await world.health.kill()
            for name, seconds in taken.items():
                seconds.append((await world.catcher.arrival("CRITICAL", 10, name)).at - killed)
            await world.health.start()
            # Ours comes last: right after a probe's answer, from where the kills are spread over the interval.
            for name in (LOOP, OURS):
                await world.catcher.arrival("RESOLVED", 10, name)
    ours, loop = taken[OURS], taken[LOOP]
    return (
        Figure(
            "fault to notice delivered, median",
            "s",
            statistics.median(ours),
            (Beside("a bare loop", statistics.median(loop)), PEER),
            0.6,
            note=f"{rounds} kills, {min(ours):.2f} to {max(ours):.2f} s; limit by a 1 s interval: 0.5",
        ),
        Figure(
            "fault to notice delivered, p95",
            "s",
            p95(ours),
            (Beside("a bare loop", p95(loop)),),
            1.15,
            note="limit by a 1 s interval: 0.95",
        ),
    )


def _phases(rounds: int) -> list[float]:
    """Parts of an interval, spread over it, in random order."""
    spread = random.Random(1)
    phases = [(part + spread.random()) / rounds for part in range(rounds)]
    spread.shuffle(phases)
    return phases


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


@asynccontextmanager
async def bare_loop(world: Small) -> AsyncIterator[None]:
    """A loop in a separate process that watches the same server."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.bare_loop", str(world.health.probe()["url"])),
        f"http://127.0.0.1:{world.catcher.port}/{LOOP}",
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()
