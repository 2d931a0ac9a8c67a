"""The derived series: one row each, and who computes them when they are due.

A row that fails is a fault of that agent (series `engine.fault`), logged once, and of no other agent or row.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from qualtui.config.values import Config
from qualtui.diagnosis import derivations
from qualtui.diagnosis.derivations import Compute, Subject
from qualtui.engine.faults import AgentFaults
from qualtui.engine.sample_cache import AgentSamples, SampleCache
from qualtui.model import Sample
from qualtui.tracking import literal

MINUTE = 60.0
FAULT = "engine.fault"


class Derived(msgspec.Struct, frozen=True):
    """One derivation.

    `source`: the series that it follows: due with each new sample of it, and stale when it is.
    `every`: without a source, the seconds between two samples. Neither: due at each look.
    """

    names: tuple[str, ...]  # the series that it gives; the first one says when it ran last
    compute: Compute
    source: str = ""
    every: float = 0.0
    scaled: bool = False  # `every` is shorter by the demo's speed, see `minute`
    always: bool = False  # due at each look, although it has a source


DERIVED = (
    Derived(("failures.unreached",), derivations.failed_requests, source="health.up"),
    Derived(literal.NAMES, derivations.literal_rows, source="health.up"),
    Derived(("sight.disagree",), derivations.disagreeing, every=5),
    Derived(("health.down",), derivations.down, source="health.up", always=True),
    Derived(("sight.blind",), derivations.blindness, every=5),
    Derived(("goal.minute",), derivations.good_minute, every=MINUTE, scaled=True),
    Derived(("gateway.starting",), derivations.gateway_starting, source="gateway.session_starting"),
    Derived(("health.back", "health.away"), derivations.back_again, every=5),
    Derived(("host.leak", "host.leak_rate"), derivations.leaking, source="host.memory"),
    Derived(("health.stuck_sending",), derivations.stuck, every=5),
)


def minute(config: Config) -> float:
    """The seconds that a sample of goal.minute stands for: a demo's time is faster."""
    return max(2.0, MINUTE / config.demo.speed)


Subjects = Callable[[str, float, float], Subject]  # agent, every, now


class Deriver:
    """Computes the rows that are due, for one agent at a time."""

    def __init__(
        self, recent: SampleCache, faults: AgentFaults, subject: Subjects, rows: Iterable[Derived] = DERIVED
    ) -> None:
        self._recent = recent
        self._faults = faults
        self._subject = subject
        self._rows = tuple(rows)
        self._minute = MINUTE

    def use(self, config: Config, stale: Mapping[str, float]) -> dict[str, float]:
        """Takes a configuration, and when the probes' series are stale; returns the same of the derived ones."""
        self._minute = minute(config)
        found = {f"{agent}/{FAULT}": 3 * MINUTE for agent in config.agents}
        for agent in config.agents:
            for row in self._rows:
                age = stale.get(f"{agent}/{row.source}") if row.source else 3 * self._every(row)
                if age is not None:
                    found |= {f"{agent}/{name}": age for name in row.names}
        return found

    def derive(self, agent: str, now: float) -> tuple[Sample, ...]:
        """The samples that are due."""
        found: list[Sample] = []
        past = AgentSamples(self._recent, agent)
        for row in self._rows:
            if not self._due(row, past, now):
                continue
            with self._faults.within(agent, row.names[0]):
                found.extend(row.compute(self._subject(agent, self._every(row), now)))
        return (*found, *self._fault(agent, past, now))

    def _every(self, row: Derived) -> float:
        return row.every * self._minute / MINUTE if row.scaled else row.every

    def _due(self, row: Derived, past: AgentSamples, now: float) -> bool:
        """Whether a row wants its next sample; also after a clock that was set back."""
        if row.always:
            return True
        newest = past.newest(row.names[0])
        if row.source:
            source = past.newest(row.source)
            return source is not None and (newest is None or newest.at != source.at)
        return newest is None or not 0 <= now - newest.at < self._every(row)

    def _fault(self, agent: str, past: AgentSamples, now: float) -> tuple[Sample, ...]:
        """engine.fault: at each change, and once a minute."""
        failed = self._faults.of(agent)
        newest, value, note = past.newest(FAULT), float(len(failed)), ", ".join(failed)
        if newest is not None and 0 <= now - newest.at < MINUTE and (newest.value, newest.note) == (value, note):
            return ()
        return (Sample(f"{agent}/{FAULT}", now, value, note),)
