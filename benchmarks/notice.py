"""From a fault to the delivered notice: a real health server killed at random moments."""

import asyncio
import random
import statistics

from benchmarks.engine import engine_on
from benchmarks.figure import Beside, Figure
from benchmarks.small import small

ROUNDS = 12
PEER = Beside("Prometheus + blackbox + Alertmanager", 1.26, recorded=True)


async def fault_to_notice(rounds: int = ROUNDS) -> tuple[Figure, ...]:
    """Refused connection, 1 s interval, `for` 0: seconds from the kill to the catcher's arrival."""
    # A resolved notice comes right after a probe's answer; from there the kills are spread over the interval.
    spread = random.Random(1)
    phases = [(part + spread.random()) / rounds for part in range(rounds)]
    spread.shuffle(phases)
    taken = []
    async with small() as world, engine_on(world.write()):
        await asyncio.sleep(2)  # the first answers
        for phase in phases:
            await asyncio.sleep(phase)
            world.catcher.caught.clear()
            killed = await world.health.kill()
            taken.append((await world.catcher.arrival("CRITICAL", 10)).at - killed)
            await world.health.start()
            await world.catcher.arrival("RESOLVED", 10)
    return (
        Figure(
            "fault to notice delivered, median",
            "s",
            statistics.median(taken),
            (PEER,),
            0.6,
            note=f"{rounds} kills, {min(taken):.2f} to {max(taken):.2f} s; limit by a 1 s interval: 0.5",
        ),
    )
