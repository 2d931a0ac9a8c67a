"""The first hours of an installation: with customers that no one answered, and with acks that mean nothing."""

import asyncio
from pathlib import Path

from benchmarks.truth.faults import DAY, Fault, Kind
from benchmarks.truth.watch import EPOCH, Look, Watch
from benchmarks.truth.week import CLAIMS, RECOVERS, Week, Wrong, watched
from benchmarks.truth.world import OPEN, World, first_start
from qualtui.model import Severity
from qualtui.series.seasonality import Seasonality
from qualtui.store.sqlite import SqliteStore

BEGIN = 10 * 3600.0  # s: ten in the morning
LASTS = 2 * 3600.0  # s
ANSWERED_AFTER = 1800.0  # s from which a person answers who was open
EVERY = 3  # ticks between two looks


async def open_customers(seed: int, per_hour: float, folder: Path) -> list[Wrong]:
    """Customers are open at the first start: shown at once, at most a warning, green only at the end."""
    days = (BEGIN + LASTS) / DAY
    world = first_start(seed, days, per_hour, BEGIN, ANSWERED_AFTER)
    wrong: list[Wrong] = []
    with SqliteStore.open(folder / "start.db") as store:
        watch, ticks, well, slow = Watch(world, store, Seasonality(), BEGIN), 0, 0.0, -RECOVERS
        with watch.simulated():
            while watch.now < EPOCH + BEGIN + LASTS:
                pages, ticks = await watch.tick(), ticks + 1
                at = watch.now - EPOCH
                wrong += [
                    Wrong(at, f"a page: {page.rule}", page.summary)
                    for page in pages
                    if page.severity is Severity.CRITICAL
                ]
                well = at if world.oldest_wait() else well
                slow = at if world.slow() else slow
                if ticks % EVERY == 0:
                    wrong += _judged(watch.look(), world, at - BEGIN, at - well, at - slow)
    return wrong


def _judged(look: Look, world: World, since: float, well: float, slow: float) -> list[Wrong]:
    """`since`: s since the first start; `well`: s for which no one waits; `slow`: s since replies were slow."""
    says = f"{look.now.headline} | {look.now.detail} | exit {look.code}"
    found = []
    if since < ANSWERED_AFTER:
        if look.green or not look.code:
            found.append(f"{world.waiting()} are open, and nothing is said of it")
        settled = since > CLAIMS and look.at - world.people.ended[0] > CLAIMS and world.waiting() == len(OPEN)
        if settled and str(len(OPEN)) not in str(look.now.headline) + str(look.now.detail):
            found.append(f"{len(OPEN)} are open, and another number is said")
        if look.code == 2:
            found.append("exit code 2 for who was open before the start")
    elif well > RECOVERS and look.code > (1 if slow <= RECOVERS else 0):  # that they were is a warning
        found.append(f"exit code {look.code} though no one waits for {well:.0f} s")
    return [Wrong(look.at, what, says) for what in found]


async def unreliable_acks(seed: int, per_hour: float, folder: Path) -> Week:
    """A gateway whose acks stay PENDING on what arrived, from the first day on: no one waits."""
    days = (BEGIN + 2 * LASTS) / DAY
    habit = (Fault(Kind.ACKS_PENDING, 0.0, days * DAY),)
    return await watched(World(seed, days, per_hour, habit, 0), habit, days, folder, begin=BEGIN)


def starts(seed: int, per_hour: float, folder: Path) -> tuple[list[Wrong], Week]:
    """Both."""
    for name in ("open", "acks"):
        (folder / name).mkdir()
    return (
        asyncio.run(open_customers(seed, per_hour, folder / "open")),
        asyncio.run(unreliable_acks(seed, per_hour, folder / "acks")),
    )
