"""How often something may be done: a token bucket for each name, and one for all together. Time is passed in."""

from collections import OrderedDict

import msgspec

NAMES = 1000  # that are remembered, the newest


class RateLimit(msgspec.Struct, frozen=True):
    """So many at once, and one more every `seconds`."""

    burst: int
    seconds: float


class RateLimits:
    """`each` name has its own limit beside that of `all` together."""

    def __init__(self, each: RateLimit, every: RateLimit) -> None:
        self._each = each
        self._every = every
        self._all: tuple[float, float] | None = None  # what is left, and when
        self._names: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allow(self, name: str, now: float) -> bool:
        """Count one more; whether it is within both limits."""
        left = _left(self._all, self._every, now)
        if left < 1:
            return False
        self._all = left - 1, now
        left = _left(self._names.pop(name, None), self._each, now)
        self._names[name] = max(0.0, left - 1), now
        while len(self._names) > NAMES:
            self._names.popitem(last=False)
        return left >= 1


def _left(known: tuple[float, float] | None, limit: RateLimit, now: float) -> float:
    if known is None:
        return float(limit.burst)
    left, at = known
    return min(float(limit.burst), left + max(0.0, now - at) / limit.seconds)
