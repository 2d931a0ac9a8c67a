"""The figures of customers: numbers out of the ledger's book."""

import math
from collections.abc import Sequence

from qualtui.signals.book import HOUR, Book, Owed
from qualtui.signals.ledger import Ledger


def nearest_rank(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: the smallest value that at least `percent` of all do not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def waiting(ledger: Ledger, book: Book, now: float, grace: float) -> dict[str, Owed]:
    """The customers who wait, by lead: the backlog and those younger than `grace` left out."""
    return {
        lead: owed
        for lead, owed in book.owed.items()
        if not owed.backlog(ledger.born) and now - owed.since >= grace
    }


def figures(ledger: Ledger, book: Book, now: float, grace: float, lost_after: float) -> dict[str, float | None]:
    """The series that the ledger gives, by name without the agent; None: nothing to tell yet."""
    wait = waiting(ledger, book, now, grace)
    replies = [seconds for at, seconds in book.replies if at >= now - HOUR]
    return {
        "customers.waiting": float(len(wait)),
        "customers.oldest": max((max(0.0, now - owed.since) for owed in wait.values()), default=0.0),
        "customers.lost": float(sum(now - owed.since > lost_after for owed in wait.values())),
        "customers.backlog": float(sum(owed.backlog(ledger.born) for owed in book.owed.values())),
        "customers.phantom": float(sum(owed.unheard is not None for owed in wait.values())),
        "customers.answered_1h": float(sum(at >= now - HOUR for at in book.answered.values())),
        "customers.last_reply": _age(book.last_out, now),
        "customers.last_sent": _age(book.last_sent, now),
        "customers.last_inbound": _age(book.last_in, now),
        "reply.p50": nearest_rank(replies, 50),
        "reply.p95": nearest_rank(replies, 95),
        "sessions.bot_owes": float(_bot_owes(ledger, wait)),
    }


def _bot_owes(ledger: Ledger, wait: dict[str, Owed]) -> int:
    """Active sessions whose last row is the customer's: a phantom row is the bot's, so it does not count."""
    sessions = set()
    for lead, owed in wait.items():
        check = ledger.checks.get(lead)
        silent = owed.unheard is None or owed.unheard < owed.last
        if owed.session and silent and check is not None and check.active:
            sessions.add(owed.session)
    return len(sessions)


def _age(at: float | None, now: float) -> float | None:
    return None if at is None else max(0.0, now - at)
