"""Whether the gateway could deliver at an instant. A row that says sent proves nothing by itself."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from qualtui.model import Sample


class Deliverability(StrEnum):
    """What is known of the gateway at an instant."""

    WORKING = "working"
    BROKEN = "broken"
    DOUBT = "doubt"  # it broke, or recovered, between the samples around it
    LATER = "later"  # the next sample will show it
    UNKNOWN = "unknown"  # no source, or it was not asked then


GatewayAt = Callable[[float], Deliverability]


def no_gateway(_at: float) -> Deliverability:
    """The word where no gateway is configured: what the rows say counts."""
    return Deliverability.UNKNOWN


def deliverability(
    samples: Sequence[Sample], at: float, now: float, reach: float, gap: float = 0.0
) -> Deliverability:
    """The word for the instant `at`, from samples of gateway.working, oldest first.

    The nearest known samples before and after `at`, at most `reach` seconds away, decide. One 0 of two
    is DOUBT: the row was stored in the interval in which the gateway broke or recovered. So is a row of a time in
    which no one polled, as while no engine ran, where the session was broken before or after that: `gap` is the
    most seconds to look over.
    """
    middle = bisect_right(samples, at, key=lambda sample: sample.at)
    before = _nearest(reversed(samples[:middle]), at, reach)
    after = _nearest(samples[middle:], at, reach)
    if 0.0 in (before, after):
        return Deliverability.DOUBT if 1.0 in (before, after) else Deliverability.BROKEN
    if after is None:
        if now <= at + reach:
            return Deliverability.LATER
        around = (before, _nearest(reversed(samples[:middle]), at, gap), _nearest(samples[middle:], at, gap))
        return Deliverability.DOUBT if 0.0 in around else Deliverability.UNKNOWN
    return Deliverability.WORKING


def _nearest(samples: Iterable[Sample], at: float, reach: float) -> float | None:
    for sample in samples:
        if abs(sample.at - at) > reach:
            return None
        if sample.value is not None:
            return sample.value
    return None


def broken_since(samples: Sequence[Sample]) -> float | None:
    """Since when the session has not been WORKING, from samples of gateway.working, oldest first; None: it is."""
    began: float | None = None
    for sample in reversed(samples):
        if sample.value:
            break
        if sample.value is not None:
            began = sample.at
    return began


def starting(agent: str, samples: Sequence[Sample]) -> Sample | None:
    """`gateway.starting`: seconds that the session has been STARTING, 0 where it is not.

    From samples of gateway.session_starting, oldest first: values alone, for a restart restores no notes.
    None: nothing is known. A newest sample without a value gives one without a value.
    """
    if not samples:
        return None
    series, newest = f"{agent}/gateway.starting", samples[-1]
    if newest.value is None:
        return Sample(series, newest.at, None, newest.note)
    began = newest.at
    for sample in reversed(samples):
        if not sample.value:
            break
        began = sample.at
    return Sample(series, newest.at, newest.at - began)
