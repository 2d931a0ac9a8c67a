"""`[rules]`, and what mutes their alerts: `[[maintenance]]` and `[[inhibit]]`."""

from enum import StrEnum

import msgspec

from qualtui.config.value_types import Level, Seconds, Values
from qualtui.model import Link, Severity


class Aggregate(StrEnum):
    """How a rule looks at its window."""

    LAST = "last"
    AVG = "avg"
    MAX = "max"
    MIN = "min"
    SUM = "sum"
    COUNT = "count"


class Operator(StrEnum):
    """How a rule compares."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="
    EQUAL = "=="
    NOT_EQUAL = "!="


class Rule(Values, frozen=True, kw_only=True):
    """`[rules.NAME]`: a condition on a series. One threshold a severity; the worst that holds counts."""

    series: str  # without the agent
    aggregate: Aggregate = Aggregate.LAST
    window: Seconds = Seconds(0)  # 0: only the newest sample
    op: Operator = Operator.ABOVE
    info: Level | None = None
    warning: Level | None = None
    critical: Level | None = None
    leave: Level | None = None  # a firing alert goes on until its value is on the good side of this
    absent: Severity | None = None  # instead of thresholds: holds while the series has no fresh value
    min_events: int = 0  # of a ratio: with fewer events its condition does not hold
    events: str = ""  # the series that counts them; empty: the one that the ratio's series declares
    held_by: str = ""  # a rule: while it fires this one does not resolve
    unless: str = ""  # a rule: while it fires this one neither begins nor ends
    for_: Seconds = msgspec.field(default=Seconds(0), name="for")
    keep_firing_for: Seconds = Seconds(0)
    summary: str = ""  # {value}, {duration}, {note} and {agent} are filled in
    fix: str = ""
    runbook: str = ""
    link: Link | None = None  # of the chain, that it is about; none: it has a separate incident
    enabled: bool = True
    labels: dict[str, str] = {}  # of its alerts, for matchers


class Maintenance(Values, frozen=True, kw_only=True):
    """`[[maintenance]]`: planned work, in which matching alerts send no notice."""

    cron: str  # five fields: when it begins
    duration: Seconds
    zone: str = ""  # of the cron line; empty: this machine's
    match: tuple[str, ...] = ()  # matchers, all of which must hold; none: every alert


class Inhibit(Values, frozen=True, kw_only=True):
    """`[[inhibit]]`: while an alert of `source` fires, those of `target` send no notice."""

    source: tuple[str, ...]  # matchers, all of which must hold
    target: tuple[str, ...]
    equal: tuple[str, ...] = ("agent",)  # labels that must have the same values
