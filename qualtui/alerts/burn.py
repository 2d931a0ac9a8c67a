"""Error budgets: how fast one burns, what is left of it, and how long that lasts. Pure.

Multiwindow, multi-burn-rate alerts, after Google's SRE Workbook, chapter 5 (*Alerting on SLOs*): a burn rate of 1
spends the budget of 30 days in exactly 30 days. A pair burns while both of its windows do: the long one says that
it matters, the short one that it still goes on.
"""

from collections.abc import Callable

import msgspec

from qualtui.tracking.failures import EVENTS
from qualtui.tracking.minute_counts import Counts

PERIOD = 30 * 24 * 60  # minutes that a goal is about
PRESENT = 60  # minutes that give the present rate
FEWEST = 3  # bad events in the long window: one or two are chance


class BurnPair(msgspec.Struct, frozen=True):
    """A long and a short window in minutes, and the burn rate that both may have."""

    long: int
    short: int
    limit: float


# 2 % of the budget in 1 h, 5 % in 6 h, 10 % in 3 d: table 5-8 of the workbook.
PAIRS = (BurnPair(60, 5, 14.4), BurnPair(360, 30, 6.0), BurnPair(4320, 360, 1.0))

Sums = Callable[[int], Counts]  # of the newest so many minutes


class Objective(msgspec.Struct, frozen=True):
    """What share must be good, in percent. `steady`: its events are minutes; without one, no one looked."""

    target: float
    steady: bool = False

    @property
    def allowed(self) -> float:
        """The share that may be bad; 0: there is no budget, so nothing can burn it."""
        return max(0.0, 100.0 - self.target) / 100.0

    def enough(self, minutes: int) -> float:
        """The events without which a window says nothing: 1 of 2 at night is no burn."""
        return max(EVENTS, minutes / 2) if self.steady else EVENTS


class Burn(msgspec.Struct, frozen=True):
    """The pair that is nearest to its limit, or furthest beyond it. `times` its limit; from 1 on it burns."""

    times: float
    pair: BurnPair
    rate: float  # of its long window


class Budget(msgspec.Struct, frozen=True):
    """Bad events of 30 d: `whole` may be, `left` are left (below 0: overspent), for `lasts` minutes at this rate.

    `lasts` None: the present rate is not known.
    """

    whole: float
    left: float
    lasts: float | None


def burn_of(goal: Objective, sums: Sums, watched: Sums | None = None) -> Burn | None:
    """Return the pair that burns most; None: not known.

    `watched`: the minutes that are known; of messages, a long window less than half of which was watched says
    nothing: a busy minute on the first day is no burn of 3 d.
    A long window with too few events does not burn. Where the long one is beyond its limit and nothing is known of
    the short one, it is not known whether it goes on; neither is it where a steady goal has no event at all.
    """
    if goal.steady and not sums(PAIRS[0].short).total:
        return None
    found: list[Burn] = []
    unknown = False
    for pair in PAIRS:
        long, short = sums(pair.long), sums(pair.short)
        blind = watched is not None and watched(pair.long).total < pair.long / 2
        if blind or long.total < goal.enough(pair.long) or long.bad < FEWEST:
            found.append(Burn(0.0, pair, 0.0))
            continue
        rate = _rate(long, goal)
        if short.total:
            found.append(Burn(min(rate, _rate(short, goal)) / pair.limit, pair, rate))
        elif rate >= pair.limit:
            unknown = True
    worst = max(found, key=lambda one: one.times, default=None)
    if unknown and (worst is None or worst.times < 1):
        return None
    return worst


def budget_of(goal: Objective, sums: Sums) -> Budget | None:
    """Return the budget of the events that are known; None below 20 of them."""
    known = sums(PERIOD)
    if known.total < EVENTS:
        return None
    whole = goal.allowed * known.total
    left = whole - known.bad
    return Budget(whole, left, _lasts(goal, left, sums(PRESENT)))


def _lasts(goal: Objective, left: float, present: Counts) -> float | None:
    """The minutes until nothing is left, PERIOD at most: linear, by the rate of the last hour."""
    if left <= 0:
        return 0.0
    if goal.steady and not present.total:
        return None
    rate = present.bad / (present.total if goal.steady else PRESENT)
    return min(float(PERIOD), left / rate) if rate > 0 else float(PERIOD)


def _rate(counts: Counts, goal: Objective) -> float:
    """The burn rate of a window that has events."""
    return counts.bad / counts.total / goal.allowed
