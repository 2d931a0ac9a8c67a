"""From a verdict and a rule's standing to its next transition: pending, firing, resolved."""

import msgspec

from qualtui.alerts.judge import RuleVerdict
from qualtui.config.values import Rule
from qualtui.eventlog.alerts import RuleChanged
from qualtui.model import AlertState, Phase, Severity
from qualtui.text import figure, span


class AlertStep(msgspec.Struct, frozen=True):
    """The outcome of one look: a transition or none, and since when the condition has been clear."""

    change: RuleChanged | None
    clear_since: float | None = None


def alert_step(
    name: str,
    agent: str,
    rule: Rule,
    verdict: RuleVerdict,
    standing: AlertState | None,
    clear_since: float | None,
    now: float,
) -> AlertStep:
    """The next step of a rule for an agent.

    `for` and `keep_firing_for` have Prometheus's meaning, but an unknown verdict changes nothing:
    it begins no pending, ends no firing, and whether it is clear is only said by a known one.
    The transition's number is 0 where a new incident begins; the caller gives the number.
    """
    if not verdict.known:
        return AlertStep(None)
    if standing is None:
        return AlertStep(
            None if verdict.severity is None else _begin(name, agent, rule, verdict, verdict.severity, now)
        )
    if verdict.severity is not None:
        return AlertStep(_go_on(rule, verdict, verdict.severity, standing, now))
    if standing.phase is Phase.PENDING:
        return AlertStep(
            _change(rule, verdict, standing, Phase.INACTIVE, standing.severity, "the condition passed")
        )
    since = now if clear_since is None else min(clear_since, now)
    if now - since < rule.keep_firing_for:
        return AlertStep(None, since)
    return AlertStep(
        _change(rule, verdict, standing, Phase.RESOLVED, standing.severity, "the condition no longer holds")
    )


def settle(rule: Rule | None, standing: AlertState, reason: str) -> RuleChanged:
    """The end of a rule that the configuration no longer has: resolved if it fired, else inactive."""
    new = Phase.RESOLVED if standing.phase is Phase.FIRING else Phase.INACTIVE
    return _change(rule, RuleVerdict(known=True), standing, new, standing.severity, reason)


def _begin(name: str, agent: str, rule: Rule, verdict: RuleVerdict, severity: Severity, now: float) -> RuleChanged:
    standing = AlertState(name, agent, Phase.INACTIVE, severity, min(verdict.at, now))
    if rule.for_ > 0:
        return _change(rule, verdict, standing, Phase.PENDING, severity, "the condition began to hold")
    return _change(rule, verdict, standing, Phase.FIRING, severity, "the condition holds")


def _go_on(
    rule: Rule, verdict: RuleVerdict, severity: Severity, standing: AlertState, now: float
) -> RuleChanged | None:
    if standing.phase is Phase.PENDING:
        if abs(now - standing.since) < rule.for_:  # a beginning in the future: the clock was set back since
            return None
        return _change(rule, verdict, standing, Phase.FIRING, severity, "the condition held long enough")
    if severity is standing.severity:
        return None
    reason = "it got worse" if severity.rank > standing.severity.rank else "it got better"
    return _change(rule, verdict, standing, Phase.FIRING, severity, reason)


def _change(
    rule: Rule | None, verdict: RuleVerdict, standing: AlertState, new: Phase, severity: Severity, reason: str
) -> RuleChanged:
    return RuleChanged(
        rule=standing.rule,
        agent=standing.agent,
        old=standing.phase,
        new=new,
        severity=severity,
        reason=reason,
        since=standing.since,
        number=standing.number,
        value=verdict.value,
        summary=summarise(rule, standing.rule, standing.agent, verdict) if rule else "",
        fix=rule.fix if rule else "",
        runbook=rule.runbook if rule else "",
    )


def summarise(rule: Rule, name: str, agent: str, verdict: RuleVerdict) -> str:
    """The rule's summary with {value}, {duration}, {note} and {agent} filled in; other braces stay as they are."""
    text = rule.summary or f"{name}: {{value}}"
    number = "" if verdict.value is None else figure(verdict.value)
    lasted = "" if verdict.value is None else span(verdict.value)
    for word, filling in (("value", number), ("duration", lasted), ("note", verdict.note), ("agent", agent)):
        text = text.replace("{" + word + "}", filling)
    return text.strip().rstrip(":").strip()
