"""One sender whose messages keep the bot's one worker busy. Pure."""

from collections import Counter

from qualtui.tracking.replies import WROTE, ReplyState

MANY = 15  # messages of one sender in WROTE seconds: more than a person writes


def flooder(book: ReplyState, now: float) -> tuple[str, int]:
    """The lead that wrote most in the last WROTE seconds, where it is a flood, and how many messages; ("", 0)."""
    counts = Counter(lead for at, lead in book.wrote if at >= now - WROTE)
    lead, most = max(counts.items(), key=lambda each: each[1], default=("", 0))
    return (lead, most) if most >= MANY and 2 * most > counts.total() else ("", 0)
