"""Which faults come in a month, and when each would end if nobody did anything. Pure and seeded."""

import random

from benchmarks.promise.rates import RATES, Rate
from benchmarks.truth.faults import DAY, Fault

MONTH = 30.0  # days
APART = 3 * 3600.0  # s between the begins of two faults, at least
FIRST, LAST = 0.25, 0.5  # days at the begin and at the end without a new fault
LOOKS = (9.0, 13.0, 18.0)  # hours at which the owner looks on a working day
WEEKEND = (10.0,)  # ... and on a Saturday or Sunday
REPAIR = 1800.0  # s that the owner needs then
TRIES = 10_000


def faults_of(seed: int, days: float) -> tuple[Fault, ...]:
    """The faults of a month, or of a part of it, in the order of their begin. Raises ValueError."""
    rng = random.Random(f"{seed} faults")
    wanted = [rate for rate in RATES for _ in range(_times(rate, days, rng))]
    rng.shuffle(wanted)
    begins: list[float] = []
    for _ in range(TRIES):
        if len(begins) == len(wanted):
            break
        at = rng.uniform(FIRST * DAY, max(FIRST + 0.1, days - LAST) * DAY)
        if all(abs(at - other) >= APART for other in begins):
            begins.append(at)
    if len(begins) < len(wanted):
        raise ValueError(f"{len(wanted)} faults have no place in {days:g} days")
    found = [_fault(rate, at, rng) for rate, at in zip(wanted, begins, strict=True)]
    return tuple(sorted(found, key=lambda one: one.begin))


def _times(rate: Rate, days: float, rng: random.Random) -> int:
    whole, part = divmod(rate.month * days / MONTH, 1.0)
    return int(whole) + (rng.random() < part)


def _fault(rate: Rate, begin: float, rng: random.Random) -> Fault:
    lasts = rng.uniform(*rate.alone) if rate.alone else owner_looks(begin) + REPAIR - begin
    return Fault(rate.kind, begin, begin + lasts)


def owner_looks(at: float) -> float:
    """When the owner looks next: nobody calls him."""
    day = int(at // DAY)
    for later in range(day, day + 2):
        for hour in WEEKEND if later % 7 >= 5 else LOOKS:
            if later * DAY + hour * 3600 > at:
                return later * DAY + hour * 3600
    raise AssertionError("the owner looks each day")
