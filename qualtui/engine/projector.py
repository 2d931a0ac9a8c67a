"""From recent samples and state to what windows show: a summary of every agent, and details of some.

What an agent looks like is cached until something touches it: a new sample, an event about one of its incidents
or fixes, or BEAT seconds, for what only time changes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from qualtui.alerts.idle import MISSING, rules_by_series
from qualtui.config.values import Config
from qualtui.diagnosis.derivations import looked_back
from qualtui.diagnosis.faults import FaultsSeen, faults_seen
from qualtui.diagnosis.goals import targets
from qualtui.diagnosis.headline import headline
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.agent_evidence import AgentEvidence, Standings
from qualtui.engine.derived import Deriver
from qualtui.engine.faults import AgentFaults
from qualtui.engine.incident_views import activity, firing_incidents, incidents, tried
from qualtui.engine.live_incidents import Available, LiveIncidents
from qualtui.engine.sample_cache import SampleCache
from qualtui.engine.week.facts import WeekFacts
from qualtui.engine.week.registry import week
from qualtui.eventlog.incident_lead import firing_members
from qualtui.model import EARLY, UNSAID, Evidence, FixRun, Incident, Phase, Sample, Schedule, Severity, State
from qualtui.series.catalogue import OWN
from qualtui.series.declaration import Series
from qualtui.series.evidence import Reading, Readings, fresh, stale_after
from qualtui.text.message import Text, message
from qualtui.wire import (
    SUMMARY_SERIES,
    AgentDetail,
    AgentSummary,
    EngineView,
    Figure,
    LinkView,
    NowState,
    NowView,
    Overview,
    Snapshot,
    snapshot_of,
)

PAST = 40  # steps of a figure's short past
BEAT = 0.9  # s after which what only time changes is looked at again
OLDEST = 5.0  # s: no summary is older, whatever the number of agents

Learning = Callable[[str], float | None]  # agent -> 0..1 while its first backfill runs


class _Cause(NamedTuple):
    """What a projection was built from; equal where nothing touched the agent."""

    samples: int
    firing: tuple[Incident, ...]
    runs: tuple[FixRun, ...]
    learning: float | None
    planned: Schedule | None = None  # the next one


class _Projection(NamedTuple):
    """One agent as it looked at one moment."""

    cause: _Cause
    at: float
    summary: AgentSummary
    readings: Readings
    links: tuple[LinkView, ...]
    alarms: dict[str, Severity]  # by series: the severity of the incident that rests on it
    rows: dict[int, Incident]  # its firing incidents, as they are now
    recovering: frozenset[int]
    scheduled: frozenset[int] = frozenset()
    week: tuple[Text, ...] = ()


def _amber(severity: Severity) -> Severity:
    return min(severity, Severity.WARNING, key=lambda one: one.rank)


class Projector:
    """Looks at the recent samples on behalf of windows and rules."""

    def __init__(
        self,
        recent: SampleCache,
        config: Config,
        learning: Learning = lambda _agent: None,
        faults: AgentFaults | None = None,
        standings: Standings = lambda _agent: (),
        *,
        patient: bool = True,
    ) -> None:
        """`patient`: a witness may be missing for two of its intervals; one who looks only once cannot wait."""
        self._recent = recent
        self._faults = faults or AgentFaults()
        self._learning = learning
        self._config = config
        self._evidence = AgentEvidence(recent, config, standings, patient=patient)
        self.live = LiveIncidents(recent, self._evidence, self._faults, config)
        self._deriver = Deriver(recent, self._faults, self._evidence.subject)
        self._goals = targets(config.goals)
        self._ruled = rules_by_series(config.rules)
        self._cache: dict[str, _Projection] = {}

    def use(self, config: Config, intervals: Mapping[str, tuple[float, float]]) -> Mapping[str, float]:
        """Takes a configuration; returns the age in seconds from which each series is stale, derived ones too."""
        self._config = config
        self.live.use(config)
        self._goals = targets(config.goals)
        self._ruled = rules_by_series(config.rules)
        self._cache = {}
        probed = {series: stale_after(*both) for series, both in intervals.items()}
        self._evidence.use(config, probed | self._deriver.use(config, probed))
        return self._evidence.stale

    def needed(self) -> dict[str, float]:
        """By series: for how many seconds the derived series need raw samples."""
        agents = self._config.agents.items()
        return {f"{name}/{series}": past for name, one in agents for series, past in looked_back(one).items()}

    def declared(self, agent: str) -> Mapping[str, Series]:
        """The series of an agent, by name."""
        return self._evidence.declared(agent)

    def holds_for(self, series: str) -> float:
        """Return for how many seconds a value of this series (with its agent) counts; 0: no source."""
        return self._evidence.stale.get(series, 0.0)

    def derive(self, agent: str, now: float) -> tuple[Sample, ...]:
        """The derived series of an agent that are due, as samples."""
        return self._deriver.derive(agent, now) if agent in self._config.agents else ()

    def excused(self, samples: tuple[Sample, ...], now: float) -> tuple[Sample, ...]:
        """A probe's samples; what our own network may have kept from answering counts as not polled."""
        return self._evidence.excused(samples, now)

    def readings(self, agent: str, now: float) -> Readings:
        """Every declared series of an agent, with its evidence."""
        return self._evidence.readings(agent, now)

    def reason(self, agent: str, now: float) -> RootCause:
        """The root cause of an agent."""
        return self._evidence.cause(agent, self.readings(agent, now), now)[1]

    def faults(self, agent: str, now: float) -> FaultsSeen:
        """The faults of an agent."""
        readings = self.readings(agent, now)
        links, reason = self._evidence.cause(agent, readings, now)
        return faults_seen(links, reason, refused=bool(fresh(readings, "health.refused")))

    def waiting(self, agent: str, now: float) -> int | None:
        """Customers of an agent who wait, None where that is not known."""
        value = fresh(self.readings(agent, now), "customers.waiting")
        return None if value is None else int(value)

    def oldest_wait(self, agent: str, now: float) -> float | None:
        """Seconds that an agent's longest wait has lasted, None where that is not known."""
        return fresh(self.readings(agent, now), "customers.oldest")

    # --- windows ---

    def snapshot(self, state: State, engine: EngineView, available: Available, now: float) -> Snapshot:
        """Everything at once: the overview, and the details of all agents."""
        overview = self.overview(state, engine, available, now)
        details = tuple(one for name in self._config.agents if (one := self.detail(name)) is not None)
        return snapshot_of(overview, details)

    def overview(
        self,
        state: State,
        engine: EngineView,
        available: Available,
        now: float,
        first: Collection[str] | None = None,
        most: int = 0,
    ) -> Overview:
        """How all agents are. `first` (None: all): those that must be as of now.

        Of the others, at most `most` that something touched are rebuilt, the oldest first; those that an event
        concerns, and those older than OLDEST seconds, always are.
        """
        self.refresh(state, available, now, first, most)
        recovering: set[int] = set()
        planned: set[int] = set()
        rows: dict[int, Incident] = {}
        for one in self._cache.values():
            recovering |= one.recovering
            planned |= one.scheduled
            rows |= one.rows
        return Overview(
            at=now,
            seq=state.seq,
            engine=engine,
            agents=tuple(self._cache[name].summary for name in self._config.agents),
            incidents=incidents(state, lambda incident: rows.get(incident.number, incident), recovering, planned),
            activity=activity(state),
            firing=firing_incidents(state, recovering, planned),
            recovering=len(recovering),
            zone=self._config.screen.zone,
            speed=self._config.demo.speed,
            demo=bool(self._config.demo.control_url),
        )

    def refresh(
        self, state: State, available: Available, now: float, first: Collection[str] | None, most: int = 0
    ) -> None:
        """Rebuilds what the overview needs; see there."""
        may: list[tuple[float, str, _Cause]] = []
        for name, cause in self._causes(state, self._config.agents):
            had = self._cache.get(name)
            age = now - had.at if had is not None else OLDEST
            if had is not None and cause == had.cause and 0 <= age < BEAT:
                continue
            urgent = had is None or cause[1:] != had.cause[1:] or not 0 <= age < OLDEST
            if urgent or first is None or name in first:
                self._build(name, cause, state, available, now)
            else:
                may.append((had.at if had is not None else 0.0, name, cause))
        for _at, name, cause in sorted(may, key=lambda one: one[:2])[:most]:
            self._build(name, cause, state, available, now)

    def _causes(self, state: State, agents: Iterable[str]) -> Iterator[tuple[str, _Cause]]:
        """By agent: what its projection would be built from."""
        firing: dict[str, list[Incident]] = {}
        for incident in state.incidents.values():
            if incident.phase is Phase.FIRING:
                firing.setdefault(incident.agent, []).append(incident)
        runs: dict[str, list[FixRun]] = {}
        for run in state.runs.values():
            runs.setdefault(run.agent, []).append(run)
        for name in agents:
            mine, ran = tuple(firing.get(name, ())), tuple(runs.get(name, ()))
            plans = [one for one in state.schedules.values() if one.agent == name] if state.schedules else []
            planned = min(plans, key=lambda one: one.due_at, default=None)
            yield name, _Cause(self._recent.version(name), mine, ran, self._learning(name), planned)

    def old(self, now: float) -> tuple[str, ...]:
        """The agents that the next overview would have to rebuild because of their age."""
        cache = self._cache
        return tuple(
            name
            for name in self._config.agents
            if name not in cache or not 0 <= now - cache[name].at < OLDEST - BEAT
        )

    def touch(self, agents: Collection[str], state: State, available: Available, now: float) -> None:
        """Builds these agents again, whatever their age."""
        for name, cause in self._causes(state, [name for name in agents if name in self._config.agents]):
            self._build(name, cause, state, available, now)

    def detail(self, agent: str, only: Collection[str] = ()) -> AgentDetail | None:
        """An agent in full, of the same moment as its summary; None where there is no such agent.

        `only`: of the figures these alone, and the user's own; none named: all.
        """
        one = self._cache.get(agent)
        if one is None:
            return None
        figures: dict[str, Figure] = {}
        with self._faults.within(agent, "figures"):
            figures = {
                name: self._figure(agent, name, reading, one.alarms.get(name), one.at)
                for name, reading in one.readings.items()
                if not only or name in only or name.startswith(OWN)
            }
        told = one.summary
        return AgentDetail(agent, told.now, one.links, figures, told.learning, told.last_reply, one.week)

    def _figure(self, agent: str, name: str, reading: Reading, severity: Severity | None, now: float) -> Figure:
        series, full = self._evidence.declared(agent)[name], f"{agent}/{name}"
        sample = reading.sample
        return Figure(
            name=name,
            value=sample.value if sample else None,
            unit=series.unit,
            evidence=reading.evidence,
            at=sample.at if sample else None,
            note=reading.note,
            past=self._recent.past(full, now, PAST, self._evidence.stale.get(full, 0.0)),
            source=series.source,
            severity=severity,
            goal=self._goals.get(name),
            idle=self._ruled.get(name, ()) if reading.evidence in MISSING and severity is None else (),
            gap=reading.code if sample and sample.value is None and reading.code in {EARLY, UNSAID} else "",
        )

    # --- one agent ---

    def _build(self, agent: str, cause: _Cause, state: State, available: Available, now: float) -> None:
        """Puts the agent into the cache; where our own code fails, as one of which nothing is known."""
        with self._faults.within(agent, "view"):
            self._cache[agent] = self._projection(agent, cause, state, available, now)
            return
        now_view = NowView(None, False, message("CANNOT TELL"), message("an internal error; see the engine's log"))
        readings = {name: Reading(Evidence.NO_DATA) for name in self._evidence.declared(agent)}
        summary = AgentSummary(agent, now_view)
        rows = {one.number: one for one in cause.firing}
        self._cache[agent] = _Projection(cause, now, summary, readings, (), {}, rows, frozenset())

    def _projection(
        self, agent: str, cause: _Cause, state: State, available: Available, now: float
    ) -> _Projection:
        readings = self.readings(agent, now)
        links, reason = self._evidence.cause(agent, readings, now)
        mine, rules = cause.firing, self._config.rules
        lives = {one.number: self.live.live(one, state, now) for one in mine}
        looks = {agent: (readings, reason)}
        alarms: dict[str, Severity] = {
            rules[alert.rule].series: alert.severity if lives[one.number].holds else _amber(alert.severity)
            for one in mine
            for alert in firing_members(one, state.alerts)
            if alert.rule in rules
        }
        now_view = headline(
            readings,
            links,
            reason,
            [replace(one, fix=rules[one.rule].fix if one.rule in rules else "") for one in mine],
            lambda incident: lives[incident.number],
            lambda number: tried(state, number),
            self.live.remedies(agent, readings, available),
            cause.learning,
            now,
            self._evidence.unwitnessed(agent, now),
            cause.planned,
        )
        values = {name: value for name in SUMMARY_SERIES if (value := fresh(readings, name)) is not None}
        summary = AgentSummary(
            name=agent,
            now=now_view,
            links={view.link: view.status for view in links},
            values=values,
            learning=cause.learning,
            last_reply=self._evidence.happened(agent, "customers.last_reply"),
        )
        rows = {one.number: self.live.current(one, state, available, now, looks) for one in mine}
        recovering = frozenset(number for number, live in lives.items() if not live.holds)
        planned = frozenset({now_view.number} if now_view.state is NowState.SCHEDULED else ())
        due = week(WeekFacts(agent, readings, state, self._config, now))
        return _Projection(cause, now, summary, readings, links, alarms, rows, recovering - planned, planned, due)
