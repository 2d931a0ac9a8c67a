"""What is known of an incident at the moment when a notice of it is due: its notice reports that, not the past."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from qualtui.alerts.judge import judge
from qualtui.alerts.transition import summarise
from qualtui.config.values import Config
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.customer_waits import Oldest, wait_peak
from qualtui.engine.faults import AgentFaults
from qualtui.engine.incident_views import runs_of
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.incident_lead import firing_members
from qualtui.model import AlertState, Incident, Phase, State
from qualtui.notify.facts import NoticeFacts
from qualtui.text.message import Saying, message


class IncidentFacts:
    """Looks incidents up in the recent samples, by the rules of a configuration."""

    def __init__(
        self, recent: SampleCache, reason: Callable[[str], RootCause], oldest: Oldest, faults: AgentFaults
    ) -> None:
        self._faults = faults
        self._recent = recent
        self._reason = reason
        self._oldest = oldest
        self._config = Config(agents={})
        self._stale: Mapping[str, float] = {}

    def use(self, config: Config, stale: Mapping[str, float]) -> None:
        """Takes a configuration, and by series the age in seconds from which its newest sample is stale."""
        self._config = config
        self._stale = stale

    def of(self, incident: Incident, state: State, now: float) -> NoticeFacts:
        """The facts of an incident at this moment; where they can't be had, those that it holds itself."""
        with self._faults.within(incident.agent, "notice facts"):
            return self._known(incident, state, now)
        return NoticeFacts(incident.cause)

    def _known(self, incident: Incident, state: State, now: float) -> NoticeFacts:
        runs = tuple(runs_of(state, incident.number))
        ended = [key for key, at in incident.members.items() if at]
        rules = tuple(key.partition("@")[0] for key in ended)
        if incident.phase is Phase.RESOLVED:
            end = incident.resolved_at or now
            peak = wait_peak(self._recent, incident.agent, incident.since, end)
            return NoticeFacts(cause=incident.cause, peak=peak, ended=rules, runs=runs)
        firing = tuple(
            replace(one, summary=self._line(one, now)) for one in firing_members(incident, state.alerts)
        )
        oldest = self._oldest(incident.agent)
        return NoticeFacts(self._cause(incident), oldest, None, firing, rules, runs)

    def _cause(self, incident: Incident) -> Saying:
        """The cause in the figures of now, where it is still the same one."""
        if not incident.root:
            return incident.cause
        reason = self._reason(incident.agent)
        return reason.text if reason.root.value == incident.root and reason.text else incident.cause

    def _line(self, alert: AlertState, now: float) -> Saying:
        """An alert's line in the figures of now; the one of its last change where nothing is known."""
        rule = self._config.rules.get(alert.rule)
        if rule is None:
            return alert.summary
        series = f"{alert.agent}/{rule.series}"
        samples = self._recent.since(series, now - rule.window)
        verdict = judge(rule, samples, now, self._stale.get(series, 0.0)) if samples else None
        if verdict is None or not verdict.known:
            return message("{summary} (no new data)", summary=alert.summary or alert.rule)
        if verdict.severity is None:
            return message("over: {summary}", summary=alert.summary or alert.rule)
        return summarise(rule, alert.rule, alert.agent, verdict)
