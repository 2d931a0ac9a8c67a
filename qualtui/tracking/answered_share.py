"""S17: of the last day's messages, the share that was answered. Pure."""

from typing import TypeAlias

from qualtui.text.message import Saying
from qualtui.tracking.failures import percent
from qualtui.tracking.minute_counts import Counts
from qualtui.tracking.replies import DAY, ReplyState

Answer: TypeAlias = tuple[float | None, Saying] | tuple[float | None, Saying, str]  # value, note, code
Told = dict[str, Answer]  # by series without the agent


def answered_share(book: ReplyState, born: float, now: float, allowance: float) -> dict[str, float | None]:
    """S17: of the last day's messages that were answered or have failed, the share that was answered."""
    good = sum(at >= now - DAY for at in book.settled)
    failed = sum(at >= born and allowance < now - at <= DAY for times in book.asked.values() for at in times)
    return {
        "goal.answered": percent(good, good + failed),
        "goal.messages_answered": float(good),
        "goal.messages": float(good + failed),
    }


def decided(book: ReplyState, born: float, since: float, until: float) -> Counts:
    """Return the messages that came from `since` to before `until`, by the server's clock: answered, and all.

    Looked at once, when the time for a reply is over: what is answered later was late. Of one customer only one
    failed message counts, so that no single person burns a budget in a minute.
    """
    good = sum(since <= at < until for at in book.settled)
    bad = sum(any(since <= at < until and at >= born for at in times) for times in book.asked.values())
    return Counts(float(good), float(good + bad))
