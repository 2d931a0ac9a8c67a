"""Failures seen in the rows of messages: the error rate, failures in a row, sends that hang. Pure.

A message has failed when it has no delivered answer for longer than the reply allowance. One that is younger and
still open is neither good nor bad, and is not counted.
"""

from qualtui.tracking.replies import ReplyState

EVENTS = 20  # a ratio of fewer events is told as counts, and alarms nobody


def percent(part: float, whole: float) -> float | None:
    """The share in percent; None where there are too few events for one."""
    return 100.0 * part / whole if whole >= EVENTS else None


def failures(
    book: ReplyState, born: float, now: float, window: float, allowance: float
) -> dict[str, float | None]:
    """failures.* by name without the agent, of the messages that came in the last `window` seconds.

    `failures.rate` below EVENTS messages is 0: what few messages tell is in its counts, and ends an alarm.
    """
    start = now - window
    open_ = [at for times in book.asked.values() for at in times if at >= born]
    failed = [at for at in open_ if now - at > allowance]
    recent = sum(at >= start for at in failed)
    messages = recent + sum(at >= start for at in book.settled)
    newest = book.last_settled
    return {
        "failures.unanswered": float(recent),
        "failures.messages": float(messages),
        "failures.rate": percent(recent, messages) or 0.0,
        "failures.consecutive": float(sum(newest is None or at > newest for at in failed)),
        "failures.sends": float(sum(at >= start for at in book.unheard)),
        "failures.timeouts": float(sum(at >= start for at in book.hung)),
    }
