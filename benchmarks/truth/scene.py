"""What all parts of the world share: virtual time, chance, what is broken, and what happened that is harmless."""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from benchmarks.truth.faults import HARMLESS, HIDDEN, Fault, Kind


class Scene:
    """Discrete events in virtual seconds. Seeded, without a clock."""

    def __init__(self, seed: int, faults: Sequence[Fault], start: float = 0.0) -> None:
        self.rng = random.Random(seed)
        self.spare = random.Random(f"{seed} spare")  # for what came later: it must not change what a seed gives
        self.faults = faults
        self.now = start
        self.harmless: Counter[str] = Counter()
        self._by_kind = {kind: [fault for fault in faults if fault.kind is kind] for kind in Kind}
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def fault(self, kind: Kind) -> Fault | None:
        """The fault of this kind that lasts now."""
        return next((fault for fault in self._by_kind[kind] if fault.on(self.now)), None)

    def on(self, *kinds: Kind) -> bool:
        """Whether a fault of one of these kinds lasts now."""
        return any(fault.on(self.now) for kind in kinds for fault in self._by_kind[kind])

    def in_trouble(self) -> bool:
        """Whether a fault lasts that customers feel, or may."""
        return any(fault.on(self.now) and fault.kind not in HARMLESS | HIDDEN for fault in self.faults)

    def end(self, fault: Fault) -> None:
        """A remedy ends a fault now, before its time."""
        cut = msgspec.structs.replace(fault, end=self.now)
        self.faults = [cut if one is fault else one for one in self.faults]
        self._by_kind[fault.kind] = [one for one in self.faults if one.kind is fault.kind]

    def at(self, at: float, act: Callable[[], None]) -> None:
        """Plans an event."""
        self._count += 1
        heapq.heappush(self._due, (at, self._count, act))

    def run(self, until: float) -> None:
        """Plays everything up to an instant."""
        while self._due and self._due[0][0] <= until:
            self.now, _, act = heapq.heappop(self._due)
            act()
        self.now = until
