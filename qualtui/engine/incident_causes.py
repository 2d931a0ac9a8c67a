"""Gives incidents their cause and the fix that is offered: when they open, grow, open again, and soon after."""

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from qualtui.config.values import Config, Rule
from qualtui.diagnosis.diagnose import explains
from qualtui.diagnosis.faults import FaultsSeen
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.cause_revision import Revising
from qualtui.engine.draft import Draft
from qualtui.engine.faults import AgentFaults
from qualtui.eventlog.incident_changes import AlertsJoined, IncidentOpened
from qualtui.eventlog.incidents import CauseRevised
from qualtui.model import Incident, Origin, Phase, State

Reason = Callable[[str], RootCause]  # the root cause of an agent, now
Offer = Callable[[str, str, int], str]  # agent, rule, incident -> the fix that is offered


class IncidentCauses:
    """The causes by a configuration's rules. A cause that can't be worked out is that agent's fault series."""

    def __init__(self, reason: Reason, faults: AgentFaults, offer: Offer | None, revising: Revising) -> None:
        self._reason = reason
        self._faults = faults
        self._offer = offer
        self._revising = revising
        self._config = Config(agents={})

    def use(self, config: Config) -> None:
        """Takes a configuration."""
        self._config = config

    def opened(self, draft: Draft, body: IncidentOpened) -> IncidentOpened:
        """The new incident with its cause, where the fault does not say it, and the fix that is offered."""
        rule = self._config.rules.get(body.rule)
        reason = self._why(body.agent, self._explaining(draft.state, body.alerts))
        if body.origin is not Origin.FAULT:
            body = replace(body, cause=reason.text, root=str(reason.root))
        if body.origin is not Origin.FAULT or str(reason.root) == body.root:
            self._revising.given(body.number, reason)
        return replace(body, fix=self.offered(body.agent, body.rule, body.number, rule.fix if rule else ""))

    def joined(self, draft: Draft, body: AlertsJoined) -> None:
        """An incident without a cause gets the one of the alerts that joined it."""
        incident = draft.state.incidents[body.number]
        if incident.cause:
            return
        reason = self._why(incident.agent, self._explaining(draft.state, body.alerts))
        if reason.text:
            self._revising.given(body.number, reason)
            fix = self.offered(incident.agent, incident.rule, body.number, incident.fix)
            draft.add(CauseRevised(body.number, reason.text, str(reason.root), fix))

    def reopened(self, draft: Draft, incident: Incident, seen: FaultsSeen) -> None:
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
            fix = self.offered(incident.agent, incident.rule, incident.number, incident.fix)
            draft.add(CauseRevised(incident.number, cause, root, fix))

    def revise(self, draft: Draft, agent: str, young: Sequence[Incident]) -> None:
        """Revise the causes of incidents that began a short while ago, while the first guess may be wrong."""
        current = [draft.state.incidents[one.number] for one in young]
        firing = [one for one in current if one.phase is Phase.FIRING]
        for body in self._revising.look(firing, self._config, lambda: self._reason(agent)):
            incident = draft.state.incidents[body.number]
            draft.add(replace(body, fix=self.offered(agent, incident.rule, body.number, incident.fix)))

    def offered(self, agent: str, rule: str, number: int, static: str) -> str:
        """The fix that is offered for an incident; `static` where what would say so fails."""
        with self._faults.within(agent, "offer"):
            return static if self._offer is None else self._offer(agent, rule, number)
        return static

    def _why(self, agent: str, rule: Rule | None) -> RootCause:
        """The root cause now, where a rule is about what a root cause explains."""
        with self._faults.within(agent, "cause"):
            if rule is not None and explains(rule.series):
                return self._reason(agent)
        return RootCause()

    def _explaining(self, state: State, alerts: Iterable[str]) -> Rule | None:
        """A rule of these alerts that is about what a root cause explains."""
        found = (self._config.rules.get(state.alerts[key].rule) for key in alerts if key in state.alerts)
        return next((rule for rule in found if rule is not None and explains(rule.series)), None)
