"""From recent samples and state to the snapshot: readings, derived series, chain, why, figures."""

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from qualtui.alerts.judge import judge
from qualtui.alerts.transition import summarise
from qualtui.config.declared_series import declared
from qualtui.config.values import Config
from qualtui.diagnosis.chain import SLOW, carried, chain
from qualtui.diagnosis.contradictions import contradict, disagreement_text
from qualtui.diagnosis.diagnose import explains, root_cause
from qualtui.diagnosis.fix_choice import Remedies, offered_fix, useful_fix
from qualtui.diagnosis.goals import answerable, targets
from qualtui.diagnosis.headline import IncidentNow, Unwitnessed, headline
from qualtui.diagnosis.health import agent_down, blind, returned, unreached
from qualtui.diagnosis.own_network import ControlledHost, excused, host_answered
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.broken_since import earlier_break, replayed, unknown_beginning
from qualtui.engine.control_hosts import control_hosts
from qualtui.engine.faults import AgentFaults
from qualtui.engine.incident_views import activity, firing_incidents, incidents, tried
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import AlertState, Evidence, Incident, Phase, Sample, Severity, State
from qualtui.series.catalogue import BY_NAME, Series
from qualtui.series.evidence import Reading, Readings, evidence, stale_after
from qualtui.text import _
from qualtui.tracking import literal
from qualtui.tracking.deliverability import starting
from qualtui.wire import AgentView, EngineView, Figure, LinkView, NowView, Snapshot

PAST = 40  # steps of a figure's short past
DERIVED = {
    "health.down": "health.up",
    "waha.starting": "waha.session_starting",
    "failures.unreached": "health.up",
    **dict.fromkeys(literal.NAMES, "health.up"),
}  # derived series -> the one that it is as fresh as
RETURNED = ("health.back", "health.away")
SIGHTS = ("sight.blind", "sight.disagree", *RETURNED)
VITAL = ("health.up", "db.up", "customers.waiting", "waha.working")  # without these we judge nobody
WITNESS = "chats.evidence"
HOUR = 3600.0
ERRORS = 600.0  # s that failures.unreached speaks of, where no database says otherwise
MINUTE = 60.0  # s between two samples of goal.minute
SIGHT_EVERY = 5.0  # s between two samples of the series of SIGHTS


def minute(config: Config) -> float:
    """The seconds that a sample of goal.minute stands for: a demo's time is faster."""
    return max(2.0, MINUTE / config.demo.speed)


def _slow(config: Config) -> float:
    """The seconds of an empty question from which the database is slow: the rule's, where it has any."""
    rule = config.rules.get("database-slow")
    return SLOW if rule is None or rule.warning is None else float(rule.warning)


Looks = dict[str, tuple[Readings, RootCause]]  # by agent


def _amber(severity: Severity) -> Severity:
    return min(severity, Severity.WARNING, key=lambda one: one.rank)


Available = Callable[[str, str], str]  # agent, fix -> its title where it can be run
Standings = Callable[[str], Iterable[AlertState]]  # agent -> its rules that are pending or firing
Learning = Callable[[str], float | None]  # agent -> 0..1 while its first backfill runs


class Projector:
    """Looks at the recent samples on behalf of screens and rules."""

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
        self._standings = standings
        self._patient = patient
        self._config = config
        self._stale: dict[str, float] = {}
        self._declared: dict[str, Mapping[str, Series]] = {}  # by agent
        self._hosts: dict[str, Mapping[str, ControlledHost]] = {}  # by agent, where it has a control target
        self._goals = targets(config.goals)
        self._slow = _slow(config)
        self._since: dict[str, float] = {}  # by agent: when we began to ask
        self._chains: dict[str, tuple[LinkView, ...]] = {}

    def use(self, config: Config, intervals: Mapping[str, tuple[float, float]]) -> Mapping[str, float]:
        """Takes a configuration; returns the age in seconds from which each series is stale, derived ones too."""
        self._config = config
        self._declared = {name: declared(agent) for name, agent in config.agents.items()}
        self._hosts = {
            name: control_hosts(agent) for name, agent in config.agents.items() if agent.control is not None
        }
        self._goals = targets(config.goals)
        self._slow = _slow(config)
        self._stale = {series: stale_after(*both) for series, both in intervals.items()}
        self._stale |= {
            f"{agent}/{name}": self._stale[f"{agent}/{source}"]
            for agent in config.agents
            for name, source in DERIVED.items()
            if f"{agent}/{source}" in self._stale
        }
        self._stale |= {f"{agent}/{name}": 3 * SIGHT_EVERY for agent in config.agents for name in SIGHTS}
        self._stale |= {f"{agent}/goal.minute": 3 * minute(config) for agent in config.agents}
        self._chains = {agent: links for agent, links in self._chains.items() if agent in config.agents}
        return self._stale

    def derive(self, agent: str, now: float) -> tuple[Sample, ...]:
        """The series that follow from others, as samples; none where nothing is known."""
        if agent not in self._config.agents:
            return ()
        found: list[Sample] = []
        for derivation in (
            self._unreached,
            self._written,
            self._disagree,
            self._down,
            self._blind,
            self._minute,
            self._starting,
            self._returned,
        ):
            with self._faults.within(agent, derivation.__name__.strip("_")):
                found.extend(derivation(agent, now))
        return tuple(found)

    def excused(self, samples: tuple[Sample, ...], now: float) -> tuple[Sample, ...]:
        """A probe's samples; what our own network may have kept from answering was not asked."""
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

    def _down(self, agent: str, now: float) -> tuple[Sample, ...]:
        settings = self._config.agents[agent].health
        if settings is None:
            return ()
        up = self._recent.since(f"{agent}/health.up", now - 4 * settings.down_after - 8 * settings.interval)
        refused = self._recent.newest(f"{agent}/health.refused")
        down = agent_down(agent, up, refused, self._when(agent, "customers.last_row"), settings, now)
        newest = self._recent.newest(f"{agent}/health.down")
        if down is None or (newest is not None and (down.at, down.value) == (newest.at, newest.value)):
            return ()
        return (down,)

    def _unreached(self, agent: str, now: float) -> tuple[Sample, ...]:
        if not self._behind(agent, "failures.unreached"):
            return ()
        window = self._error_window(agent)
        counted = unreached(agent, self._recent.since(f"{agent}/health.up", now - window), now, window)
        return () if counted is None else (counted,)

    def _error_window(self, agent: str) -> float:
        database = self._config.agents[agent].database
        return ERRORS if database is None else float(database.error_window)

    def _written(self, agent: str, now: float) -> tuple[Sample, ...]:
        if not self._behind(agent, "row.asked"):
            return ()
        up, silent = (self._recent.since(f"{agent}/health.{name}", now - HOUR) for name in ("up", "silent"))
        return literal.literal_samples(agent, up, silent, now, self._error_window(agent))

    def _disagree(self, agent: str, now: float) -> tuple[Sample, ...]:
        series = f"{agent}/sight.disagree"
        if not self._due(series, now):
            return ()
        names = [name for name, one in self.readings(agent, now).items() if one.evidence is Evidence.DISAGREE]
        return (Sample(series, now, float(len(names)), disagreement_text(names)),)

    def _blind(self, agent: str, now: float) -> tuple[Sample, ...]:
        if not self._due(f"{agent}/sight.blind", now):
            return ()
        asked = {name: f"{agent}/{name}" for name in VITAL if f"{agent}/{name}" in self._stale}
        database = self._recent.newest(f"{agent}/db.up")
        if database is not None and database.value == 0:  # a database that is known to be down hides nothing else
            asked.pop("customers.waiting", None)
        known = {name: self._recent.known(full) for name, full in asked.items()}
        since = self._since.setdefault(agent, now)
        seen = {name: one.at if one else None for name, one in known.items()}
        gateway = [self._recent.newest(f"{agent}/waha.{name}") for name in ("up", "working")]
        age = self._recent_witness(agent, now)
        if age is not None and not any(one is not None and one.value == 0 for one in gateway):
            seen[WITNESS] = now - age  # a gateway that is known to be down hides nothing else
        return (blind(agent, seen, since, now),)

    def _starting(self, agent: str, now: float) -> tuple[Sample, ...]:
        if not self._behind(agent, "waha.starting"):
            return ()
        found = starting(agent, self._recent.since(f"{agent}/waha.session_starting", now - HOUR))
        return () if found is None else (found,)

    def _returned(self, agent: str, now: float) -> tuple[Sample, ...]:
        if not self._due(f"{agent}/health.back", now):
            return ()
        up, down = (self._recent.since(f"{agent}/health.{name}", now - HOUR) for name in ("up", "down"))
        return returned(agent, up, down, now)

    def _minute(self, agent: str, now: float) -> tuple[Sample, ...]:
        """Whether customers could be answered in this minute; none while nothing was ever asked."""
        series = f"{agent}/goal.minute"
        newest = self._recent.newest(series)
        every = minute(self._config)
        since = self._since.setdefault(agent, now) if newest is None else newest.at
        if 0 <= now - since < every:
            return ()
        links, _reason = self._why(agent, self.readings(agent, now), now)
        return (Sample(series, now, *answerable(links)),)

    def _behind(self, agent: str, name: str) -> bool:
        """Whether a derived series does not follow from the newest sample of its source yet."""
        source, derived = (self._recent.newest(f"{agent}/{one}") for one in (DERIVED[name], name))
        return source is not None and (derived is None or derived.at != source.at)

    def _due(self, series: str, now: float) -> bool:
        """Whether a series of SIGHTS wants its next sample; also after a clock that was set back."""
        newest = self._recent.newest(series)
        return newest is None or not 0 <= now - newest.at < SIGHT_EVERY

    def reason(self, agent: str, now: float) -> RootCause:
        """The why of an agent."""
        return self._why(agent, self.readings(agent, now), now)[1]

    def offer(
        self,
        agent: str,
        rule: str,
        number: int,
        state: State,
        available: Available,
        now: float,
        looks: Looks | None = None,
    ) -> str:
        """The fix that is offered for a rule's incident at this moment, empty where there is none.

        `looks`: what was seen of agents in this same moment, to see each only once.
        """
        looks = {} if looks is None else looks
        if agent not in looks:
            readings = self.readings(agent, now)
            looks[agent] = (readings, self._why(agent, readings, now)[1])
        readings, reason = looks[agent]
        found = self._config.rules.get(rule)
        explained = found is None or explains(found.series)
        static = () if found is None else (found.fix,)
        remedies = self._remedies(agent, readings, available)
        return offered_fix(reason if explained else None, static, tried(state, number), remedies)

    def _remedies(self, agent: str, readings: Readings, available: Available) -> Remedies:
        """The fixes that can be run for an agent and have anything to work on."""
        limit = float(self._config.fixes.session_cleanup.limit)
        return lambda fix: available(agent, fix) if useful_fix(fix, readings, limit) else ""

    def current(
        self, incident: Incident, state: State, available: Available, now: float, looks: Looks | None = None
    ) -> Incident:
        """An incident as it is now: a firing one's line, its cause in today's figures, the offered fix."""
        if incident.phase is not Phase.FIRING:
            return incident
        looks = {} if looks is None else looks
        fix, cause = incident.fix, incident.cause
        with self._faults.within(incident.agent, "offer"):
            fix = self.offer(incident.agent, incident.rule, incident.number, state, available, now, looks)
            reason = looks[incident.agent][1]
            cause = reason.text if incident.root and reason.root.value == incident.root else cause
        return replace(incident, summary=self._live(incident, now).summary, fix=fix, cause=cause)

    def readings(self, agent: str, now: float) -> Readings:
        """Every declared series of an agent, with its evidence; a contradiction is told as such."""
        found: Readings = {}
        for name in self._declared.get(agent, BY_NAME):
            series = f"{agent}/{name}"
            sample = self._recent.newest(series)
            found[name] = Reading(evidence(sample, self._stale.get(series), now), sample)
        health = self._config.agents[agent].health if agent in self._config.agents else None
        took = float(health.timeout) if health is not None else 0.0  # at most, for a health check's answer
        return contradict(found, lambda name, at: self._well(f"{agent}/{name}", at, took))

    def _well(self, series: str, at: float, around: float) -> bool:
        """Whether a series was 1 all the time around an instant, so many seconds before and after."""
        samples = [one for one in self._recent.since(series, at - around) if one.at <= at + around]
        return bool(samples) and all(one.value == 1 for one in samples)

    def snapshot(self, state: State, engine: EngineView, available: Available, now: float) -> Snapshot:
        """All that screens show, from one reading."""
        looks: Looks = {}
        agents = tuple(self._shown(name, state, available, now) for name in self._config.agents)
        fires = (one for one in state.incidents.values() if one.phase is Phase.FIRING)
        recovering = frozenset(one.number for one in fires if not self._live(one, now).holds)
        return Snapshot(
            at=now,
            seq=state.seq,
            engine=engine,
            agents=agents,
            incidents=incidents(
                state, lambda incident: self.current(incident, state, available, now, looks), recovering
            ),
            activity=activity(state),
            firing=firing_incidents(state, recovering),
            recovering=len(recovering),
            zone=self._config.screen.zone,
            speed=self._config.demo.speed,
            demo=bool(self._config.demo.control_url),
        )

    def _shown(self, name: str, state: State, available: Available, now: float) -> AgentView:
        """The view of an agent; where our own code fails, one that says that nothing is known."""
        with self._faults.within(name, "view"):
            return self._agent(name, state, available, now)
        unknown = NowView(None, False, _("CANNOT TELL"), _("an internal error; see the engine's log"))
        figures = {
            each: Figure(each, None, series.unit, Evidence.NO_DATA, source=series.source)
            for each, series in self._declared.get(name, BY_NAME).items()
        }
        return AgentView(name, unknown, (), figures)

    def _agent(self, name: str, state: State, available: Available, now: float) -> AgentView:
        readings = self.readings(name, now)
        links, reason = self._why(name, readings, now)
        mine = [one for one in state.incidents.values() if one.agent == name and one.phase is Phase.FIRING]
        lives = {one.number: self._live(one, now) for one in mine}
        rules = self._config.rules
        alarms: dict[str, Severity] = {
            rules[one.rule].series: one.severity if lives[one.number].holds else _amber(one.severity)
            for one in mine
            if one.rule in rules
        }
        learning = self._learning(name)
        return AgentView(
            name=name,
            now=headline(
                readings,
                links,
                reason,
                [replace(one, fix=rules[one.rule].fix if one.rule in rules else "") for one in mine],
                lambda incident: lives[incident.number],
                lambda number: tried(state, number),
                self._remedies(name, readings, available),
                learning,
                now,
                self._unwitnessed(name, now),
            ),
            chain=links,
            figures={
                each: self._figure(name, each, reading, alarms.get(each), now)
                for each, reading in readings.items()
            },
            learning=learning,
            last_reply=self._when(name, "customers.last_reply"),
        )

    def _why(self, agent: str, readings: Readings, now: float) -> tuple[tuple[LinkView, ...], RootCause]:
        before = self._chains.get(agent, ())
        links = chain(readings, before, now, self._slow)
        if unknown_beginning(links, before):  # after a restart
            before = replayed(self._recent, agent, self._stale, self._slow, now)
            links = earlier_break(
                chain(readings, before, now, self._slow), self._standings(agent), self._config.rules
            )
        self._chains[agent] = carried(before, links)
        return links, root_cause(links, readings, now, self._config.demo.speed)

    def _live(self, incident: Incident, now: float) -> IncidentNow:
        """A firing incident at this moment; where nothing is known of it, as it was told."""
        with self._faults.within(incident.agent, "incident"):
            return self._judged(incident, now)
        return IncidentNow(str(incident.summary))

    def _judged(self, incident: Incident, now: float) -> IncidentNow:
        rule = self._config.rules.get(incident.rule)
        if rule is None:
            return IncidentNow(str(incident.summary))
        series = f"{incident.agent}/{rule.series}"
        verdict = judge(rule, self._recent.since(series, now - rule.window), now, self._stale.get(series, 0.0))
        if not verdict.known:
            return IncidentNow(str(incident.summary))
        if verdict.severity is None:
            return IncidentNow(_("over: {}").format(incident.summary), holds=False)
        return IncidentNow(summarise(rule, incident.rule, incident.agent, verdict))

    def _unwitnessed(self, agent: str, now: float) -> Unwitnessed | None:
        """For how long the gateway's chats have been no witness, where they are asked; None: they are one."""
        age = self._recent_witness(agent, now)
        settings = self._config.agents[agent].waha
        if age is None or settings is None:
            return None
        newest = self._recent.newest(f"{agent}/{WITNESS}")
        note = newest.note if newest is not None else ""
        if not self._patient:
            return None if newest is not None and newest.value == 1 else Unwitnessed(0.0, note)
        return Unwitnessed(age, note) if age > 2 * settings.chats_interval else None

    def _recent_witness(self, agent: str, now: float) -> float | None:
        """Seconds since the chats were believed last, or since we began to ask; None: nobody asks."""
        series = f"{agent}/{WITNESS}"
        if series not in self._stale:
            return None
        since = self._since.setdefault(agent, now)
        samples = self._recent.since(series, now - HOUR)
        believed = next((one.at for one in reversed(samples) if one.value == 1), None)
        if believed is None and samples:
            since = min(since, samples[0].at)
        return max(0.0, now - (since if believed is None else believed))

    def _figure(self, agent: str, name: str, reading: Reading, severity: Severity | None, now: float) -> Figure:
        series, full = self._declared.get(agent, BY_NAME)[name], f"{agent}/{name}"
        sample = reading.sample
        return Figure(
            name=name,
            value=sample.value if sample else None,
            unit=series.unit,
            evidence=reading.evidence,
            at=sample.at if sample else None,
            note=reading.note,
            past=self._recent.past(full, now, PAST, self._stale.get(full, 0.0)),
            source=series.source,
            severity=severity,
            goal=self._goals.get(name),
        )

    def _when(self, agent: str, name: str) -> float | None:
        """When something happened, by our clock, from a series that tells its age."""
        sample = self._recent.newest(f"{agent}/{name}")
        return None if sample is None or sample.value is None else sample.at - sample.value
