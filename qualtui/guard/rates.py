"""How often one sender, one session and all together may post: moving windows in the memory of one worker.

`limits` counts; its memory storage has no bound, so the number of senders in it is bounded here: who comes beyond
that shares one window with all others of the kind.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from qualtui.guard.rate_text import Rate, read_rate
from qualtui.guard.settings import RateSettings

OVERFLOW = "overflow"
RATE = "rate"  # begins each reason


class KeyBound:
    """At most `largest` keys. One gives way when it was not used for its window; else newcomers share."""

    def __init__(self, largest: int, window: float, forget: Callable[[str], None]) -> None:
        self._largest = largest
        self._window = window
        self._forget = forget
        self._used: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._used)

    def of(self, key: str, now: float) -> str:
        """The key to count under."""
        if key not in self._used and len(self._used) >= self._largest:
            oldest, used = next(iter(self._used.items()))
            if now - used < self._window:
                return OVERFLOW
            del self._used[oldest]
            self._forget(oldest)
        self._used[key] = now
        self._used.move_to_end(key)
        return key


class Rates:
    """The counters. Nothing is opened before the first message, after a fork."""

    def __init__(self, settings: RateSettings) -> None:
        self._sender = read_rate(settings.per_sender)
        self._session = read_rate(settings.per_session)
        self._total = read_rate(settings.total)
        self._lock = threading.Lock()
        self._storage: MemoryStorage | None = None
        self._limiting: MovingWindowRateLimiter | None = None
        window = self._sender.seconds if self._sender else 0
        self._bound = KeyBound(settings.senders, window, self._forget)

    def exceeded(self, sender: str, session: str, *, known: bool, now: float) -> str:
        """Count a message; the limit that it exceeds, empty: none. A known customer never exceeds the total."""
        with self._lock:
            limiter = self._limiter()
            if self._sender:
                key = self._bound.of(sender, now)
                if not limiter.hit(_item(self._sender), "sender", key):
                    return f"{RATE} of its sender"
            if self._session and not limiter.hit(_item(self._session), "session", session):
                return f"{RATE} of the session"
            if self._total and not limiter.hit(_item(self._total), "total") and not known:
                return f"{RATE} of all"
        return ""

    def _limiter(self) -> MovingWindowRateLimiter:
        if self._limiting is None:
            self._storage = MemoryStorage()
            self._limiting = MovingWindowRateLimiter(self._storage)
        return self._limiting

    def _forget(self, sender: str) -> None:
        if self._storage is not None and self._sender:
            self._storage.clear(_item(self._sender).key_for("sender", sender))


def _item(rate: Rate) -> RateLimitItem:
    return RateLimitItemPerSecond(rate.count, rate.seconds)
