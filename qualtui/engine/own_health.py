"""Whether the engine itself is well: its loops look, its store can be written, and the outside answers."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

import msgspec

from qualtui.model import Sample
from qualtui.text.message import Saying, joined, message

LATE = 60.0  # s without a look at the rules after which their loop hangs
BLIND = 300.0  # s without any answer after which nothing is known of the outside ...
BLIND_POLLS = 3  # ... or so many intervals of the probe that polls most often, where that is longer


class OwnHealth(msgspec.Struct, frozen=True):
    """`fault`: what of our own is known to fail, empty where nothing is. `sighted`: a probe answered lately."""

    fault: Saying = ""
    sighted: bool = True


class OwnWatch:
    """Keeps when the engine looked last and when a probe answered. `faults`: what is known to fail."""

    def __init__(self, clock: Callable[[], float], faults: Callable[[], Iterable[Saying]]) -> None:
        self._clock = clock
        self._faults = faults
        self._looked_at = clock()
        self._answered_at: float | None = None
        self._blind = BLIND

    def use(self, intervals: Iterable[tuple[float, float]]) -> None:
        """Takes the intervals and timeouts of a configuration's probes, in seconds."""
        shortest = min((interval + timeout for interval, timeout in intervals), default=0.0)
        self._blind = max(BLIND, BLIND_POLLS * shortest)

    def looked(self) -> None:
        """All rules were looked at."""
        self._looked_at = self._clock()

    def answered(self, samples: Sequence[Sample]) -> None:
        """These samples came; a negative answer is one, too."""
        if any(sample.value is not None for sample in samples):
            self._answered_at = self._clock()

    def now(self) -> OwnHealth:
        """How it is at this moment."""
        now = self._clock()
        late = message("the rules were not evaluated for {age:span}", age=now - self._looked_at)
        hangs = (late,) if now - self._looked_at > LATE else ()
        faults = [fault for fault in chain(self._faults(), hangs) if fault]
        sighted = self._answered_at is not None and now - self._answered_at <= self._blind
        return OwnHealth(joined(faults) if faults else "", sighted)
