"""One look at a rule of an agent, for the engine, `status --once`, `rules test` and `rules backtest`. Pure."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from qualtui.alerts.judge import RuleVerdict, judge, mildest
from qualtui.config.values import Rule
from qualtui.model import AlertState, Phase, Sample, alert_key
from qualtui.series.catalogue import BY_NAME


class Samples(Protocol):
    """Where samples are looked up."""

    def since(self, series: str, at: float) -> Sequence[Sample]:
        """The samples from `at` on, oldest first, and always the newest one."""


def look(
    agent: str,
    name: str,
    rule: Rule,
    samples: Samples,
    stale: Mapping[str, float],
    alerts: Mapping[str, AlertState],
    now: float,
) -> RuleVerdict | None:
    """Return the verdict on a rule of an agent; None where nothing may change.

    That is where nothing was ever polled and there is no alert, and while the rule that `unless` names fires.

    `stale`: by series the age in seconds from which a value is old; `alerts`: as they are before this look.
    """
    # Unlike Prometheus or Alertmanager (docs/alerting.md): unless
    if rule.unless and _fires(agent, rule.unless, alerts):
        return None
    series = f"{agent}/{rule.series}"
    recent = samples.since(series, now - rule.window)
    before = alerts.get(alert_key(name, agent))
    if not recent and (rule.absent is None or series not in stale):
        # An alert of before whose series nothing polls any more has no data.
        return None if before is None else RuleVerdict(known=False)
    fires = before is not None and before.phase is Phase.FIRING
    verdict = rate = judge(rule, recent, now, stale.get(series, 0.0), fires=fires)
    # Unlike Prometheus or Alertmanager (docs/alerting.md): min-events
    if verdict.severity is not None and rule.min_events:
        verdict = _of_enough(agent, rule, verdict, samples, stale, now)
    # Unlike Prometheus or Alertmanager (docs/alerting.md): held-by
    if fires and verdict.known and verdict.severity is None and _fires(agent, rule.held_by, alerts):
        # Too few events say nothing: the alert goes on as it was.
        return None if rate.severity is not None else replace(verdict, severity=mildest(rule))
    return verdict


def events_of(rule: Rule) -> str:
    """The series that counts the events of a ratio, without the agent; empty where none does."""
    declared = BY_NAME.get(rule.series)
    return rule.events or ("" if declared is None else declared.events)


def _of_enough(
    agent: str, rule: Rule, verdict: RuleVerdict, samples: Samples, stale: Mapping[str, float], now: float
) -> RuleVerdict:
    """The verdict, which needs `min_events`: one of three is no rate of 33 %. Their number unknown: unknown."""
    series = f"{agent}/{events_of(rule)}"
    counted = samples.since(series, now)
    newest = counted[-1] if counted else None
    if newest is None or newest.value is None or abs(now - newest.at) > stale.get(series, 0.0):
        return RuleVerdict(known=False, note=verdict.note, at=verdict.at)
    return verdict if newest.value >= rule.min_events else replace(verdict, severity=None)


def _fires(agent: str, name: str, alerts: Mapping[str, AlertState]) -> bool:
    """Whether the alert of another rule fires for this agent."""
    other = alerts.get(alert_key(name, agent)) if name else None
    return other is not None and other.phase is Phase.FIRING
