"""The outbox's decisions: which notice a channel sends next, and when a failed one is retried. Pure."""

from collections.abc import Iterable

from qualtui.model import Notice

FIRST_WAIT = 2.0  # s before the second try
LONGEST_WAIT = 300.0  # s between later ones


def next_for(target: str, notices: Iterable[Notice], now: float) -> Notice | None:
    """Return the channel's next notice: the oldest one that is due, else the one that is due first.

    Order is kept within an incident; a notice that always fails delays no other incident's notices.
    """
    heads: dict[int | str, Notice] = {}
    for notice in sorted(notices, key=lambda n: n.queued_at):
        if notice.channel == target and notice.status in {"queued", "sending"}:
            heads.setdefault(notice.number or notice.key, notice)
    return min(heads.values(), key=lambda n: (wait_for(n, now), n.queued_at), default=None)


def wait_for(notice: Notice, now: float) -> float:
    """Return the seconds until the notice is due, 0 if it is due now."""
    wait = notice.next_at - now
    return wait if 0 < wait <= LONGEST_WAIT else 0.0  # longer than LONGEST_WAIT: the clock was set back since


def retry_at(attempt: int, queued_at: float, now: float, retry_for: float) -> float | None:
    """Return when a notice is retried after its `attempt`-th failure; None: it is given up.

    Exponential backoff: 2, 4, 8 ... s, at most five minutes, until `retry_for` seconds after it was queued.
    """
    wait: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempt - 1, 10))
    return None if now + wait > queued_at + retry_for else now + wait
