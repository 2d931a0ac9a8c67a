"""One fault or habit alone, in an hour of a working day: what tests run, and who looks for a cause."""

from pathlib import Path

from benchmarks.truth.faults import DAY, HARMLESS, LASTS, Fault, Kind
from benchmarks.truth.week import Week, watched
from benchmarks.truth.world import World
from qualtui.series.seasonality import Seasonality

MORNING = 9.0 * 3600  # s of the day at which an episode begins
BEFORE, AFTER = 300.0, 600.0  # s of peace
LONG, SHORT = 1800.0, 1300.0  # s that a habit, or a fault lasts
PAST = 7200.0  # s of the world's life before anybody looks


def lasts(kind: Kind) -> float:
    """Seconds for which a fault or habit lasts in its episode."""
    if kind in HARMLESS:
        return LONG
    return LASTS[kind][0] if kind in LASTS else SHORT


async def episode(kind: Kind, seed: int, per_hour: float, folder: Path, rhythm: Seasonality | None = None) -> Week:
    """The week of one fault. `rhythm`: what the weeks before taught."""
    begin = MORNING + BEFORE
    # A gateway has its acks from the first day on.
    fault = Fault(kind, MORNING - PAST if kind is Kind.ACKS_PENDING else begin, begin + lasts(kind))
    days = (fault.end + AFTER) / DAY
    # The world has a past before anybody looks: chats and rows are there.
    world = World(seed, days, per_hour, (fault,), 0, start=MORNING - PAST)
    return await watched(world, (fault,), days, folder, rhythm, begin=MORNING)
