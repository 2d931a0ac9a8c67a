"""Invented events."""

from qualtui.eventlog.alerts import RuleChanged
from qualtui.eventlog.notices import NoticeQueued
from qualtui.model import Event, EventBody, Phase, Severity
from qualtui.text.message import Saying


def fired(
    number: int = 1,
    severity: Severity = Severity.CRITICAL,
    rule: str = "waiting",
    summary: Saying = "",
    cause: Saying = "",
    fix: str = "",
) -> RuleChanged:
    return changed(Phase.FIRING, number, severity, rule, summary=summary, cause=cause, fix=fix)


def changed(
    new: Phase,
    number: int = 1,
    severity: Severity = Severity.CRITICAL,
    rule: str = "waiting",
    old: Phase = Phase.PENDING,
    since: float = 90.0,
    summary: Saying = "",
    cause: Saying = "",
    fix: str = "",
) -> RuleChanged:
    return RuleChanged(
        rule, "bot", old, new, severity, "3 over 0", since, number=number, summary=summary, cause=cause, fix=fix
    )


def queued(key: str = "1/1/ops", number: int = 1, target: str = "ops") -> NoticeQueued:
    return NoticeQueued(key, number, target, "firing", Severity.CRITICAL, "3 customers waiting", "oldest 5m")


def log_of(*bodies: EventBody, start: float = 100.0, first: int = 1) -> tuple[Event, ...]:
    """The bodies as events, ten seconds apart."""
    return tuple(Event(first + n, start + 10 * n, 1, body) for n, body in enumerate(bodies))
