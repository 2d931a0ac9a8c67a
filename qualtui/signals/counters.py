"""What the agent's own counters are worth. They live in one worker and begin at none when it is recycled. Pure.

A key that is absent counts 0: a worker that has just booted has none. `failed` and `total` include the sends that
were skipped as duplicates, so these are taken off. A failed send counts as a success there: see `contradicted`.
"""

from collections.abc import Iterable

import msgspec

from qualtui.signals.failures import percent

HOUR = 3600.0
SLACK = 3  # sends between two looks at the same moment: claimed, and their rows not yet seen


class CountersError(Exception):
    """The answer is not the agent's /metrics."""


class Counters(msgspec.Struct, frozen=True):
    """Since the worker's boot."""

    sent: int = 0  # the worker says that the gateway took them
    failed: int = 0  # without the skipped ones
    deduped: int = 0  # skipped: the same text to the same phone within 5 minutes


class Step(msgspec.Struct, frozen=True):
    """What came between two looks; `booted`: the worker was recycled, and what it did before that is lost."""

    at: float
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
        raise CountersError("not the agent's counters") from None
    values = (given.successful_sent, given.failed_sent, given.deduped)
    if not all(0 <= value <= _LARGEST for value in values):
        raise CountersError("counters that no worker has")
    sent, failed, deduped = (int(value) for value in values)
    return Counters(sent, max(0, failed - deduped), deduped)


def step(before: Counters, after: Counters, at: float) -> Step:
    """The increase; a counter that fell began anew, so it is itself the increase, as in Prometheus's rate()."""
    booted = after.sent < before.sent or after.failed < before.failed or after.deduped < before.deduped
    base = Counters() if booted else before
    return Step(at, after.sent - base.sent, after.failed - base.failed, after.deduped - base.deduped, booted)


def told(steps: Iterable[Step]) -> dict[str, tuple[float | None, str]]:
    """agent.* of the steps of the last hour: value and note. Without sends there is no success rate."""
    kept = tuple(steps)
    sent, failed = sum(one.sent for one in kept), sum(one.failed for one in kept)
    note = f"{sent} of {sent + failed}"
    return {
        "agent.sent_1h": (float(sent), ""),
        "agent.failed_1h": (float(failed), ""),
        "agent.deduped_1h": (float(sum(one.deduped for one in kept)), ""),
        "agent.success": (percent(sent, sent + failed), note),
        "agent.boots_1h": (float(sum(one.booted for one in kept)), ""),
    }


def contradicted(claimed: float, rows: float) -> bool:
    """Whether the worker claims sends of which there are no rows. More rows than claims are normal: the sheet's
    watcher sends from another process, and a recycled worker forgets."""
    return claimed - rows > max(SLACK, 0.2 * claimed)
