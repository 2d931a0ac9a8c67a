"""The outbox's decisions: which notice is next for a target, and when a failed one is tried again. Pure."""

from collections.abc import Iterable

from qualtui.model import Notice

FIRST_WAIT = 2.0  # s before the second try
LONGEST_WAIT = 300.0  # s between later ones


def next_for(target: str, notices: Iterable[Notice]) -> Notice | None:
    """The oldest notice that is owed to the target, due or not: order is kept within a target."""
    owed = [n for n in notices if n.target == target and n.status in {"queued", "sending"}]
    return min(owed, key=lambda n: n.queued_at, default=None)


def retry_at(attempt: int, queued_at: float, now: float, retry_for: float) -> float | None:
    """When a notice that failed for the `attempt`-th time is tried again; None: given up.

    Exponential backoff: 2, 4, 8 ... s, at most five minutes, until `retry_for` seconds after it was queued.
    """
    wait: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempt - 1, 10))
    return None if now + wait > queued_at + retry_for else now + wait
