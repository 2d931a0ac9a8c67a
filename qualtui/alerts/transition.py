"""From a verdict and an alert's state to its next transition: pending, firing, resolved."""

import re
from functools import lru_cache
from itertools import zip_longest
from typing import TypeAlias

from msgspec.structs import replace

from qualtui.alerts.judge import RuleVerdict
from qualtui.config.values import Rule
from qualtui.eventlog.alert_changes import AlertChanged, AlertCleared, AlertUnseen
from qualtui.model import AlertState, Phase, Severity
from qualtui.series.catalogue import BY_NAME
from qualtui.text.message import Param, Saying, Text, message, outside

AlertTransition: TypeAlias = AlertChanged | AlertCleared | AlertUnseen
LONGEST_BREAK = 3600.0  # s without a look over which `for` goes on counting; Prometheus's outage tolerance


def alert_step(
    name: str, agent: str, rule: Rule, verdict: RuleVerdict, before: AlertState | None, now: float
) -> AlertTransition | None:
    """Return an alert's transition at this moment: another phase or severity, or another state of its condition.

    `for` and `keep_firing_for` have Prometheus's meaning, but an unknown verdict only marks the alert as having no
    data: it begins no pending, ends no firing, and whether it is clear is only said by a known one.
    """
    if before is None:
        known = verdict.known and verdict.severity is not None
        return _begin(name, agent, rule, verdict, verdict.severity, now) if known and verdict.severity else None
    # Unlike Prometheus or Alertmanager (docs/alerting.md): no-data
    if not verdict.known:
        return None if before.unseen_since is not None else AlertUnseen(name, agent, now, before.number)
    change = _walk(rule, verdict, before, now)
    if change is None and before.unseen_since is not None:
        return AlertUnseen(name, agent, None, before.number)
    return change


def after_break(before: AlertState, pause: float) -> AlertTransition | None:
    """Return the restart of an alert's clocks after `pause` s without a look, where that is over LONGEST_BREAK."""
    # Unlike Prometheus or Alertmanager (docs/alerting.md): restart
    if pause <= LONGEST_BREAK:
        return None
    if before.phase is Phase.PENDING:
        reason = message("no one looked for {pause:span}: it starts to count again", pause=pause)
        return _change(None, RuleVerdict(known=True), before, Phase.INACTIVE, before.severity, reason)
    return None if before.clear_since is None else AlertCleared(before.rule, before.agent, None, before.number)


def _walk(rule: Rule, verdict: RuleVerdict, before: AlertState, now: float) -> AlertTransition | None:
    if verdict.severity is not None:
        return _go_on(rule, verdict, verdict.severity, before, now)
    if before.phase is Phase.PENDING:
        return _change(rule, verdict, before, Phase.INACTIVE, before.severity, message("the condition passed"))
    since = now if before.clear_since is None else min(before.clear_since, now)
    if now - since >= rule.keep_firing_for:
        reason = message("the condition no longer holds")
        return _change(rule, verdict, before, Phase.RESOLVED, before.severity, reason)
    if before.clear_since is None or before.clear_since > now:  # the clock was set back: counted again from here
        return AlertCleared(before.rule, before.agent, since, before.number)
    return None


def settle(rule: Rule | None, before: AlertState, reason: Saying) -> AlertChanged:
    """The end of a rule that the configuration no longer has: resolved if it fired, else inactive."""
    new = Phase.RESOLVED if before.phase is Phase.FIRING else Phase.INACTIVE
    return _change(rule, RuleVerdict(known=True), before, new, before.severity, reason)


def _begin(
    name: str, agent: str, rule: Rule, verdict: RuleVerdict, severity: Severity, now: float
) -> AlertChanged:
    before = AlertState(name, agent, Phase.INACTIVE, severity, min(verdict.at, now))
    if rule.for_ > 0:
        return _change(rule, verdict, before, Phase.PENDING, severity, message("the condition began to hold"))
    return _change(rule, verdict, before, Phase.FIRING, severity, message("the condition holds"))


def _go_on(
    rule: Rule, verdict: RuleVerdict, severity: Severity, before: AlertState, now: float
) -> AlertTransition | None:
    if before.phase is Phase.PENDING:
        if abs(now - before.since) < rule.for_:  # a beginning in the future: the clock was set back since
            return None
        return _change(rule, verdict, before, Phase.FIRING, severity, message("the condition held long enough"))
    if severity is before.severity:
        # The condition holds again: keep_firing_for counts again when it ends.
        return None if before.clear_since is None else AlertCleared(before.rule, before.agent, None, before.number)
    reason = message("it got worse") if severity.rank > before.severity.rank else message("it got better")
    # Unlike Prometheus or Alertmanager (docs/alerting.md): info
    if before.severity is Severity.INFO:
        before = replace(before, since=now)  # the trouble is new, however long there was something to know
    return _change(rule, verdict, before, Phase.FIRING, severity, reason)


def _change(
    rule: Rule | None, verdict: RuleVerdict, before: AlertState, new: Phase, severity: Severity, reason: Saying
) -> AlertChanged:
    fires = new in {Phase.PENDING, Phase.FIRING}
    return AlertChanged(
        rule=before.rule,
        agent=before.agent,
        old=before.phase,
        new=new,
        severity=severity,
        reason=reason,
        since=before.since,
        link=rule.link.value if rule is not None and rule.link is not None else before.link,
        value=verdict.value,
        summary=summarise(rule, before.rule, before.agent, verdict) if rule and fires else before.summary,
        fix=rule.fix if rule else before.fix,
        runbook=runbook_text(rule) if rule else before.runbook,
        number=before.number,
        follows=before.follows if rule is None else burns_budget(rule),
    )


def burns_budget(rule: Rule) -> bool:
    """Whether a rule is about how fast an error budget burns: its alert follows the incident that burnt it."""
    declared = BY_NAME.get(rule.series)
    return declared is not None and declared.budget


def runbook_text(rule: Rule) -> Text:
    """Return the rule's runbook as a sentence that can be translated; its braces are no placeholders."""
    return Text(rule.runbook.replace("{", "{{").replace("}", "}}"))


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
