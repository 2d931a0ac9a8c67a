"""One sender whose messages keep the bot's one worker busy. Pure."""

from collections import Counter

from qualtui.tracking.replies import WROTE, ReplyState

MANY = 15  # messages of one sender in WROTE seconds: more than a person writes
# Rows of the sender in WROTE seconds that prove that the bot takes its messages: what its chat has besides waits
# in the bot's queue. A worker that is killed every 120 s, or a webhook that fails, stores fewer.
STORED = 4
LEAST = 10.0  # s: a machine that plays a fast demo is no faster for that


def flood_window(speed: float = 1.0) -> float:
    """The seconds in which messages are counted. `speed`: a demo's time is faster."""
    return max(LEAST, WROTE / speed)


def flooder(book: ReplyState, now: float, window: float = WROTE) -> tuple[str, int]:
    """The lead that wrote most in the last `window` seconds, where it is a flood, and how many messages; ("", 0).

    Rows count, and where the gateway's chat has more messages of a sender than the bot has stored, these.
    """
    rows = Counter(lead for at, lead in book.wrote if at >= now - window)
    counts = Counter(rows)
    for lead, times in book.chatted.items():
        if rows[lead] >= STORED:
            counts[lead] = max(rows[lead], sum(at >= now - window for at in times))
    lead, most = max(counts.items(), key=lambda each: each[1], default=("", 0))
    return (lead, most) if most >= MANY and 2 * most > counts.total() else ("", 0)
