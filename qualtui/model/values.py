"""The words that everything else is said in, and a probe's answer."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How bad: CRITICAL may wake someone, WARNING waits for the day, INFO is to be known."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """2 for critical, 1 for warning, 0 for info: to compare."""
        return {"critical": 2, "warning": 1, "info": 0}[self.value]


class Evidence(StrEnum):
    """What a figure rests on. Only FRESH may look green."""

    FRESH = "fresh"
    OLD = "old"  # the last answer is older than two intervals
    NO_DATA = "no_data"  # we could not ask, or have not asked yet
    DISAGREE = "disagree"  # two sources tell different things of one fact
    NO_SOURCE = "no_source"  # nothing is configured that could tell


class Phase(StrEnum):
    """Where a rule stands for one agent. Prometheus's words."""

    INACTIVE = "inactive"
    PENDING = "pending"  # the condition holds, its `for` has not passed
    FIRING = "firing"
    RESOLVED = "resolved"


class Link(StrEnum):
    """The chain from us to the customer; its first broken link is the why of the screen."""

    US = "us"
    HOST = "host"
    WEBHOOK = "webhook"
    BOT = "bot"
    DATABASE = "database"
    WAHA = "waha"
    CUSTOMER = "customer"


class Sample(msgspec.Struct, frozen=True, gc=False):
    """One answer of a probe: a value, or None where we could not ask. `note` says why, in one clean line."""

    series: str  # agent/name, e.g. ldc-bot/customers.waiting
    at: float
    value: float | None
    note: str = ""
