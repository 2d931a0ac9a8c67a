"""Looks at every rule and writes what changed: alerts, their incidents, and the notices that are due."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import inf
from typing import TypeVar

from msgspec.structs import replace

from qualtui.alerts.correlation import correlate, counts
from qualtui.alerts.flapping import FlapStep, FlapTiming, flap_count, flap_step
from qualtui.alerts.look import look
from qualtui.alerts.transition import AlertTransition, after_break, alert_step
from qualtui.config.values import Config, Rule
from qualtui.diagnosis.faults import FaultsSeen
from qualtui.engine.cause_revision import Revising
from qualtui.engine.customer_waits import Oldest, unknown
from qualtui.engine.draft import Draft
from qualtui.engine.faults import AgentFaults
from qualtui.engine.held_clock import HeldClock
from qualtui.engine.incident_causes import IncidentCauses, Offer, Reason
from qualtui.engine.incident_facts import IncidentFacts
from qualtui.engine.incident_notices import IncidentNotices, nobody_waits
from qualtui.engine.journal import Entry, Journal
from qualtui.engine.people_calls import PeopleCalls
from qualtui.engine.sample_cache import SampleCache
from qualtui.engine.settling import settled
from qualtui.eventlog.alerts import at_rest
from qualtui.eventlog.flapping import FlappingBegan, FlappingEnded
from qualtui.eventlog.incident_changes import (
    AlertsJoined,
    CauseFound,
    IncidentOpened,
    IncidentReopened,
)
from qualtui.model import AlertState, Event, Incident, Phase, State, alert_key
from qualtui.wire import NextCall

Seen = Callable[[str], FaultsSeen]  # its faults, now
Healing = Callable[[Draft, Incident, Callable[[], str]], None]  # decides whether the offered fix runs by itself
Waiting = Callable[[str], int | None]  # customers of an agent who wait; None: not known


def no_faults(_agent: str) -> FaultsSeen:
    """No broken link is known."""
    return FaultsSeen()


def no_healing(_draft: Draft, _incident: Incident, _offered: Callable[[], str]) -> None:
    """No fix runs by itself."""


class Evaluator:
    """The rules of a configuration over recent samples. Sending is not done here, only decided."""

    def __init__(
        self,
        journal: Journal,
        recent: SampleCache,
        reason: Reason,
        clock: Callable[[], float],
        faults: AgentFaults | None = None,
        offer: Offer | None = None,
        seen: Seen = no_faults,
        waiting: Waiting = nobody_waits,
        healing: Healing = no_healing,
        oldest: Oldest = unknown,
    ) -> None:
        clock = self._clock = clock if isinstance(clock, HeldClock) else HeldClock(clock)
        self._healing = healing
        self._faults = faults or AgentFaults()
        self._journal = journal
        self._recent = recent
        self._seen = seen
        self._facts = IncidentFacts(recent, reason, oldest, self._faults)
        self._notices = IncidentNotices(waiting, clock, self._facts)
        self._people = PeopleCalls(self._notices, waiting, clock)
        self._revising = Revising(clock)
        self._config = Config(agents={})
        self._flapping = FlapTiming()
        self._stale: Mapping[str, float] = {}
        self._causes = IncidentCauses(reason, self._faults, offer, self._revising)

    def use(self, config: Config, stale: Mapping[str, float]) -> None:
        """Takes a configuration, and by series the age in seconds from which its newest sample is stale."""
        self._config = config
        self._stale = stale
        notify, speed = config.notify, config.demo.speed
        self._flapping = FlapTiming(notify.flap_returns, notify.flap_window / speed, notify.flap_quiet / speed)
        self._notices.use(config)
        self._facts.use(config, stale)
        self._people.use(config)
        self._causes.use(config)

    def labels(self, alert: AlertState) -> Mapping[str, str]:
        """The labels of an alert, which matchers speak of."""
        return self._notices.mutes.rules.labels(alert)

    @property
    def calls(self) -> Mapping[int, NextCall]:
        """Who is called next, by incident."""
        return self._people.next

    async def look(self, agents: Iterable[str]) -> tuple[Event, ...]:
        """Evaluates all rules of these agents; returns the new events."""
        wanted = tuple(agents)
        return await self._journal.decide(lambda state: self._decide(state, wanted))

    async def settle(self) -> tuple[Event, ...]:
        """Ends what belongs to rules, agents or channels that the configuration no longer has."""
        return await self._journal.decide(
            lambda state: settled(state, self._config, self._notices, self._clock()).entries
        )

    async def resume(self) -> tuple[Event, ...]:
        """Restart what counts time, of agents at which no one looked for too long: `for` and `keep_firing_for`."""
        return await self._journal.decide(lambda state: self._resume(state).entries)

    def _resume(self, state: State) -> Draft:
        now = self._clock()
        draft = Draft(state, now)
        for alert in state.alerts.values():
            # Samples may be lost in a kill; that the condition began or ended is in the log.
            known = (self._recent.newest_at(alert.agent), alert.since, alert.clear_since)
            change = after_break(
                alert, now - max((at for at in known if at is not None and at <= now), default=-inf)
            )
            if change is not None:
                draft.add(change)
        return draft

    def _decide(self, state: State, agents: tuple[str, ...]) -> tuple[Entry, ...]:
        now = self._clock()
        draft = Draft(state, now)
        incidents = _by_agent(state.incidents.values())
        alerts = _by_agent(state.alerts.values())
        young = self._revising.young(state, self._config)
        for agent in agents:
            known = incidents.get(agent, ())
            part = draft.part(known)
            with self._clock.held():  # one moment: its root cause is computed once
                self._decide_agent(part, agent, known, alerts.get(agent, ()), young.get(agent, ()))
            draft.take(part)
        return tuple(draft.entries)

    def _decide_agent(
        self,
        draft: Draft,
        agent: str,
        known: Sequence[Incident],
        alerts: Sequence[AlertState],
        young: Sequence[Incident],
    ) -> None:
        """Decide what is due for one agent: its alerts, incidents, fixes and notices, in this order."""
        now, first = self._clock(), draft.state.next_number
        changed = self._alerts(draft, agent)
        mine = [one for one in known if not at_rest(one, now)]
        if not (changed or mine or any(counts(one) for one in alerts)):
            return
        with self._faults.within(agent, "incidents"):
            self._correlate(draft, agent, mine)
        numbers = [*(one.number for one in mine), *range(first, draft.state.next_number)]
        with self._faults.within(agent, "revision"):
            self._causes.revise(draft, agent, young)
        self._flap(draft, numbers)
        self._faults.each(agent, "policies", numbers, partial(self._heal, draft, agent))
        self._faults.each(agent, "notices", numbers, partial(self._notify, draft))

    def _notify(self, draft: Draft, number: int) -> None:
        """Queue an incident's notices: to its owner, to the routes' channels, then to who is called next."""
        incident = draft.state.incidents.get(number)
        if incident is not None:
            self._people.look_after(draft, incident)
            self._notices.decide(draft, draft.state.incidents[number])
            self._people.escalate(draft, number)

    # --- alerts ---

    def _alerts(self, draft: Draft, agent: str) -> bool:
        """The transitions of an agent's alerts; whether there was any."""
        before = len(draft.entries)
        for name, rule in self._config.rules.items():
            if not rule.enabled:
                continue
            with self._faults.within(agent, f"rule {name}"):
                change = self._step(draft.state, agent, name, rule)
                if change is not None:
                    draft.add(change)
        return len(draft.entries) > before

    def _step(self, state: State, agent: str, name: str, rule: Rule) -> AlertTransition | None:
        now = self._clock()
        verdict = look(agent, name, rule, self._recent, self._stale, state.alerts, now)
        if verdict is None:
            return None
        return alert_step(name, agent, rule, verdict, state.alerts.get(alert_key(name, agent)), now)

    # --- incidents ---

    def _correlate(self, draft: Draft, agent: str, incidents: Iterable[Incident]) -> None:
        found = (draft.state.alerts.get(alert_key(name, agent)) for name in self._config.rules)
        alerts = [one for one in found if one is not None]
        seen = self._seen(agent)
        # As they are after this tick's transitions.
        current = [draft.state.incidents.get(one.number, one) for one in incidents]
        number, speed = draft.state.next_number, self._config.demo.speed
        reopened: list[int] = []
        joined: list[AlertsJoined] = []
        for body in correlate(agent, alerts, current, seen, self._clock(), number, speed):
            if isinstance(body, IncidentOpened):
                draft.add(self._causes.opened(draft, body))
            elif isinstance(body, CauseFound):
                rule = draft.state.incidents[body.number].rule
                draft.add(replace(body, fix=self._causes.offered(agent, rule, body.number, "")))
            else:
                draft.add(body)
                if isinstance(body, IncidentReopened):
                    reopened.append(body.number)
                if isinstance(body, AlertsJoined):
                    joined.append(body)
        for more in joined:
            self._causes.joined(draft, more)
        for again in reopened:
            self._causes.reopened(draft, draft.state.incidents[again], seen)

    def _flap(self, draft: Draft, numbers: Iterable[int]) -> None:
        """Whether incidents begin to flap, or are steady again."""
        for number in numbers:
            incident = draft.state.incidents.get(number)
            if incident is None:
                continue
            step = flap_step(incident, self._flapping, self._clock())
            if step is FlapStep.BEGINS:
                count = flap_count(incident, self._flapping.window)
                draft.add(FlappingBegan(number, count.times, count.span, self._flapping.window))
            elif step is FlapStep.ENDS:
                draft.add(FlappingEnded(number))

    def _heal(self, draft: Draft, agent: str, number: int) -> None:
        """Before the notices: a page waits for a fix that runs by itself."""
        incident = draft.state.incidents.get(number)
        if incident is not None and incident.phase is Phase.FIRING:
            self._healing(
                draft, incident, partial(self._causes.offered, agent, incident.rule, number, incident.fix)
            )


Agents = TypeVar("Agents", Incident, AlertState)


def _by_agent(values: Iterable[Agents]) -> dict[str, list[Agents]]:
    found: dict[str, list[Agents]] = {}
    for one in values:
        found.setdefault(one.agent, []).append(one)
    return found
