"""What is known of each agent at a moment: readings, chain, root cause, and the second witness."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from qualtui.config.values import Config
from qualtui.diagnosis.chain import SLOW, carried, chain
from qualtui.diagnosis.derivations import HOUR, WITNESS, Subject
from qualtui.diagnosis.diagnose import root_cause
from qualtui.diagnosis.headline import Unwitnessed
from qualtui.diagnosis.own_network import ControlledHost, excused, host_answered
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.agent_readings import AgentReadings
from qualtui.engine.broken_since import earlier_break, replayed, unknown_beginning
from qualtui.engine.control_hosts import control_hosts
from qualtui.engine.sample_cache import AgentSamples, SampleCache
from qualtui.model import AlertState, Sample
from qualtui.series.declaration import Series
from qualtui.series.evidence import Readings, stale_after
from qualtui.wire import LinkView

Standings = Callable[[str], Iterable[AlertState]]  # agent -> its rules that are pending or firing


def _slow(config: Config) -> float:
    """The seconds of an empty question from which the database is slow: the rule's, where it has any."""
    rule = config.rules.get("database-slow")
    return SLOW if rule is None or rule.warning is None else float(rule.warning)


class _Cause(NamedTuple):
    """The chain and the root cause of a moment."""

    readings: Readings
    now: float
    links: tuple[LinkView, ...]
    reason: RootCause


class AgentEvidence:
    """Reads the recent samples of agents. `stale`: by series, the age in seconds from which it is stale."""

    def __init__(self, recent: SampleCache, config: Config, standings: Standings, *, patient: bool) -> None:
        """`patient`: a witness may be missing for two of its intervals; one who looks only once cannot wait."""
        self._recent = recent
        self._standings = standings
        self._patient = patient
        self._config = config
        self._readings = AgentReadings(recent, config)
        self._hosts: dict[str, Mapping[str, ControlledHost]] = {}  # by agent, where it has a control target
        self._slow = _slow(config)
        self._since: dict[str, float] = {}  # by agent: when we began to poll it
        self._chains: dict[str, tuple[LinkView, ...]] = {}
        self._causes: dict[str, _Cause] = {}  # by agent: the newest
        self.stale: dict[str, float] = {}

    def use(self, config: Config, stale: Mapping[str, float]) -> None:
        """Takes a configuration, and when each series is stale."""
        self._config = config
        self.stale = dict(stale)
        self._readings.use(config, stale)
        self._hosts = {
            name: control_hosts(agent) for name, agent in config.agents.items() if agent.control is not None
        }
        self._slow = _slow(config)
        self._causes = {}
        self._chains = {agent: links for agent, links in self._chains.items() if agent in config.agents}

    def declared(self, agent: str) -> Mapping[str, Series]:
        """The series of an agent, by name."""
        return self._readings.declared(agent)

    def readings(self, agent: str, now: float) -> Readings:
        """Every declared series of an agent, with its evidence; see AgentReadings."""
        return self._readings.of(agent, now)

    def cause(self, agent: str, readings: Readings, now: float) -> tuple[tuple[LinkView, ...], RootCause]:
        """The chain of an agent and its root cause; of one moment and the same readings they are computed once."""
        last = self._causes.get(agent)
        if last is not None and last.now == now and last.readings is readings:
            return last.links, last.reason
        links, reason = self._caused(agent, readings, now)
        self._causes[agent] = _Cause(readings, now, links, reason)
        return links, reason

    def _caused(self, agent: str, readings: Readings, now: float) -> tuple[tuple[LinkView, ...], RootCause]:
        before = self._chains.get(agent, ())
        links = chain(readings, before, now, self._slow)
        if unknown_beginning(links, before):  # after a restart
            before = replayed(self._recent, agent, self.stale, self._slow, now)
            links = earlier_break(
                chain(readings, before, now, self._slow), self._standings(agent), self._config.rules
            )
        self._chains[agent] = carried(before, links)
        return links, root_cause(links, readings, now, self._config.demo.speed)

    def subject(self, agent: str, every: float, now: float) -> Subject:
        """An agent as the derived series see it."""
        return Subject(
            agent=agent,
            settings=self._config.agents[agent],
            past=AgentSamples(self._recent, agent),
            now=now,
            every=every,
            began=self._since.setdefault(agent, now),
            sources=self._readings.sources(agent),
            witness_age=self.witness_age(agent, now),
            readings=lambda: self.readings(agent, now),
            links=lambda: self.cause(agent, self.readings(agent, now), now)[0],
            speed=self._config.demo.speed,
        )

    def excused(self, samples: tuple[Sample, ...], now: float) -> tuple[Sample, ...]:
        """A probe's samples; what our own network may have kept from answering counts as not polled."""
        agent = samples[0].series.partition("/")[0] if samples else ""
        settings = self._config.agents[agent].control if agent in self._config.agents else None
        if settings is None:
            return samples
        reach = stale_after(settings.interval, settings.timeout)
        control = self._recent.newest(f"{agent}/control.up")
        return excused(samples, control, self._heard(agent), self._hosts[agent], now, reach)

    def _heard(self, agent: str) -> dict[str, float]:
        """By link, when its host answered last, where that is its newest word."""
        newest = self._recent.newest
        found = {
            link: host_answered(newest(f"{agent}/{link}.up"), newest(f"{agent}/{link}.silent"))
            for link in self._hosts[agent]
        }
        return {link: at for link, at in found.items() if at is not None}

    def unwitnessed(self, agent: str, now: float) -> Unwitnessed | None:
        """For how long the gateway's chats have been no witness, where they are read; None: they are one."""
        age = self.witness_age(agent, now)
        settings = self._config.agents[agent].gateway
        if age is None or settings is None:
            return None
        newest = self._recent.newest(f"{agent}/{WITNESS}")
        note = newest.note if newest is not None else ""
        if not self._patient:
            return None if newest is not None and newest.value == 1 else Unwitnessed(0.0, note)
        return Unwitnessed(age, note) if age > 2 * settings.chats_interval else None

    def witness_age(self, agent: str, now: float) -> float | None:
        """Seconds since the chats were last trusted, or since we began to read them; None: no probe reads them."""
        series = f"{agent}/{WITNESS}"
        if series not in self.stale:
            return None
        since = self._since.setdefault(agent, now)
        samples = self._recent.since(series, now - HOUR)
        believed = next((one.at for one in reversed(samples) if one.value == 1), None)
        if believed is None and samples:
            since = min(since, samples[0].at)
        return max(0.0, now - (since if believed is None else believed))

    def happened(self, agent: str, name: str) -> float | None:
        """When something happened, by our clock, from a series that says its age."""
        sample = self._recent.newest(f"{agent}/{name}")
        return None if sample is None or sample.value is None else sample.at - sample.value
