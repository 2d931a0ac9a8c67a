"""Rules over samples of the past, step by step, by the same look and transitions as the engine's. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qualtui.alerts.look import look
from qualtui.alerts.transition import alert_step
from qualtui.config.values import Rule
from qualtui.eventlog.alert_changes import alert_after
from qualtui.model import AlertState, Sample, alert_key

Alerts = dict[str, AlertState]


class Timeline:
    """Samples by series, oldest first, of which a look at `now` sees no later one."""

    def __init__(self, samples: Mapping[str, Sequence[Sample]]) -> None:
        self._samples = {series: tuple(each) for series, each in samples.items()}
        self._times = {series: [sample.at for sample in each] for series, each in self._samples.items()}
        self.now = 0.0

    def times(self, series: str) -> Sequence[float]:
        """When a series has samples."""
        return self._times.get(series, ())

    def since(self, series: str, at: float) -> Sequence[Sample]:
        """The samples from `at` to now, oldest first, and always the newest one."""
        times = self._times.get(series)
        if not times:
            return ()
        end = bisect_right(times, self.now)
        if not end:
            return ()
        start = min(bisect_left(times, at, 0, end), end - 1)
        return self._samples[series][start:end]


def step(
    agent: str,
    rules: Mapping[str, Rule],
    timeline: Timeline,
    stale: Mapping[str, float],
    alerts: Alerts,
    now: float,
) -> Alerts:
    """Return an agent's alerts after one look at each rule."""
    timeline.now = now
    for name, rule in rules.items():
        if not rule.enabled:
            continue
        verdict = look(agent, name, rule, timeline, stale, alerts, now)
        key = alert_key(name, agent)
        before = alerts.get(key)
        change = None if verdict is None else alert_step(name, agent, rule, verdict, before, now)
        if change is None:
            continue
        after = alert_after(before, change, now)
        rest = {one: alert for one, alert in alerts.items() if one != key}
        alerts = rest if after is None else {**rest, key: after}
    return alerts


def replay(
    agent: str,
    rules: Mapping[str, Rule],
    timeline: Timeline,
    stale: Mapping[str, float],
    times: Iterable[float],
) -> Iterator[tuple[float, Alerts]]:
    """Yield each time with the agent's alerts after the look at it."""
    alerts: Alerts = {}
    for now in times:
        alerts = step(agent, rules, timeline, stale, alerts, now)
        yield now, alerts
