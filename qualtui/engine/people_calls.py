"""Calls people: reminds an owner, lets a claim lapse, and escalates a page that no one owns."""

from collections.abc import Callable, Iterable

from qualtui.alerts.call_hours import Callers
from qualtui.alerts.escalation import (
    EscalationPlan,
    EscalationReason,
    EscalationVerdict,
    called,
    calls,
    escalation_verdict,
    next_call,
    plan_of,
)
from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind
from qualtui.alerts.oncall import person_of
from qualtui.alerts.ownership import OwnerTiming, OwnerVerdict, owner_verdict
from qualtui.config.values import Config
from qualtui.engine.draft import Draft
from qualtui.engine.incident_notices import IncidentNotices
from qualtui.eventlog.escalations import EscalationBegan, EscalationCalled
from qualtui.eventlog.incident_changes import IncidentNotified
from qualtui.eventlog.notices import NoticeQueued
from qualtui.eventlog.ownership import OwnerReminded, OwnershipLapsed
from qualtui.model import Incident, Phase, State
from qualtui.wire import NextCall


class PeopleCalls:
    """What people are due about an incident besides the notices of its routes."""

    def __init__(
        self, notices: IncidentNotices, waiting: Callable[[str], int | None], clock: Callable[[], float]
    ) -> None:
        self._notices = notices
        self._waiting = waiting
        self._clock = clock
        self._config = Config(agents={})
        self._timing = OwnerTiming()
        self._plan = EscalationPlan()
        self.next: dict[int, NextCall] = {}  # by incident: who is called next, as of the newest look

    def use(self, config: Config) -> None:
        """Takes a configuration."""
        self._config = config
        self._timing = OwnerTiming().faster(config.demo.speed)
        self._plan = plan_of(config)
        self.next = {}

    def look_after(self, draft: Draft, incident: Incident) -> None:
        """Decide what is due to an incident's owner, before its notices: that no one owns it any more is one."""
        if incident.phase is Phase.FIRING and incident.owner:
            self._owner(draft, incident)

    def escalate(self, draft: Draft, number: int) -> None:
        """Decide who is called while an incident has no owner, after its notices: no channel gets two at once."""
        incident = draft.state.incidents.get(number)
        self.next.pop(number, None)
        if incident is not None and incident.phase is Phase.FIRING and self._plan.steps:
            self._escalate(draft, incident)

    def _owner(self, draft: Draft, incident: Incident) -> None:
        now, owner = self._clock(), incident.owner
        verdict = owner_verdict(incident, acted_at(draft.state, incident, now), self._timing, now)
        if verdict is OwnerVerdict.LAPSE:
            draft.add(OwnershipLapsed(incident.number, owner))
        elif verdict is OwnerVerdict.REMIND:
            person = self._config.people.get(person_of(owner, self._config.people))
            self._queue(draft, incident, NoticeKind.REMINDER, "0.0", person.channels if person else ())
            draft.add(OwnerReminded(incident.number, owner))

    def _escalate(self, draft: Draft, incident: Incident) -> None:
        now, plan, number = self._clock(), self._plan, incident.number
        severity = self._notices.unmuted(draft, incident)
        callers = self._callers(draft)
        verdict = escalation_verdict(incident, severity, plan, now, callers)
        if verdict.begins:
            draft.add(EscalationBegan(number))
        for _step in plan.steps:  # those that begin together follow at once: one is for the day, one for the night
            if verdict.reason is not EscalationReason.DUE or not verdict.passed:
                break
            draft.add(EscalationCalled(number, verdict.step, verdict.round, passed=True))
            verdict = escalation_verdict(draft.state.incidents[number], severity, plan, now, callers)
        if verdict.reason is EscalationReason.DUE or (
            verdict.reason is EscalationReason.EXHAUSTED and verdict.step and _paged(draft, number)
        ):
            self._call(draft, draft.state.incidents[number], verdict, callers)
        if (after := next_call(draft.state.incidents[number], severity, plan, now, callers)) is not None:
            nth, at = after
            who = tuple(called(callers.step(plan.steps[nth - 1], at), callers.duty(at), callers.oncall))
            self.next[number] = NextCall(who, at)

    def _callers(self, draft: Draft) -> Callers:
        config = self._config
        return Callers(draft.state.shifts, config.oncall, config.people, config.notify.zone)

    def _call(self, draft: Draft, incident: Incident, verdict: EscalationVerdict, callers: Callers) -> None:
        config, now = self._config, self._clock()
        step, held = callers.step(self._plan.steps[verdict.step - 1], now), callers.duty(now)
        first = step.after == self._plan.steps[0].after
        chosen = calls(step, first, held, config.oncall, config.people, config.notify.channels)
        channels = tuple(one.channel for one in chosen)
        just = {
            body.channel
            for body, _key in draft.entries
            if isinstance(body, NoticeQueued) and body.number == incident.number
        }
        place = f"{verdict.step}.{verdict.round}"
        self._queue(draft, incident, NoticeKind.ESCALATION, place, [one for one in channels if one not in just])
        people = tuple(called(step, held, config.oncall))
        draft.add(EscalationCalled(incident.number, verdict.step, verdict.round, people, channels))

    def _queue(
        self, draft: Draft, incident: Incident, kind: NoticeKind, place: str, channels: Iterable[str]
    ) -> None:
        """Queue a notice a channel. All steps of an escalation share a number, each reminder has another."""
        decision = NoticeDecision(kind, incident.severity, self._waiting(incident.agent))
        nth = incident.decided + (kind is NoticeKind.REMINDER)
        known = [one for one in channels if one in self._config.notify.channels]
        self._notices.queue(draft, incident, decision, f"{nth}/{kind}/{place}", known)


def _paged(draft: Draft, number: int) -> bool:
    """Whether a page of an incident is among what is decided now."""
    mine = [body for body, _key in draft.entries if isinstance(body, IncidentNotified) and body.number == number]
    return any(NoticeDecision(NoticeKind(one.kind), one.severity).page for one in mine)


def acted_at(state: State, incident: Incident, now: float) -> float | None:
    """When the owner's newest fix for an incident's agent was running, since the incident is owned."""
    since = incident.owned_at or 0.0
    runs = [one for one in state.runs.values() if one.who == incident.owner and one.agent == incident.agent]
    ends = [now if one.finished_at is None else one.finished_at for one in runs if one.started_at >= since]
    return max(ends, default=None)
