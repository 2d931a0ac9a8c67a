"""Severity, evidence, phase and link: the closed sets of words; and a probe's sample."""

from enum import StrEnum

import msgspec

from qualtui.text.message import Saying


class Severity(StrEnum):
    """How bad: CRITICAL may wake someone, WARNING waits for the day, INFO opens no incident."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """2 for critical, 1 for warning, 0 for info; to compare severities."""
        return {"critical": 2, "warning": 1, "info": 0}[self.value]


class Evidence(StrEnum):
    """What a figure rests on. Only FRESH may look green."""

    FRESH = "fresh"
    OLD = "old"  # the last sample is older than two intervals
    NO_DATA = "no_data"  # the poll failed on our side, or there was none yet
    DISAGREE = "disagree"  # two sources report different values of one fact
    NO_SOURCE = "no_source"  # no source is configured


class Phase(StrEnum):
    """The phase of an alert, as Prometheus names it."""

    INACTIVE = "inactive"
    PENDING = "pending"  # the condition holds, its `for` has not passed
    FIRING = "firing"
    RESOLVED = "resolved"


class Link(StrEnum):
    """The chain from us to the customer; its first broken link is the root cause."""

    US = "us"
    HOST = "host"
    WEBHOOK = "webhook"
    BOT = "bot"
    DATABASE = "database"
    GATEWAY = "gateway"
    CUSTOMER = "customer"


EARLY, UNSAID = "early", "unsaid"  # codes of a sample without a value: nothing to measure yet, no one says it


class Sample(msgspec.Struct, frozen=True, gc=False):
    """One value of a series, or None where the poll failed on our side.

    `note` says why, for people; `code` says it for programs, where a decision rests on more than the value.
    """

    series: str  # agent/name, e.g. ldc-bot/customers.waiting
    at: float
    value: float | None
    note: Saying = ""
    code: str = ""
