"""Firing incidents at this moment: their line, their cause in the figures of today, the fix that is offered."""

from collections.abc import Callable

from msgspec.structs import replace

from qualtui.alerts.judge import RuleVerdict
from qualtui.alerts.look import look
from qualtui.alerts.transition import summarise
from qualtui.config.values import Config, Rule
from qualtui.diagnosis.diagnose import explains
from qualtui.diagnosis.fix_choice import Remedies, offered_fix, useful_fix
from qualtui.diagnosis.headline import IncidentNow
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.agent_evidence import AgentEvidence
from qualtui.engine.faults import AgentFaults
from qualtui.engine.incident_views import tried
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.incident_lead import firing_members, keeping
from qualtui.model import Incident, Origin, Phase, State
from qualtui.series.evidence import Readings
from qualtui.text.message import Saying, message

Looks = dict[str, tuple[Readings, RootCause]]  # by agent
Available = Callable[[str, str], Saying]  # agent, fix -> its title where it can be run


class LiveIncidents:
    """Judges firing incidents again, by the rules of a configuration and the recent samples."""

    def __init__(self, recent: SampleCache, evidence: AgentEvidence, faults: AgentFaults, config: Config) -> None:
        self._recent = recent
        self._evidence = evidence
        self._faults = faults
        self._config = config

    def use(self, config: Config) -> None:
        """Takes a configuration."""
        self._config = config

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
            readings = self._evidence.readings(agent, now)
            looks[agent] = (readings, self._evidence.cause(agent, readings, now)[1])
        readings, reason = looks[agent]
        found = self._config.rules.get(rule)
        explained = (found is None or explains(found.series)) and not _of_another(
            state.incidents.get(number), reason
        )
        static = () if found is None else (found.fix,)
        remedies = self.remedies(agent, readings, available)
        return offered_fix(reason if explained else None, static, tried(state, number), remedies)

    def remedies(self, agent: str, readings: Readings, available: Available) -> Remedies:
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
        return replace(incident, summary=self.live(incident, state, now).summary, fix=fix, cause=cause)

    def live(self, incident: Incident, state: State, now: float) -> IncidentNow:
        """A firing incident at this moment; where nothing is known of it, as it was when it fired."""
        with self._faults.within(incident.agent, "incident"):
            return self._judged(incident, state, now)
        return IncidentNow(incident.summary)

    def holds(self, incident: Incident, state: State, now: float) -> bool:
        """Whether fresh evidence says that the condition of one of its alerts holds."""
        rules = self._config.rules
        verdicts = [
            self._verdict(incident.agent, one.rule, rules[one.rule], state, now)
            for one in keeping(incident, firing_members(incident, state.alerts))
            if one.rule in rules
        ]
        return any(one.known and one.severity is not None for one in verdicts)

    def _judged(self, incident: Incident, state: State, now: float) -> IncidentNow:
        """Its leading alert's line in the figures of now. It recovers only where all its alerts are clear."""
        members = keeping(incident, firing_members(incident, state.alerts))
        others = [one.rule for one in members if one.rule != incident.rule]
        holds = any(not self._clear(incident.agent, rule, state, now) for rule in others)
        rule = self._config.rules.get(incident.rule)
        if rule is None:
            return IncidentNow(incident.summary)
        verdict = self._verdict(incident.agent, incident.rule, rule, state, now)
        if not verdict.known or (verdict.severity is None and holds):
            return IncidentNow(incident.summary)
        if verdict.severity is None:
            return IncidentNow(message("over: {summary}", summary=incident.title), holds=False)
        timed = "{duration}" in rule.summary  # the figure itself is a duration, and another one than the rule's
        return IncidentNow(summarise(rule, incident.rule, incident.agent, verdict), timed=timed)

    def _clear(self, agent: str, name: str, state: State, now: float) -> bool:
        """Whether fresh evidence says that a rule's condition does not hold."""
        rule = self._config.rules.get(name)
        if rule is None:
            return False
        verdict = self._verdict(agent, name, rule, state, now)
        return verdict.known and verdict.severity is None

    def _verdict(self, agent: str, name: str, rule: Rule, state: State, now: float) -> RuleVerdict:
        found = look(agent, name, rule, self._recent, self._evidence.stale, state.alerts, now)
        return RuleVerdict(known=False) if found is None else found


def _of_another(incident: Incident | None, reason: RootCause) -> bool:
    """Whether the root cause is another fault than the one that an incident is about."""
    if incident is None or incident.origin is not Origin.FAULT or incident.cause_ended_at is not None:
        return False
    return reason.link is None or reason.link.value != incident.link
