"""From a verdict and a rule's standing to its next transition: pending, firing, resolved."""

import msgspec

from qualtui.alerts.evaluate import Verdict
from qualtui.config.values import Rule
from qualtui.model import Phase, RuleChanged, Severity, Standing
from qualtui.text import figure, span


class Step(msgspec.Struct, frozen=True):
    """The outcome of one look: a transition or none, and since when the condition has been clear."""

    change: RuleChanged | None
    clear_since: float | None = None


def step(
    name: str,
    agent: str,
    rule: Rule,
    verdict: Verdict,
    standing: Standing | None,
    clear_since: float | None,
    now: float,
) -> Step:
    """The next step of a rule for an agent.

    `for` and `keep_firing_for` have Prometheus's meaning, but an unknown verdict changes nothing:
    it begins no pending, ends no firing, and whether it is clear is only said by a known one.
    The transition's number is 0 where a new incident begins; the caller gives the number.
    """
    if not verdict.known:
        return Step(None)
    if standing is None:
        return Step(
            None if verdict.severity is None else _begin(name, agent, rule, verdict, verdict.severity, now)
        )
    if verdict.severity is not None:
        return Step(_go_on(rule, verdict, verdict.severity, standing, now))
    if standing.phase is Phase.PENDING:
        return Step(_change(rule, verdict, standing, Phase.INACTIVE, standing.severity, "the condition passed"))
    since = now if clear_since is None else min(clear_since, now)
    if now - since < rule.keep_firing_for:
        return Step(None, since)
    return Step(
        _change(rule, verdict, standing, Phase.RESOLVED, standing.severity, "the condition no longer holds")
    )


def settle(rule: Rule | None, standing: Standing, reason: str) -> RuleChanged:
    """The end of a rule that the configuration no longer has: resolved if it fired, else inactive."""
    new = Phase.RESOLVED if standing.phase is Phase.FIRING else Phase.INACTIVE
    return _change(rule, Verdict(known=True), standing, new, standing.severity, reason)


def _begin(name: str, agent: str, rule: Rule, verdict: Verdict, severity: Severity, now: float) -> RuleChanged:
    standing = Standing(name, agent, Phase.INACTIVE, severity, min(verdict.at, now))
    if rule.for_ > 0:
        return _change(rule, verdict, standing, Phase.PENDING, severity, "the condition began to hold")
    return _change(rule, verdict, standing, Phase.FIRING, severity, "the condition holds")


def _go_on(rule: Rule, verdict: Verdict, severity: Severity, standing: Standing, now: float) -> RuleChanged | None:
    if standing.phase is Phase.PENDING:
        if abs(now - standing.since) < rule.for_:  # a beginning in the future: the clock was set back since
            return None
        return _change(rule, verdict, standing, Phase.FIRING, severity, "the condition held long enough")
    if severity is standing.severity:
        return None
    reason = "it got worse" if severity.rank > standing.severity.rank else "it got better"
    return _change(rule, verdict, standing, Phase.FIRING, severity, reason)


def _change(
    rule: Rule | None, verdict: Verdict, standing: Standing, new: Phase, severity: Severity, reason: str
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


def summarise(rule: Rule, name: str, agent: str, verdict: Verdict) -> str:
    """The rule's summary with {value}, {duration}, {note} and {agent} filled in; other braces stay as they are."""
    text = rule.summary or f"{name}: {{value}}"
    number = "" if verdict.value is None else figure(verdict.value)
    lasted = "" if verdict.value is None else span(verdict.value)
    for word, filling in (("value", number), ("duration", lasted), ("note", verdict.note), ("agent", agent)):
        text = text.replace("{" + word + "}", filling)
    return text.strip().rstrip(":").strip()
