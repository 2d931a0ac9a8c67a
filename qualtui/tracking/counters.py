"""What the agent's own counters are worth. They live in one worker and begin at none when it is recycled. Pure.

A key that is absent counts 0: a worker that has just booted has none. `failed` and `total` include the sends that
were skipped as duplicates, so these are taken off. A failed send counts as a success there: see `contradicted`.

When between two looks a send came is not known, so a window is filled by the steps that lie wholly inside it.
"""

import msgspec

from qualtui.text.message import Saying, Text, message
from qualtui.tracking.failures import percent
from qualtui.tracking.replies import REPLIES

NAMES = tuple(f"agent.{word}" for word in ("sent_1h", "claimed", "failed_1h", "deduped_1h", "success", "boots_1h"))
HOUR = 3600.0
LATE = 60.0  # s after which a send's row is there to be read: that far back the fast lane reads again (OVERLAP)
SLACK = 3  # claims of an hour without a row that are no contradiction: writes may fail now and then


class CountersError(Exception):
    """The answer is not the agent's /metrics; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


NOT_COUNTERS = message("not the agent's counters")


class Counters(msgspec.Struct, frozen=True):
    """Since the worker's boot."""

    sent: int = 0  # the worker says that the gateway took them
    failed: int = 0  # without the skipped ones
    deduped: int = 0  # skipped: the same text to the same phone within 5 minutes


class CounterStep(msgspec.Struct, frozen=True):
    """What came between two looks; `booted`: the worker was recycled, and what it did before that is lost."""

    since: float  # when the previous poll began
    at: float  # when this one was answered
    sent: int
    failed: int
    deduped: int
    booted: bool


class _Messages(msgspec.Struct, frozen=True):
    successful_sent: float = 0
    failed_sent: float = 0
    deduped: float = 0


class _Totals(msgspec.Struct, frozen=True):
    messages: _Messages = _Messages()


class _Body(msgspec.Struct, frozen=True):
    totals: _Totals


_body = msgspec.json.Decoder(_Body)
_LARGEST = 1e15


def counters(body: bytes) -> Counters:
    """The counters in an answer. Raises CountersError."""
    try:
        given = _body.decode(body).totals.messages
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise CountersError(NOT_COUNTERS) from None
    values = (given.successful_sent, given.failed_sent, given.deduped)
    if not all(0 <= value <= _LARGEST for value in values):
        raise CountersError(message("counters that no worker has"))
    sent, failed, deduped = (int(value) for value in values)
    return Counters(sent, max(0, failed - deduped), deduped)


class Looks(msgspec.Struct, frozen=True):
    """What was seen of the counters: the newest poll, when it began, and the steps of the last hour."""

    newest: Counters | None = None
    asked: float = 0.0
    steps: tuple[CounterStep, ...] = ()


def with_look(looks: Looks, after: Counters, asked: float, at: float) -> Looks:
    """The polls with one more, begun and answered at these times."""
    steps = tuple(one for one in looks.steps if one.since >= at - HOUR)
    if looks.newest is not None and looks.asked >= at - HOUR:
        steps = (*steps, counter_step(looks.newest, after, looks.asked, at))
    return Looks(after, asked, steps)


def counter_step(before: Counters, after: Counters, since: float, at: float) -> CounterStep:
    """The increase; a counter that fell started again, so it is itself the increase, as in Prometheus's rate()."""
    booted = after.sent < before.sent or after.failed < before.failed or after.deduped < before.deduped
    base = Counters() if booted else before
    sent, failed = after.sent - base.sent, after.failed - base.failed
    return CounterStep(since, at, sent, failed, after.deduped - base.deduped, booted)


def sends_claimed(looks: Looks, at: float, reach: float) -> dict[str, tuple[float | None, Saying]]:
    """agent.* at a look: value and note; no value for an hour of which no step is known.

    `agent.claimed` are the sends whose rows `messages.sent_1h` must hold as long as this answer is believed, which
    is for `reach` seconds. Without sends there is no success rate.
    """
    steps = looks.steps
    if not steps:
        note = message("counted from the first look on")
        return dict.fromkeys(NAMES, (None, note))
    sent, failed = sum(one.sent for one in steps), sum(one.failed for one in steps)
    claims = [one.sent for one in steps if one.since >= at - HOUR + reach and one.at <= at - LATE]
    return {
        "agent.sent_1h": (float(sent), ""),
        "agent.claimed": (float(sum(claims)) if claims else None, ""),
        "agent.failed_1h": (float(failed), ""),
        "agent.deduped_1h": (float(sum(one.deduped for one in steps)), ""),
        "agent.success": (percent(sent, sent + failed), f"{sent} of {sent + failed}"),
        "agent.boots_1h": (float(sum(one.booted for one in steps)), ""),
    }


def contradicted(claimed: float, rows: float) -> bool:
    """Whether the worker claims sends of which there are no rows. More rows than claims are normal: the sheet's
    watcher sends from another process, a recycled worker forgets, and the rows are those of a longer time."""
    return min(claimed, REPLIES) - rows > SLACK
