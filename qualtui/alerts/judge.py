"""A rule looked at once: does its condition hold, how badly, and do we know?"""

from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt, ne

import msgspec

from qualtui.config.values import Aggregate, Level, Operator, Rule
from qualtui.model import Sample, Severity
from qualtui.text.message import Saying

_COMPARE: dict[Operator, Callable[[float, float], bool]] = {
    Operator.ABOVE: gt,
    Operator.AT_LEAST: ge,
    Operator.BELOW: lt,
    Operator.AT_MOST: le,
    Operator.EQUAL: eq,
    Operator.NOT_EQUAL: ne,
}


class RuleVerdict(msgspec.Struct, frozen=True):
    """What a rule says of an agent. `known` False: no fresh data, so nothing may begin or end."""

    known: bool
    severity: Severity | None = None  # the worst threshold that holds; None: the condition does not hold
    value: float | None = None
    note: Saying = ""
    at: float = 0.0  # of the newest sample


def judge(
    rule: Rule, samples: Sequence[Sample], now: float, stale_after: float, *, fires: bool = False
) -> RuleVerdict:
    """The verdict on samples (oldest first) of the rule's series. `fires`: its alert does, so that `leave` counts.

    A newest sample without a value, or older than `stale_after` seconds, leaves the verdict unknown:
    no data is neither trouble nor recovery. So does one from the future, after the clock was set back.
    """
    # Unlike Prometheus or Alertmanager (docs/alerting.md): absent
    if rule.absent is not None:
        return _missing(rule.absent, samples, now, stale_after)
    if not samples:
        return RuleVerdict(known=False)
    newest = samples[-1]
    # Unlike Prometheus or Alertmanager (docs/alerting.md): freshness
    if newest.value is None or abs(now - newest.at) > stale_after:
        return RuleVerdict(known=False, note=newest.note, at=newest.at)
    value = _aggregate(rule, samples, now)
    if value is None:
        return RuleVerdict(known=False, note=newest.note, at=newest.at)
    # Unlike Prometheus or Alertmanager (docs/alerting.md): severities
    severity = _worst(rule, value)
    # Unlike Prometheus or Alertmanager (docs/alerting.md): leave
    if severity is None and fires and rule.leave is not None and _COMPARE[rule.op](value, rule.leave):
        severity = mildest(rule)
    return RuleVerdict(True, severity, value, newest.note, newest.at)


def mildest(rule: Rule) -> Severity | None:
    """The severity of the first threshold that the rule has."""
    levels = ((Severity.INFO, rule.info), (Severity.WARNING, rule.warning), (Severity.CRITICAL, rule.critical))
    return next((severity for severity, level in levels if level is not None), rule.absent)


def _missing(severity: Severity, samples: Sequence[Sample], now: float, stale_after: float) -> RuleVerdict:
    """The verdict of a rule about having no data: always known."""
    newest = samples[-1] if samples else None
    if newest is not None and newest.value is not None and abs(now - newest.at) <= stale_after:
        return RuleVerdict(True, None, newest.value, newest.note, newest.at)
    return RuleVerdict(True, severity, None, "" if newest is None else newest.note, now)


def _aggregate(rule: Rule, samples: Sequence[Sample], now: float) -> float | None:
    """The rule's figure over its window; None where the window holds no value."""
    if rule.aggregate is Aggregate.LAST:
        return samples[-1].value
    values = [s.value for s in samples if s.value is not None and s.at >= now - rule.window]
    if not values:
        return None
    if rule.aggregate is Aggregate.AVG:
        return sum(values) / len(values)
    if rule.aggregate is Aggregate.COUNT:
        return float(len(values))
    if rule.aggregate is Aggregate.SUM:
        return sum(values)
    return max(values) if rule.aggregate is Aggregate.MAX else min(values)


def _worst(rule: Rule, value: float) -> Severity | None:
    """The worst severity whose threshold holds for the value."""
    levels: tuple[tuple[Severity, Level | None], ...] = (
        (Severity.CRITICAL, rule.critical),
        (Severity.WARNING, rule.warning),
        (Severity.INFO, rule.info),
    )
    for severity, level in levels:
        if level is not None and _COMPARE[rule.op](value, level):
            return severity
    return None
