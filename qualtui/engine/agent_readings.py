"""The readings of agents, made again only where a sample came or one got old."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from qualtui.config.declared_series import declared
from qualtui.config.values import Config
from qualtui.diagnosis.contradictions import contradict
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import Sample
from qualtui.series.catalogue import BY_NAME
from qualtui.series.declaration import Series
from qualtui.series.evidence import Reading, Readings, evidence


class _Look(NamedTuple):
    """The readings of an agent as long as no sample comes, at any time between `after` and `before`."""

    version: int
    after: float
    before: float
    plain: Readings  # before contradictions are marked
    readings: Readings


class AgentReadings:
    """Every series of every agent, with its evidence."""

    def __init__(self, recent: SampleCache, config: Config) -> None:
        self._recent = recent
        self._config = config
        self._declared: dict[str, Mapping[str, Series]] = {}  # by agent
        self._stale: dict[str, dict[str, float]] = {}  # by agent and series: the age from which it is stale
        self._unanswered: dict[str, Readings] = {}  # by agent: every series before its first answer
        self._last: dict[str, _Look] = {}  # by agent

    def use(self, config: Config, stale: Mapping[str, float]) -> None:
        """Takes a configuration, and by series the age in seconds from which it is stale."""
        self._config = config
        self._declared = {name: declared(agent) for name, agent in config.agents.items()}
        self._stale = {}
        for series, age in stale.items():
            agent, _slash, name = series.partition("/")
            self._stale.setdefault(agent, {})[name] = age
        self._unanswered, self._last = {}, {}

    def declared(self, agent: str) -> Mapping[str, Series]:
        """The series of an agent, by name."""
        return self._declared.get(agent, BY_NAME)

    def sources(self, agent: str) -> Mapping[str, float]:
        """The series of an agent that something answers, with the age in seconds from which each is stale."""
        return self._stale.get(agent, {})

    def of(self, agent: str, now: float) -> Readings:
        """Every declared series of an agent; a contradiction is marked as such. Not to be changed by anybody."""
        version, last = self._recent.version(agent), self._last.get(agent)
        valid = last is not None and last.after < now < last.before
        if last is None or not valid or last.version != version:
            begun = last if last is not None and valid else self._begun(agent, now)
            last = self._last[agent] = self._looked(agent, version, begun, now)
        return last.readings

    def _begun(self, agent: str, now: float) -> _Look:
        """An agent that nothing has answered yet."""
        if agent not in self._unanswered:
            names, stale = self.declared(agent), self.sources(agent)
            self._unanswered[agent] = {name: Reading(evidence(None, stale.get(name), now)) for name in names}
        none = self._unanswered[agent]
        return _Look(0, -math.inf, math.inf, none, none)

    def _looked(self, agent: str, version: int, last: _Look, now: float) -> _Look:
        """The look after `last`: only what was answered since is judged again."""
        stale, after, before, found = self.sources(agent), last.after, last.before, last.plain.copy()
        for name, sample in self._recent.newest_of(agent):
            had = found.get(name)
            if had is None or had.sample is sample:
                continue
            found[name] = Reading(evidence(sample, stale.get(name), now), sample)
            low, high = _until(sample, stale.get(name, math.inf), now)
            after, before = max(after, low), min(before, high)
        health = self._config.agents[agent].health if agent in self._config.agents else None
        took = float(health.timeout) if health is not None else 0.0  # at most, for a health check's answer
        told = contradict(found, lambda name, at: self._well(f"{agent}/{name}", at, took))
        return _Look(version, after, before, found, told)

    def _well(self, series: str, at: float, around: float) -> bool:
        """Whether a series was 1 all the time around an instant, so many seconds before and after."""
        samples = [one for one in self._recent.since(series, at - around) if one.at <= at + around]
        return bool(samples) and all(one.value == 1 for one in samples)


def _until(sample: Sample, age: float, now: float) -> tuple[float, float]:
    """Between which times the evidence of a sample stays what it is now."""
    begins, ends = sample.at - age, sample.at + age
    if now < begins:
        return -math.inf, begins
    return (ends, math.inf) if now > ends else (begins, ends)
