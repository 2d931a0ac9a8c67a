"""Is a silence of the customers longer than their rhythm explains? Pure.

For each hour of the week, UTC, the mean number of customers who begin to write in it is learned from weeks of
messages. They begin independently, so P(no one in a silence) = exp(-expected), P(N = 0) of the Poisson
distribution. Who wrote within the hour before does not begin: a conversation is one, however long. An alarm wants
P < 1e-5.
"""

from collections.abc import Mapping

import msgspec

HOUR = 3600.0
WEEK = 168  # hours
EPOCH_SHIFT = 72  # hours from a Monday to the Thursday on which the Unix epoch began
ENOUGH = 7 * 24 * HOUR  # s of history without which nothing is learned
ALARM = 11.5  # customers expected: exp(-11.5) = 1e-5; the threshold of the rule gateway-inbound-silent


class Seasonality(msgspec.Struct, frozen=True):
    """What was learned: by hour of the week from Monday 0:00, how many customers begin to write, in the mean."""

    since: float = 0.0
    until: float = 0.0
    rates: tuple[float, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether there is a week at least."""
        return len(self.rates) == WEEK and self.until - self.since >= ENOUGH


def learned(counts: Mapping[int, float], since: float, until: float) -> Seasonality:
    """The rhythm from customers by hour of the week, counted from `since` to `until`."""
    weeks = max(1.0, (until - since) / (WEEK * HOUR))
    return Seasonality(since, until, tuple(counts.get(hour, 0.0) / weeks for hour in range(WEEK)))


def hour_of_week(at: float) -> int:
    """0 for Monday 0:00 to 1:00 UTC, up to 167."""
    return (int(at // HOUR) + EPOCH_SHIFT) % WEEK


def expected(rhythm: Seasonality, since: float, now: float) -> float:
    """How many customers would have written from `since` to `now`; of a longer silence, a week is looked at."""
    total, at = 0.0, max(since, now - WEEK * HOUR)
    while at < now:
        end = min(now, (at // HOUR + 1) * HOUR)
        total += rhythm.rates[hour_of_week(at)] * (end - at) / HOUR
        at = end
    return total
