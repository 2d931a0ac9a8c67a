"""The figures of customers: numbers out of the ledger's book."""

import math
from collections.abc import Sequence

import msgspec

from qualtui.tracking.answered_share import Told, answered_share
from qualtui.tracking.failures import EVENTS, failures
from qualtui.tracking.flood import flooder
from qualtui.tracking.ledger import Ledger
from qualtui.tracking.overdue import Patience, overdue, workable
from qualtui.tracking.replies import DAY, HOUR, WROTE, PendingReply, ReplyState
from qualtui.tracking.wait_cause import WaitCause, cause_of, cause_text, of_the_oldest

OPEN, OPEN_OLDEST = "customers.open_before_start", "customers.open_oldest"
AHEAD = 5.0  # s that a row may be ahead of the server's clock that was read before it


def nearest_rank(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: the smallest value that at least `percent` of all do not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def who_waits(ledger: Ledger, book: ReplyState, now: float, grace: float) -> dict[str, PendingReply]:
    """The customers who wait, by lead: the backlog and those younger than `grace` left out.

    Who wrote in the day before qualtui first looked is among them.

    One stored under a time to come waits, too: no one knows since when.
    """
    return {
        lead: owed
        for lead, owed in book.owed.items()
        if not owed.backlog(ledger.edge) and not -AHEAD <= now - owed.since < grace
    }


def backlog(ledger: Ledger, book: ReplyState) -> dict[str, PendingReply]:
    """The backlog, by lead."""
    return {lead: owed for lead, owed in book.owed.items() if owed.backlog(ledger.edge)}


class Limits(msgspec.Struct, frozen=True):
    """What the figures are judged by, in seconds: see the configuration's keys of the same names, and `flood`."""

    grace: float = 0.0
    lost_after: float = DAY
    error_window: float = 600.0
    reply_within: float = 180.0
    flood_window: float = WROTE


def customer_figures(ledger: Ledger, book: ReplyState, now: float, limits: Limits) -> dict[str, float | None]:
    """The series that the ledger gives, by name without the agent; None: nothing known yet."""
    return _figures(ledger, book, who_waits(ledger, book, now, limits.grace), now, limits)


def reply_figures(ledger: Ledger, book: ReplyState, now: float, limits: Limits) -> Told:
    """The same with their notes: that of an oldest wait is its cause."""
    wait = who_waits(ledger, book, now, limits.grace)
    since, before = _parted(wait, ledger.born)
    causes = {"customers.oldest": of_the_oldest(since), OPEN_OLDEST: of_the_oldest(before)}
    values = _figures(ledger, book, wait, now, limits)
    return {
        name: (value, "") if (cause := causes.get(name)) is None else (value, cause_text(cause), cause.value)
        for name, value in values.items()
    }


def _parted(wait: dict[str, PendingReply], born: float) -> tuple[dict[str, PendingReply], dict[str, PendingReply]]:
    """Who waits since qualtui first looked, and who was open before: of these no rule of CRITICAL speaks."""
    before = {lead: owed for lead, owed in wait.items() if owed.open_before(born)}
    return {lead: owed for lead, owed in wait.items() if lead not in before}, before


def _figures(
    ledger: Ledger, book: ReplyState, wait: dict[str, PendingReply], now: float, limits: Limits
) -> dict[str, float | None]:
    since, before = _parted(wait, ledger.born)
    patience = Patience(book, now, limits.reply_within)
    owes = _bot_owes(ledger, wait)
    return {
        "customers.waiting": float(len(wait)),
        "customers.oldest": _oldest(since, now),
        OPEN: float(len(before)),
        OPEN_OLDEST: _oldest(before, now),
        "customers.overdue": float(overdue(wait, patience, now)),
        "customers.workable": float(workable(wait, patience, now)),
        "customers.lost": float(
            sum(owed.refused or now - owed.since > limits.lost_after for owed in since.values())
        ),
        "customers.backlog": float(len(backlog(ledger, book))),
        "customers.phantom": float(sum(owed.unheard is not None for owed in wait.values())),
        "customers.never_greeted": float(sum(cause_of(owed) is WaitCause.NEVER_GREETED for owed in wait.values())),
        "customers.unseen": float(sum(owed.unstored is not None for owed in wait.values())),
        "customers.flood": float(flooder(book, now, limits.flood_window)[1]),
        "customers.unstored": float(sum(_unstored(owed, now, limits.reply_within) for owed in wait.values())),
        "customers.claimed": float(len(book.claimed)),
        "customers.answered_1h": float(sum(at >= now - HOUR for at in book.answered.values())),
        "customers.last_reply": _age(book.last_out, now),
        "customers.last_sent": _age(book.last_sent, now),
        "customers.last_row": _age(_newest(book.last_in, book.last_sent), now),
        "customers.last_inbound": _age(book.last_in, now),
        "messages.sent_1h": float(sum(at >= now - HOUR for at in book.sent)),
        **_replies(book, now, limits.error_window, limits.reply_within),
        **failures(book, ledger.born, now, limits.error_window, limits.reply_within),
        **answered_share(book, ledger.born, now, limits.reply_within),
        "sessions.bot_owes": float(len(owes)),
        "sessions.owed_for": max((max(0.0, now - owed.last) for owed in owes), default=0.0),
    }


def _oldest(wait: dict[str, PendingReply], now: float) -> float:
    return max((max(0.0, now - owed.since) for owed in wait.values()), default=0.0)


def _replies(book: ReplyState, now: float, window: float, allowance: float) -> dict[str, float | None]:
    """Reply times of the last hour.

    `recent` are follow-ups of the window or the newest EVENTS, from so many on. One that took longer than the
    allowance is a failure, counted as such, and no slow reply: after an outage replies are not slow for an hour.
    """
    first = [seconds for at, seconds in book.firsts if at >= now - HOUR]
    hour = [(at, seconds) for at, seconds in book.replies if at >= now - HOUR]
    good = sorted((at, seconds) for at, seconds in hour if seconds <= allowance)
    newest = max(EVENTS, sum(at >= now - window for at, _seconds in good))
    recent = [seconds for _at, seconds in good[-newest:]]
    follow = [seconds for _at, seconds in hour]
    every = [*follow, *first]
    return {
        "reply.p50": nearest_rank(every, 50),
        "reply.p95": nearest_rank(every, 95),
        "reply.follow_p50": nearest_rank(follow, 50),
        "reply.follow_p95": nearest_rank(follow, 95),
        "reply.first_p50": nearest_rank(first, 50),
        "reply.first_p95": nearest_rank(first, 95),
        "reply.recent_p95": (nearest_rank(recent, 95) if len(recent) >= EVENTS else None) or 0.0,
    }


def _unstored(owed: PendingReply, now: float, patience: float) -> bool:
    """A message in the gateway's chats that no row has, for longer than it may wait for the bot's one worker."""
    return owed.unstored is not None and now - owed.unstored > patience


def _bot_owes(ledger: Ledger, wait: dict[str, PendingReply]) -> list[PendingReply]:
    """Customers whose newest message is in an active session and has no row of the bot's after it, each once.

    A phantom row is the bot's, so it does not count.
    """

    def owes(lead: str, owed: PendingReply) -> bool:
        check = ledger.checks.get(lead)
        silent = owed.unheard is None or owed.unheard < owed.last
        return bool(owed.session and silent and check is not None and check.active)

    return [owed for lead, owed in wait.items() if owes(lead, owed)]


def _newest(*times: float | None) -> float | None:
    return max((at for at in times if at is not None), default=None)


def _age(at: float | None, now: float) -> float | None:
    return None if at is None else max(0.0, now - at)
