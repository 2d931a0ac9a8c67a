"""Whether the gateway could deliver at an instant. A row that says sent proves nothing by itself."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from qualtui.model import Sample


class GatewayWord(StrEnum):
    """What is known of the gateway at an instant."""

    WORKING = "working"
    BROKEN = "broken"
    LATER = "later"  # the next sample will tell
    UNKNOWN = "unknown"  # no source, or it was not asked then


Gateway = Callable[[float], GatewayWord]


def no_gateway(_at: float) -> GatewayWord:
    """The word where no gateway is configured: what the rows say counts."""
    return GatewayWord.UNKNOWN


def gateway_word(samples: Sequence[Sample], at: float, now: float, reach: float) -> GatewayWord:
    """The word for the instant `at`, from samples of waha.working, oldest first.

    The nearest known samples before and after `at`, at most `reach` seconds away, decide. One 0 makes it
    BROKEN: a refused send is stored as sent at once, so a break shows only in the sample after it.
    """
    middle = bisect_right(samples, at, key=lambda sample: sample.at)
    before = _nearest(reversed(samples[:middle]), at, reach)
    after = _nearest(samples[middle:], at, reach)
    if 0.0 in (before, after):
        return GatewayWord.BROKEN
    if after is None:
        return GatewayWord.LATER if now <= at + reach else GatewayWord.UNKNOWN
    return GatewayWord.WORKING


def _nearest(samples: Iterable[Sample], at: float, reach: float) -> float | None:
    for sample in samples:
        if abs(sample.at - at) > reach:
            return None
        if sample.value is not None:
            return sample.value
    return None
