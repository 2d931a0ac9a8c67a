"""The outbox's decisions: which notice is next for a target, and when a failed one is tried again. Pure."""

from collections.abc import Iterable

from qualtui.model import Notice

FIRST_WAIT = 2.0  # s before the second try
LONGEST_WAIT = 300.0  # s between later ones


def next_for(target: str, notices: Iterable[Notice], now: float) -> Notice | None:
    """The next notice that is owed to the target: the oldest one that is due, else the one that is due first.

    Order is kept within an incident; one that the target will never take holds up no other incident's.
    """
    heads: dict[int | str, Notice] = {}
    for notice in sorted(notices, key=lambda n: n.queued_at):
        if notice.channel == target and notice.status in {"queued", "sending"}:
            heads.setdefault(notice.number or notice.key, notice)
    return min(heads.values(), key=lambda n: (wait_for(n, now), n.queued_at), default=None)


def wait_for(notice: Notice, now: float) -> float:
    """The seconds until a notice is due, 0 where it is."""
    wait = notice.next_at - now
    return wait if 0 < wait <= LONGEST_WAIT else 0.0  # longer than any: the clock was set back since


def retry_at(attempt: int, queued_at: float, now: float, retry_for: float) -> float | None:
    """When a notice that failed for the `attempt`-th time is tried again; None: given up.

    Exponential backoff: 2, 4, 8 ... s, at most five minutes, until `retry_for` seconds after it was queued.
    """
    wait: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempt - 1, 10))
    return None if now + wait > queued_at + retry_for else now + wait
