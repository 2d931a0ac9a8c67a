"""Failures seen in the rows of messages: the error rate, failures in a row, sends that hang. Pure.

A message has failed when it has no delivered answer for longer than the reply allowance. One that is younger and
still open is neither good nor bad, and is not counted. Of a customer who floods the bot one message counts, and of
anybody else so few in the rate that no single person makes it an alarm of many.
"""

from collections.abc import Sequence

from qualtui.tracking.flood import MANY
from qualtui.tracking.replies import ReplyState

EVENTS = 20  # a ratio of fewer events is given as counts, and alarms no one
ONE_PERSON = 4  # failed messages of one customer that count in the rate: a fifth of EVENTS


def percent(part: float, whole: float) -> float | None:
    """The share in percent; None where there are too few events for one."""
    return 100.0 * part / whole if whole >= EVENTS else None


def failures(
    book: ReplyState, born: float, now: float, window: float, allowance: float
) -> dict[str, float | None]:
    """failures.* by name without the agent, of the messages that came in the last `window` seconds.

    `failures.rate` of few messages is a true figure and no alarm: the rule on it needs EVENTS (`min_events`).
    """
    start = now - window
    asked = ([at for at in times if at >= born] for times in book.asked.values())
    each = [_failed(times, start, now - allowance) for times in asked]
    recent = sum(min(ONE_PERSON, sum(at >= start for at in times)) for times in each)
    messages = recent + sum(at >= start for at in book.settled)
    newest = book.last_settled
    row = [sum(newest is None or at > newest for at in times) for times in each]  # by customer
    return {
        "failures.unanswered": float(recent),
        "failures.messages": float(messages),
        "failures.rate": 100.0 * recent / messages if messages else 0.0,
        "failures.consecutive": float(sum(row)),
        "failures.customers": float(sum(count > 0 for count in row)),
        "failures.sends": float(sum(at >= start for at in book.unheard)),
        "failures.timeouts": float(sum(at >= start for at in book.hung)),
    }


def _failed(times: Sequence[float], start: float, until: float) -> list[float]:
    """Of one customer's open messages those before `until`; of a flood since `start` the newest of them."""
    failed = [at for at in times if at < until]
    return failed[-1:] if sum(at >= start for at in times) >= MANY else failed
