"""Rows S6, S7 and S9 as they are written: of our own questions at GET /health, whoever they concern. Pure."""

from collections.abc import Sequence
from itertools import takewhile

from qualtui.model import EARLY, Sample
from qualtui.text.message import message
from qualtui.tracking.failures import percent

NAMES = ("row.asked", "row.error_rate", "row.consecutive_errors", "row.timeouts")


def literal_samples(
    agent: str, up: Sequence[Sample], silent: Sequence[Sample], now: float, window: float
) -> tuple[Sample, ...]:
    """row.* from samples of health.up and health.silent, oldest first; nothing while nothing is known.

    A newest sample without a value gives ones without values. A rate needs 20 questions.
    """
    if not up:
        return ()
    newest = up[-1]
    if newest.value is None:
        return tuple(Sample(f"{agent}/{name}", newest.at, None, newest.note) for name in NAMES)
    asked = [sample.value for sample in up if sample.value is not None and sample.at >= now - window]
    bad = sum(not value for value in asked)
    answered = [sample for sample in up if sample.value is not None]
    in_a_row = sum(1 for _sample in takewhile(lambda sample: not sample.value, reversed(answered)))
    late = sum(bool(sample.value) for sample in silent if sample.at >= now - window)
    told = (float(len(asked)), percent(bad, len(asked)), float(in_a_row), float(late))
    note = message("{part:whole} of {all:whole}", part=bad, all=len(asked))
    return tuple(
        Sample(f"{agent}/{name}", newest.at, value, note, EARLY if value is None else "")
        for name, value in zip(NAMES, told, strict=True)
    )
