"""How many customers of an agent wait, for how long, and how many waited at most: what notices report."""

from collections.abc import Callable

from qualtui.engine.sample_cache import SampleCache
from qualtui.notify.facts import WaitPeak

GAP = 60.0  # s between two known figures in which no one says how many waited

Oldest = Callable[[str], float | None]  # seconds that an agent's longest wait has lasted; None: not known


def unknown(_agent: str) -> float | None:
    """It is not known how long anybody has waited."""
    return None


def wait_peak(recent: SampleCache, agent: str, since: float, until: float) -> WaitPeak:
    """The most customers of an agent who waited at the same time, by the samples that are in memory."""
    most, known, complete = 0.0, since, True
    for sample in recent.since(f"{agent}/customers.waiting", since):
        if sample.value is None or not since <= sample.at <= until:
            continue
        complete = complete and sample.at - known <= GAP
        most, known = max(most, sample.value), sample.at
    return WaitPeak(int(most), complete and until - known <= GAP)
