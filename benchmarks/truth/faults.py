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
    LOST = "bot fails before it stores a message"
    HALF_LOST = "bot fails before it stores every second one"
    AWAY = "gateway posts its webhook elsewhere"
    SENDS_REFUSED = "gateway is WORKING and refuses sends"
    PENDING = "gateway is WORKING, its phone is offline"
    WAHA_HANGS = "WAHA accepts and never answers"
    DEAF = "gateway is WORKING and hears nobody"
    FLOOD = "one phone floods the bot"
    UNWRITTEN = "bot answers and stores no row of it"
    DATABASE_SLOW = "database slow"
    OUR_NETWORK = "our own network is down"


class Must(msgspec.Struct, frozen=True):
    """What a fault must show: a rule, its severity, and words of the why, one of those between bars."""

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
    Kind.LOST: Must("customers-waiting", "critical", "never stored"),
    Kind.HALF_LOST: Must("customers-waiting", "critical", "never stored"),
    Kind.AWAY: Must("customers-waiting", "critical", "never stored"),
    Kind.SENDS_REFUSED: Must("customers-waiting", "critical", "not delivered|nobody received"),
    Kind.PENDING: Must("customers-waiting", "critical", "not delivered|nobody received"),
    Kind.WAHA_HANGS: Must("waha-not-working", "critical", "WAHA no answer"),
    Kind.DEAF: Must("waha-deaf", "warning", "hears nobody"),
    # The bot says the same text once in five minutes; so long the flooder waits, and is not lost.
    Kind.FLOOD: Must("customers-waiting", "warning", "sent no reply"),
    Kind.UNWRITTEN: Must("sources-disagree", "warning", "no row"),
    Kind.DATABASE_SLOW: Must("database-slow", "warning", "database is slow"),
    Kind.OUR_NETWORK: Must("blind", "warning", "Our own network: the control target"),
}

# Silence of the bot is felt only when a customer writes.
NEEDS_CUSTOMERS = {
    Kind.STUCK,
    Kind.SILENT,
    Kind.NEVER_GREETED,
    Kind.LOST,
    Kind.HALF_LOST,
    Kind.AWAY,
    Kind.SENDS_REFUSED,
    Kind.PENDING,
}
# A silence, of the customers or of the rows, is a fault only when they would write: by day, on a working day.
BY_DAY = {Kind.DEAF, Kind.UNWRITTEN}
# and as such it is told apart from chance when 9.2 customers would have written: at 12 an hour that is 46 minutes.
# Sends without a row contradict the rows when those of before are too few: at 12 an hour in 36 minutes.
LASTS = {Kind.DEAF: (3300.0, 4000.0), Kind.UNWRITTEN: (3300.0, 3900.0)}
USUAL = (1500.0, 3000.0)  # s that a fault lasts
MORNING, EVENING, WORKING_DAYS = 9.0, 19.0, 5


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
    _by_day(kinds, slot, rng)
    faults = []
    for number, kind in enumerate(kinds):
        lasts = rng.uniform(*LASTS.get(kind, USUAL))
        begin = number * slot + rng.uniform(300, max(300, slot - lasts - 4500))
        faults.append(Fault(kind, begin, begin + lasts))
    return tuple(faults)


def _by_day(kinds: list[Kind], slot: float, rng: random.Random) -> None:
    """Changes places, so that what is felt by day alone comes by day."""
    light = [number for number in range(len(kinds)) if _daylight(number * slot) and _daylight((number + 1) * slot)]
    for number, kind in enumerate(kinds):
        if kind in BY_DAY and number not in light:
            other = rng.choice([place for place in light if kinds[place] not in BY_DAY])
            kinds[number], kinds[other] = kinds[other], kinds[number]


def _daylight(at: float) -> bool:
    return MORNING <= at % DAY / 3600 <= EVENING and at // DAY % 7 < WORKING_DAYS
