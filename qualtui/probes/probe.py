"""What a probe is, and the one error that it may raise."""

from typing import Protocol

from qualtui.model import Sample
from qualtui.text.message import Saying


class ProbeError(Exception):
    """We could not ask: the one-line text goes into the samples' note, their value is None."""

    def __init__(self, text: Saying) -> None:
        super().__init__(str(text))
        self.text = text


class Probe(Protocol):
    """An async question on an interval.

    A fresh negative answer (refused, 5xx, no answer in time) is a sample with a value; only what
    we could not ask at all is None. `series` are the full names (agent/name) that `ask` answers, so
    that the supervisor can say "no data" for each when the probe raises ProbeError or overruns.
    """

    @property
    def name(self) -> str:
        """Unique: agent/probe."""

    @property
    def series(self) -> tuple[str, ...]:
        """Full names of the series that it answers."""

    @property
    def interval(self) -> float:
        """Seconds between two starts."""

    @property
    def timeout(self) -> float:
        """Seconds; the supervisor ends an `ask` that takes a little longer than this."""

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answers at this moment. Raises ProbeError; cancellation passes through."""

    async def close(self) -> None:
        """Gives back connections; never raises, never waits longer than a second."""
