"""The recent samples of every series, in memory: the newest, a window, and a short past for the screen.

Memory is bounded by the number of samples: a probe that is polled every 100 ms costs no more than one of 1 s.
"""

import math
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter

from qualtui.model import Sample

TOTAL = 500_000  # samples of all series together, about 100 MB
FEWEST = 60  # samples of one series that are kept, however many series there are
_at = attrgetter("at")


class _Track:
    """One series: its recent raw samples, and the worst of each step for the screen."""

    __slots__ = ("agent", "buckets", "known", "raw")

    def __init__(self, agent: str, steps: int) -> None:
        self.agent = agent
        self.raw: deque[Sample] = deque()
        self.known: Sample | None = None  # the newest with a value
        self.buckets: deque[tuple[int, float | None]] = deque(maxlen=steps)

    def forget(self, after: float) -> None:
        """Drops what is newer than `after`."""
        while self.raw and self.raw[-1].at > after:
            self.raw.pop()
        if self.known is not None and self.known.at > after:
            self.known = next((sample for sample in reversed(self.raw) if sample.value is not None), None)

    def thin(self, limit: int) -> None:
        """Makes room: leaves out every second of equal neighbours in the older half, then drops the oldest."""
        half = len(self.raw) // 2
        older = [self.raw.popleft() for _ in range(half)]
        kept: list[Sample] = []
        left_out = True  # the first one stays
        for place, sample in enumerate(older[:-1]):
            same = bool(kept) and _equal(kept[-1], sample) and _equal(sample, older[place + 1])
            left_out = same and not left_out
            if not left_out:
                kept.append(sample)
        kept += older[-1:]
        self.raw.extendleft(reversed(kept))
        while len(self.raw) > limit - limit // 8:
            self.raw.popleft()


def _equal(one: Sample, other: Sample) -> bool:
    return one.value == other.value and one.note == other.note


class SampleCache:
    """Recent samples by series. `keep` seconds of raw ones; `steps` buckets of `step` seconds each.

    `total`: about so many raw samples of all series together.
    """

    def __init__(self, keep: float, step: float, steps: int, total: int = TOTAL) -> None:
        self._keep = keep
        self._total = total
        self._step = step
        self._steps = steps
        self._tracks: dict[str, _Track] = {}
        self._by_agent: dict[str, dict[str, _Track]] = {}  # the same, by the series' name without the agent
        self._needed: Mapping[str, float] = {}
        self._versions: Counter[str] = Counter()

    def keep(self, needed: Mapping[str, float]) -> None:
        """Keeps the raw samples of these series for so many seconds at least, at one a second.

        All others have to do with what `keep` and `total` leave them.
        """
        self._needed = needed

    def kept(self, series: str) -> float:
        """For how many seconds raw samples of a series are kept."""
        return max(self._keep, self._needed.get(series, 0.0))

    def limit(self, series: str) -> int:
        """How many raw samples of a series are kept at most."""
        share = min(self._keep, self._total / max(1, len(self._tracks)))
        return math.ceil(max(FEWEST, share, self._needed.get(series, 0.0) * 8 / 7))  # thinning drops an eighth

    def version(self, agent: str) -> int:
        """A number that grows with each sample of an agent: where it is the same, nothing new came."""
        return self._versions[agent]

    def add(self, samples: Iterable[Sample]) -> None:
        """Takes samples in, in the order of their time.

        One that is older than those before it says that the clock was set back: what lies ahead of it would
        look fresh until the clock is there again, so it goes.
        """
        for sample in samples:
            track = self._tracks.get(sample.series)
            if track is None:
                agent, _slash, name = sample.series.partition("/")
                track = self._tracks[sample.series] = _Track(agent, self._steps)
                self._by_agent.setdefault(agent, {})[name] = track
            self._versions[track.agent] += 1
            if track.raw and sample.at < track.raw[-1].at:
                track.forget(sample.at)
            track.raw.append(sample)
            if sample.value is not None:
                track.known = sample
            oldest = sample.at - self.kept(sample.series)
            while track.raw[0].at < oldest:
                track.raw.popleft()
            if len(track.raw) > FEWEST and len(track.raw) > (limit := self.limit(sample.series)):
                track.thin(limit)
            self._fill(track, sample)

    def _fill(self, track: _Track, sample: Sample) -> None:
        number = int(sample.at // self._step)
        while track.buckets and track.buckets[-1][0] > number:
            track.buckets.pop()
        if track.buckets and track.buckets[-1][0] == number:
            before = track.buckets[-1][1]
            if sample.value is not None and (before is None or sample.value > before):
                track.buckets[-1] = (number, sample.value)
        else:
            track.buckets.append((number, sample.value))

    def newest(self, series: str) -> Sample | None:
        """The newest sample of a series, with or without a value."""
        track = self._tracks.get(series)
        return track.raw[-1] if track else None

    def newest_of(self, agent: str) -> Iterator[tuple[str, Sample]]:
        """The newest sample of each series of an agent that was ever answered, with the name without the agent."""
        for name, track in self._by_agent.get(agent, {}).items():
            yield name, track.raw[-1]

    def newest_at(self, agent: str) -> float | None:
        """When any series of an agent was polled last, with or without a value."""
        return max((sample.at for _name, sample in self.newest_of(agent)), default=None)

    def known(self, series: str) -> Sample | None:
        """The newest sample of a series that has a value."""
        track = self._tracks.get(series)
        return track.known if track else None

    def since(self, series: str, at: float) -> Sequence[Sample]:
        """The samples from `at` on, oldest first, and always the newest one."""
        track = self._tracks.get(series)
        if track is None:
            return ()
        raw = track.raw
        if raw[-1].at < at or len(raw) == 1 or (raw[-1].at == at and raw[-2].at < at):
            return (raw[-1],)  # what a rule without a window looks at
        found = list(islice(reversed(raw), len(raw) - bisect_left(raw, at, key=_at)))
        found.reverse()
        return found

    def past(self, series: str, now: float, count: int, holds: float = 0.0) -> tuple[float | None, ...]:
        """The greatest value of each of the last `count` steps, oldest first; None where there was none.

        `holds`: seconds for which a value is kept until the next sample, so that a slow series has no gaps.
        """
        track = self._tracks.get(series)
        if track is None:
            return ()
        last = int(now // self._step)
        known = dict(track.buckets)
        told: list[float | None] = []
        at, value = last, None
        first = last - count - math.ceil(holds / self._step)  # what is older reaches no step that is shown
        for number in range(max(first, min(known, default=last)), last + 1):
            if number in known:
                at, value = number, known[number]
            elif (number - at) * self._step >= holds:
                value = None
            told.append(value)
        return tuple([None] * (count - len(told)) + told[-count:])

    def held(self) -> int:
        """How many raw samples are in memory."""
        return sum(len(track.raw) for track in self._tracks.values())

    def series(self) -> tuple[str, ...]:
        """The names of all series seen."""
        return tuple(self._tracks)


class AgentSamples:
    """The samples of one agent, by the series' name without the agent."""

    __slots__ = ("_agent", "_recent")

    def __init__(self, recent: SampleCache, agent: str) -> None:
        self._recent = recent
        self._agent = agent

    def newest(self, name: str) -> Sample | None:
        """The newest sample of a series, with or without a value."""
        return self._recent.newest(f"{self._agent}/{name}")

    def known(self, name: str) -> Sample | None:
        """The newest sample of a series that has a value."""
        return self._recent.known(f"{self._agent}/{name}")

    def since(self, name: str, at: float) -> Sequence[Sample]:
        """The samples from `at` on, oldest first, and always the newest one."""
        return self._recent.since(f"{self._agent}/{name}", at)
