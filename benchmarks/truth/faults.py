"""The faults of the bad week: what breaks, which rule must fire, and what the why must say. Pure."""

import random
from enum import StrEnum

import msgspec

DAY = 86400.0
LEAST_SLOT = 7800.0  # s: a fault, and the time in which its customers are answered


class Kind(StrEnum):
    """A fault, or a cause of waiting."""

    AGENT_DOWN = "agent refuses connections"
    AGENT_HANGS = "agent accepts and never answers"
    AGENT_ERRORS = "host answers 502 for the agent"
    DATABASE_DOWN = "database down"
    WAHA_FAILED = "WAHA session FAILED"
    WAHA_QR = "WAHA session needs a QR"
    WAHA_GONE = "WAHA refuses connections"
    STUCK = "sessions stuck: stored, then the bot fails"
    SILENT = "bot stores messages and sends nothing"
    NEVER_GREETED = "leads created and never greeted"
    OUR_NETWORK = "our own network is down"


class Must(msgspec.Struct, frozen=True):
    """What a fault must show: a rule, its severity, and words of the why."""

    rule: str
    severity: str
    why: str


MUST: dict[Kind, Must] = {
    Kind.AGENT_DOWN: Must("agent-down", "critical", "refuses connections"),
    Kind.AGENT_HANGS: Must("agent-down", "critical", "The bot is down"),
    Kind.AGENT_ERRORS: Must("agent-down", "critical", "HTTP 502"),
    Kind.DATABASE_DOWN: Must("database-down", "critical", "database is down"),
    Kind.WAHA_FAILED: Must("waha-not-working", "critical", "WAHA FAILED"),
    Kind.WAHA_QR: Must("waha-not-working", "critical", "SCAN_QR_CODE"),
    Kind.WAHA_GONE: Must("waha-not-working", "critical", "WAHA"),
    Kind.STUCK: Must("customers-waiting", "critical", "sent no reply"),
    Kind.SILENT: Must("customers-waiting", "critical", "sent no reply"),
    Kind.NEVER_GREETED: Must("customers-waiting", "critical", "greeted"),
    Kind.OUR_NETWORK: Must("blind", "warning", "cannot ask"),
}

# Silence of the bot is felt only when a customer writes.
NEEDS_CUSTOMERS = {Kind.STUCK, Kind.SILENT, Kind.NEVER_GREETED}


class Fault(msgspec.Struct, frozen=True):
    """A fault from `begin` to `end`, in virtual seconds since the week's start."""

    kind: Kind
    begin: float
    end: float

    def on(self, at: float) -> bool:
        """Whether it lasts at this instant."""
        return self.begin <= at < self.end


def bad_week(seed: int, each: int, days: float) -> tuple[Fault, ...]:
    """Every kind `each` times, in a random order at random times: one at a time, with hours between them."""
    rng = random.Random(seed)
    kinds = [kind for kind in Kind for _ in range(each)]
    rng.shuffle(kinds)
    slot = days * DAY / len(kinds)
    faults = []
    for number, kind in enumerate(kinds):
        lasts = rng.uniform(1500, 3000)
        begin = number * slot + rng.uniform(300, max(300, slot - lasts - 4500))
        faults.append(Fault(kind, begin, begin + lasts))
    return tuple(faults)
