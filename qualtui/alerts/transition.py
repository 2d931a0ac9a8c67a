"""From a verdict and a rule's present state to its next transition: pending, firing, resolved."""

import re
from functools import lru_cache
from itertools import zip_longest

import msgspec

from qualtui.alerts.judge import RuleVerdict
from qualtui.config.values import Rule
from qualtui.eventlog.alerts import RuleChanged
from qualtui.model import AlertState, Phase, Severity
from qualtui.text.message import Param, Saying, Text, message, outside


class AlertStep(msgspec.Struct, frozen=True):
    """The outcome of one look: a transition or none, and since when the condition has been clear."""

    change: RuleChanged | None
    clear_since: float | None = None


def alert_step(
    name: str,
    agent: str,
    rule: Rule,
    verdict: RuleVerdict,
    current: AlertState | None,
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
    if current is None:
        return AlertStep(
            None if verdict.severity is None else _begin(name, agent, rule, verdict, verdict.severity, now)
        )
    if verdict.severity is not None:
        return AlertStep(_go_on(rule, verdict, verdict.severity, current, now))
    if current.phase is Phase.PENDING:
        return AlertStep(
            _change(rule, verdict, current, Phase.INACTIVE, current.severity, message("the condition passed"))
        )
    since = now if clear_since is None else min(clear_since, now)
    if now - since < rule.keep_firing_for:
        return AlertStep(None, since)
    return AlertStep(
        _change(rule, verdict, current, Phase.RESOLVED, current.severity, message("the condition no longer holds"))
    )


def settle(rule: Rule | None, current: AlertState, reason: Saying) -> RuleChanged:
    """The end of a rule that the configuration no longer has: resolved if it fired, else inactive."""
    new = Phase.RESOLVED if current.phase is Phase.FIRING else Phase.INACTIVE
    return _change(rule, RuleVerdict(known=True), current, new, current.severity, reason)


def _begin(name: str, agent: str, rule: Rule, verdict: RuleVerdict, severity: Severity, now: float) -> RuleChanged:
    current = AlertState(name, agent, Phase.INACTIVE, severity, min(verdict.at, now))
    if rule.for_ > 0:
        return _change(rule, verdict, current, Phase.PENDING, severity, message("the condition began to hold"))
    return _change(rule, verdict, current, Phase.FIRING, severity, message("the condition holds"))


def _go_on(
    rule: Rule, verdict: RuleVerdict, severity: Severity, current: AlertState, now: float
) -> RuleChanged | None:
    if current.phase is Phase.PENDING:
        if abs(now - current.since) < rule.for_:  # a beginning in the future: the clock was set back since
            return None
        return _change(rule, verdict, current, Phase.FIRING, severity, message("the condition held long enough"))
    if severity is current.severity:
        return None
    reason = message("it got worse") if severity.rank > current.severity.rank else message("it got better")
    return _change(rule, verdict, current, Phase.FIRING, severity, reason)


def _change(
    rule: Rule | None, verdict: RuleVerdict, current: AlertState, new: Phase, severity: Severity, reason: Saying
) -> RuleChanged:
    return RuleChanged(
        rule=current.rule,
        agent=current.agent,
        old=current.phase,
        new=new,
        severity=severity,
        reason=reason,
        since=current.since,
        number=current.number,
        value=verdict.value,
        summary=summarise(rule, current.rule, current.agent, verdict) if rule else "",
        fix=rule.fix if rule else "",
        runbook=rule.runbook if rule else "",
    )


def summarise(rule: Rule, name: str, agent: str, verdict: RuleVerdict) -> Text:
    """The rule's summary with its {value}, {duration}, {note} and {agent}; other braces stay as they are."""
    values: dict[str, Param] = {"rule": name, "agent": agent}
    if verdict.value is not None:
        values |= {"value": verdict.value, "duration": verdict.value}
    if verdict.note:
        values["note"] = outside(verdict.note)
    template, used = summary_template(rule.summary, frozenset(values))
    return Text(template, {word: values[word] for word in used})


@lru_cache(maxsize=1024)
def summary_template(summary: str, known: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """A rule's summary as a template, without the words that nothing is known of, and the words that it has."""
    words = [part if part[1:-1] in known else "" for part in _WORD.findall(summary or _PLAIN)]
    literals = [part.replace("{", "{{").replace("}", "}}") for part in _WORD.split(summary or _PLAIN)]
    filled = [_FORMATS.get(word, word) for word in words]
    text = "".join(part for pair in zip_longest(literals, filled, fillvalue="") for part in pair)
    return text.strip().rstrip(":").strip(), tuple(dict.fromkeys(word[1:-1] for word in words if word))


_WORD = re.compile(r"\{(?:value|duration|note|agent|rule)\}")
_FORMATS = {"{duration}": "{duration:span}"}
_PLAIN = "{rule}: {value}"  # of a rule without a summary
