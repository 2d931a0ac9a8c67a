"""What a play was worth, by what the simulated customers saw. Pure."""

import math
from collections.abc import Collection, Sequence

import msgspec

from benchmarks.promise.people import Wait
from benchmarks.promise.rates import BY_KIND
from benchmarks.truth.faults import DAY, Kind
from benchmarks.truth.must import MUST

LATE = 600.0  # s
LOST = DAY  # s of a wait after which a customer is lost
ANSWERS = frozenset({"retry", "session-cleanup"})


class Outcome(msgspec.Struct, frozen=True):
    """Figures of one play. Times in seconds."""

    lost: int = 0
    waited_over_10m: int = 0
    median_wait_s: float = 0.0
    p95_wait_s: float = 0.0
    pages: int = 0
    automatic_runs: int = 0
    wrong_runs: int = 0
    sent_twice: int = 0

    @property
    def harm(self) -> bool:
        """Whether it did what it may never do."""
        return bool(self.wrong_runs or self.sent_twice)


def right(fix: str, going: Collection[Kind], waiting: int) -> bool:
    """Whether a fix had a reason to run, in truth. `going`: what was broken; `waiting`: how many waited then.

    One that touches customers or their sessions needs a customer who waits, any other a fault that it is for.
    """
    if fix in ANSWERS:
        return waiting > 0
    return any(fix in MUST[kind].fixes or fix in BY_KIND[kind].fixes for kind in going)


def outcome(waits: Sequence[Wait], pages: int = 0, automatic: Sequence[bool] = (), sent_twice: int = 0) -> Outcome:
    """The figures. `automatic`: of each automatic run whether it was right."""
    seconds = sorted(one.seconds for one in waits)
    return Outcome(
        lost=len({one.lead for one in waits if one.seconds >= LOST}),
        waited_over_10m=len({one.lead for one in waits if one.seconds > LATE}),
        median_wait_s=round(quantile(seconds, 0.5), 1),
        p95_wait_s=round(quantile(seconds, 0.95), 1),
        pages=pages,
        automatic_runs=len(automatic),
        wrong_runs=sum(not right for right in automatic),
        sent_twice=sent_twice,
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """By nearest rank; 0 of nothing."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
