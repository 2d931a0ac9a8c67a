"""The bot's one worker: what it counts, until it is recycled."""

import random
from collections import Counter

import msgspec

REQUESTS = (900, 1100)  # that a worker serves: gunicorn's max_requests, 1000 and 100 of jitter
BUCKET = 300.0  # s of the clock in which the same text is said once to a phone


class Worker:
    """Everything that it counts ends with it."""

    def __init__(self, seed: int, tally: Counter[str]) -> None:
        self._rng = random.Random(seed)  # its own: what we ask must not change what the customers do
        self._tally = tally
        self.boot()

    def boot(self) -> None:
        """A new one, that knows nothing of the one before."""
        self.sent = 0  # also those of which it only believes it
        self.deduped = 0
        self._tally["workers"] += 1
        self._left = self._rng.randint(*REQUESTS)

    def asked(self) -> None:
        """Serves one request more, whatever it is."""
        self._left -= 1
        if self._left <= 0:
            self.boot()

    def metrics(self) -> bytes:
        """The body of GET /metrics: keys of what never was are absent, and a rate of nothing is 0.0."""
        self.asked()
        total = self.sent + self.deduped
        counts = {
            "total_sent": total,
            "successful_sent": self.sent,
            "failed_sent": self.deduped,
            "deduped": self.deduped,
        }
        totals = {"messages": {name: count for name, count in counts.items() if count}}
        rate = 100.0 * self.sent / total if total else 0.0
        return msgspec.json.encode({"totals": totals, "rates": {"message_success_rate": rate}})
