"""Is a reply overdue by the bot's own recent reply times, and can the bot still be working on one? Pure."""

from collections.abc import Mapping
from math import inf

from qualtui.tracking.replies import HOUR, PendingReply, ReplyState

NEWEST = 20  # replies of the last hour that say what is usual
ENOUGH = 5  # from so many on
SLOWER = 1.5  # times the slowest of these: a reply that takes longer is overdue
SLACK = 1 / 36  # of reply_within, 5 s: rows are stored and read in steps
UNKNOWN = 1 / 4  # of reply_within, 45 s: SPEC's figure of a first contact, where too few replies are known


class Patience:
    """The seconds after which a reply is overdue. `allowance`: reply_within, a slower reply is a failure.

    Words that the customer repeats need no reply, and only the chats show them: where the newest message is
    newer than what was read of them, the patience is at least that with an unknown bot.
    """

    def __init__(self, book: ReplyState, now: float, allowance: float) -> None:
        self._chats_read = inf if book.chats_read is None else book.chats_read
        self._unread = allowance * UNKNOWN
        self._first = _limit(book.firsts, now, allowance)
        self._follow = _limit(book.replies, now, allowance)

    def of(self, owed: PendingReply) -> float:
        """For this customer: a first contact is two messages."""
        usual = self._first if owed.first else self._follow
        return max(usual, self._unread) if owed.session and owed.last > self._chats_read else usual


def overdue(wait: Mapping[str, PendingReply], patience: Patience, now: float) -> int:
    """How many of those who wait have waited longer than replies usually take."""
    return sum(now - owed.since > patience.of(owed) for owed in wait.values())


def workable(wait: Mapping[str, PendingReply], patience: Patience, now: float) -> int:
    """How many have a stored message that is younger than that and has no row after it: the bot may be at work.

    The bot stores a message when its turn has come, so a stored one is the one that it works on.
    """
    return sum(
        bool(owed.session)
        and owed.unstored is None
        and (owed.unheard is None or owed.unheard < owed.last)
        and now - owed.last <= patience.of(owed)
        for owed in wait.values()
    )


def _limit(replies: tuple[tuple[float, float], ...], now: float, allowance: float) -> float:
    recent = [seconds for at, seconds in replies if at >= now - HOUR]
    known = [seconds for seconds in recent if seconds <= allowance][-NEWEST:]
    if len(known) >= ENOUGH:
        return min(allowance, SLOWER * max(known) + allowance * SLACK)
    # A queue in which most replies take longer than allowed is no bot of which nothing is known.
    return allowance if len(recent) >= ENOUGH else allowance * UNKNOWN
