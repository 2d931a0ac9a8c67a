"""Looks at every rule and writes what changed: alerts, their incidents, and the notices that are due."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import inf
from typing import TypeVar

from msgspec.structs import replace

from qualtui.alerts.correlation import correlate, counts
from qualtui.alerts.flapping import FlapStep, FlapTiming, flap_count, flap_step
from qualtui.alerts.look import look
from qualtui.alerts.notice_decision import NoticeKind
from qualtui.alerts.transition import AlertTransition, after_break, alert_step, settle
from qualtui.config.values import Config, Rule
from qualtui.diagnosis.diagnose import explains
from qualtui.diagnosis.faults import FaultsSeen
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.cause_revision import Revising
from qualtui.engine.customer_waits import Oldest, unknown
from qualtui.engine.draft import Draft
from qualtui.engine.faults import AgentFaults
from qualtui.engine.incident_facts import IncidentFacts
from qualtui.engine.incident_notices import IncidentNotices, nobody_waits
from qualtui.engine.journal import Entry, Journal
from qualtui.engine.people_calls import PeopleCalls
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.alerts import at_rest
from qualtui.eventlog.flapping import FlappingBegan, FlappingEnded
from qualtui.eventlog.incident_changes import (
    AlertsJoined,
    CauseFound,
    IncidentNotified,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
)
from qualtui.eventlog.incident_lead import firing_members, keeping
from qualtui.eventlog.incidents import CauseRevised
from qualtui.eventlog.notices import NoticeFailed
from qualtui.model import AlertState, Event, Incident, Origin, Phase, Severity, State, alert_key
from qualtui.text.message import message
from qualtui.wire import NextCall

DUE = {"queued", "sending"}

Reason = Callable[[str], RootCause]  # the root cause of an agent, now
Seen = Callable[[str], FaultsSeen]  # its faults, now
Offer = Callable[[str, str, int], str]  # agent, rule, incident -> the fix that is offered
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
        self._healing = healing
        self._faults = faults or AgentFaults()
        self._journal = journal
        self._recent = recent
        self._reason = reason
        self._offer = offer
        self._seen = seen
        self._facts = IncidentFacts(recent, reason, oldest, self._faults)
        self._notices = IncidentNotices(waiting, clock, self._facts)
        self._people = PeopleCalls(self._notices, waiting, clock)
        self._revising = Revising(clock)
        self._clock = clock
        self._config = Config(agents={})
        self._flapping = FlapTiming()
        self._stale: Mapping[str, float] = {}

    def use(self, config: Config, stale: Mapping[str, float]) -> None:
        """Takes a configuration, and by series the age in seconds from which its newest sample is stale."""
        self._config = config
        self._stale = stale
        notify, speed = config.notify, config.demo.speed
        self._flapping = FlapTiming(notify.flap_returns, notify.flap_window / speed, notify.flap_quiet / speed)
        self._notices.use(config)
        self._facts.use(config, stale)
        self._people.use(config)

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
        return await self._journal.decide(lambda state: self._settle(state).entries)

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
            self._revise(draft, agent, young)
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
                draft.add(self._explained(draft, body))
            elif isinstance(body, CauseFound):
                rule = draft.state.incidents[body.number].rule
                draft.add(replace(body, fix=self._offered(agent, rule, body.number, "")))
            else:
                draft.add(body)
                if isinstance(body, IncidentReopened):
                    reopened.append(body.number)
                if isinstance(body, AlertsJoined):
                    joined.append(body)
        for more in joined:
            self._explain_joined(draft, more)
        for again in reopened:
            self._explain_again(draft, draft.state.incidents[again], seen)

    def _why(self, agent: str, rule: Rule | None) -> RootCause:
        """The root cause now, where a rule is about what a root cause explains."""
        with self._faults.within(agent, "cause"):
            if rule is not None and explains(rule.series):
                return self._reason(agent)
        return RootCause()

    def _explain_again(self, draft: Draft, incident: Incident, seen: FaultsSeen) -> None:
        """A reopened incident gets the cause of today: the one that it ended with may be over."""
        cause, root = incident.cause, incident.root
        if incident.origin is Origin.FAULT and incident.cause_ended_at is None:
            for fault in seen.faults:
                if fault.link.value == incident.link:
                    cause, root = fault.text or cause, fault.root or root
        else:
            reason = self._why(incident.agent, self._config.rules.get(incident.rule))
            cause, root = reason.text, str(reason.root)
            self._revising.given(incident.number, reason)
        if (cause, root) != (incident.cause, incident.root):
            fix = self._offered(incident.agent, incident.rule, incident.number, incident.fix)
            draft.add(CauseRevised(incident.number, cause, root, fix))

    def _explain_joined(self, draft: Draft, body: AlertsJoined) -> None:
        """An incident without a cause gets the one of the alerts that joined it."""
        incident = draft.state.incidents[body.number]
        if incident.cause:
            return
        reason = self._why(incident.agent, self._explaining(draft.state, body.alerts))
        if reason.text:
            self._revising.given(body.number, reason)
            fix = self._offered(incident.agent, incident.rule, body.number, incident.fix)
            draft.add(CauseRevised(body.number, reason.text, str(reason.root), fix))

    def _explaining(self, state: State, alerts: Iterable[str]) -> Rule | None:
        """A rule of these alerts that is about what a root cause explains."""
        found = (self._config.rules.get(state.alerts[key].rule) for key in alerts if key in state.alerts)
        return next((rule for rule in found if rule is not None and explains(rule.series)), None)

    def _explained(self, draft: Draft, body: IncidentOpened) -> IncidentOpened:
        """The new incident with its cause, where the fault does not say it, and the fix that is offered."""
        rule = self._config.rules.get(body.rule)
        reason = self._why(body.agent, self._explaining(draft.state, body.alerts))
        if body.origin is not Origin.FAULT:
            body = replace(body, cause=reason.text, root=str(reason.root))
        if body.origin is not Origin.FAULT or str(reason.root) == body.root:
            self._revising.given(body.number, reason)
        return replace(body, fix=self._offered(body.agent, body.rule, body.number, rule.fix if rule else ""))

    def _revise(self, draft: Draft, agent: str, young: Sequence[Incident]) -> None:
        current = [draft.state.incidents[one.number] for one in young]
        firing = [one for one in current if one.phase is Phase.FIRING]
        for body in self._revising.look(firing, self._config, lambda: self._reason(agent)):
            incident = draft.state.incidents[body.number]
            draft.add(replace(body, fix=self._offered(agent, incident.rule, body.number, incident.fix)))

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
            self._healing(draft, incident, partial(self._offered, agent, incident.rule, number, incident.fix))

    def _offered(self, agent: str, rule: str, number: int, static: str) -> str:
        with self._faults.within(agent, "offer"):
            return static if self._offer is None else self._offer(agent, rule, number)
        return static

    # --- another configuration ---

    def _settle(self, state: State) -> Draft:
        draft = Draft(state, self._clock())
        for alert in state.alerts.values():
            rule = self._config.rules.get(alert.rule)
            if alert.agent in self._config.agents and rule is not None and rule.enabled:
                continue
            draft.add(settle(rule, alert, message("the configuration no longer has it")))
        for incident in list(draft.state.incidents.values()):
            self._settle_incident(draft, incident)
        for notice in state.notices.values():
            if notice.status in DUE and notice.channel not in self._config.notify.channels:
                reason = message("the configuration no longer has this channel")
                draft.add(NoticeFailed(notice.key, notice.attempt, reason))
        return draft

    def _settle_incident(self, draft: Draft, incident: Incident) -> None:
        """Resolve an incident of which no alert is left, and one of INFO, which only older versions opened.

        No one looks at an agent that is gone: what flapped there is over now.
        """
        if incident.phase is Phase.FIRING:
            self._resolve_settled(draft, incident)
        now = draft.state.incidents.get(incident.number)
        if now is not None and now.flaps and now.agent not in self._config.agents:
            draft.add(FlappingEnded(now.number))
            self._notices.decide(draft, draft.state.incidents[now.number])

    def _resolve_settled(self, draft: Draft, incident: Incident) -> None:
        if incident.notified and incident.last is None:  # by an older version
            draft.add(IncidentNotified(incident.number, NoticeKind.FIRING, incident.severity))
        if incident.severity is Severity.INFO:
            draft.add(IncidentResolved(incident.number, message("INFO opens no incident any more"), quiet=True))
        elif not keeping(incident, firing_members(incident, draft.state.alerts)):
            draft.add(IncidentResolved(incident.number, message("the configuration no longer has its rules")))
            self._notices.decide(draft, draft.state.incidents[incident.number])


Agents = TypeVar("Agents", Incident, AlertState)


def _by_agent(values: Iterable[Agents]) -> dict[str, list[Agents]]:
    found: dict[str, list[Agents]] = {}
    for one in values:
        found.setdefault(one.agent, []).append(one)
    return found
