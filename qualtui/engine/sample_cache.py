"""The recent samples of every series, in memory: the newest, a window, and a short past for the screen."""

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from qualtui.model import Sample


class _Track:
    """One series: raw samples of the last `keep` seconds, and the worst of each step for the screen."""

    __slots__ = ("buckets", "known", "raw")

    def __init__(self, steps: int) -> None:
        self.raw: deque[Sample] = deque()
        self.known: Sample | None = None  # the newest with a value
        self.buckets: deque[tuple[int, float | None]] = deque(maxlen=steps)

    def forget(self, after: float) -> None:
        """Drops what is newer than `after`."""
        while self.raw and self.raw[-1].at > after:
            self.raw.pop()
        if self.known is not None and self.known.at > after:
            self.known = next((sample for sample in reversed(self.raw) if sample.value is not None), None)


class SampleCache:
    """Recent samples by series. `keep` seconds of raw ones; `steps` buckets of `step` seconds each."""

    def __init__(self, keep: float, step: float, steps: int) -> None:
        self._keep = keep
        self._step = step
        self._steps = steps
        self._tracks: dict[str, _Track] = {}
        self._longer: Mapping[str, float] = {}

    def keep(self, longer: Mapping[str, float]) -> None:
        """Keeps the raw samples of these series for so many seconds, where that is longer than the others'."""
        self._longer = longer

    def kept(self, series: str) -> float:
        """For how many seconds raw samples of a series are kept."""
        return max(self._keep, self._longer.get(series, 0.0))

    def add(self, samples: Iterable[Sample]) -> None:
        """Takes samples in, in the order of their time.

        One that is older than those before it says that the clock was set back: what lies ahead of it would
        look fresh until the clock is there again, so it goes.
        """
        for sample in samples:
            track = self._tracks.get(sample.series)
            if track is None:
                track = self._tracks[sample.series] = _Track(self._steps)
            if track.raw and sample.at < track.raw[-1].at:
                track.forget(sample.at)
            track.raw.append(sample)
            if sample.value is not None:
                track.known = sample
            while track.raw[0].at < sample.at - self.kept(sample.series):
                track.raw.popleft()
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

    def known(self, series: str) -> Sample | None:
        """The newest sample of a series that has a value."""
        track = self._tracks.get(series)
        return track.known if track else None

    def since(self, series: str, at: float) -> Sequence[Sample]:
        """The samples from `at` on, oldest first, and always the newest one."""
        track = self._tracks.get(series)
        if track is None:
            return ()
        found: list[Sample] = []
        for sample in reversed(track.raw):  # windows are short beside what is kept: from the end
            if sample.at < at:
                break
            found.append(sample)
        found.reverse()
        return found or (track.raw[-1],)

    def past(self, series: str, now: float, count: int, holds: float = 0.0) -> tuple[float | None, ...]:
        """The greatest value of each of the last `count` steps, oldest first; None where there was none.

        `holds`: seconds for which a value stands until the next sample: what is asked seldom is not mostly gaps.
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

    def series(self) -> tuple[str, ...]:
        """The names of all series seen."""
        return tuple(self._tracks)
