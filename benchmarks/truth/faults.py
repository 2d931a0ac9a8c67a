"""The faults of the bad week, and what happens in both weeks and must alarm nobody: what, and when. Pure."""

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
    DEAF = "gateway is WORKING and receives no messages"
    FLOOD = "one phone floods the bot"
    UNWRITTEN = "bot answers and stores no row of it"
    DATABASE_SLOW = "database slow"
    OUR_NETWORK = "our own network is down"
    SENDS_HANG = "gateway is WORKING and its sends hang"
    LOST_RESTART = "bot fails before storing, session restarts"
    BACK = "bot is away, and back with messages lost"
    FOREIGN = "foreign numbers: the bot answers another one"
    CHATS_AWAY = "chats answer 500, and a customer is lost"
    LIDS_UNLINKED = "gateway lists lids that it cannot link"
    REQUEST_TIME = "our messages bear the time of the request"
    ME_NULL = "gateway is WORKING as nobody, with no chats"
    QUEUE = "14 new customers within 14 s"
    LIDS = "gateway lists lids only, and links them"
    DOUBLED = "each message twice, under lid and number"
    REPEATED = "customers repeat their words"
    ACKS_PENDING = "acks stay PENDING on what arrived"


# What must alarm nobody, in either week.
HARMLESS = frozenset({Kind.QUEUE, Kind.LIDS, Kind.DOUBLED, Kind.REPEATED, Kind.ACKS_PENDING})
# What customers do not feel: only we see less.
HIDDEN = frozenset({Kind.OUR_NETWORK, Kind.LIDS_UNLINKED, Kind.REQUEST_TIME, Kind.ME_NULL})
FAULTS = tuple(kind for kind in Kind if kind not in HARMLESS)
GONE_FOR = 420.0  # s that a bot is away that comes back with messages lost

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
    Kind.SENDS_HANG,
    Kind.LOST_RESTART,
    Kind.LIDS_UNLINKED,  # an empty overview hides no id
}
# A silence, of the customers or of the rows, is a fault only when they would write: by day, on a working day.
BY_DAY = {Kind.DEAF, Kind.UNWRITTEN}
# and as such it differs from chance when 11.5 customers would have written: at 12 an hour in 58 minutes.
# Sends without a row contradict the rows when those of before are too few: at 12 an hour in 36 minutes.
LASTS = {
    Kind.DEAF: (4200.0, 4900.0),
    Kind.UNWRITTEN: (3300.0, 3900.0),
    # What lasts for hours is one thing; what is felt for so long must be reported.
    Kind.QUEUE: (900.0, 900.0),
    Kind.LIDS: (7200.0, 10800.0),
    Kind.DOUBLED: (7200.0, 10800.0),
    Kind.REPEATED: (7200.0, 10800.0),
}
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
    kinds = [kind for kind in FAULTS for _ in range(each)]
    rng.shuffle(kinds)
    slot = days * DAY / len(kinds)
    _by_day(kinds, slot, rng)
    faults = []
    for number, kind in enumerate(kinds):
        lasts = rng.uniform(*LASTS.get(kind, USUAL))
        begin = number * slot + rng.uniform(300, max(300, slot - lasts - 4500))
        faults.append(Fault(kind, begin, begin + lasts))
    return tuple(faults)


def harmless_week(seed: int, each: int, days: float) -> tuple[Fault, ...]:
    """What must alarm nobody, each `each` times, by day, one after the other."""
    rng = random.Random(f"{seed} harmless")
    kinds = [kind for kind in Kind if kind in LASTS and kind in HARMLESS for _ in range(each)]
    rng.shuffle(kinds)
    found = []
    slot = days * DAY / len(kinds)
    for number, kind in enumerate(kinds):
        lasts = rng.uniform(*LASTS[kind])
        begin = number * slot + rng.uniform(0, max(0.0, slot - lasts))
        found.append(Fault(kind, begin, begin + lasts))
    return tuple(found)


def _by_day(kinds: list[Kind], slot: float, rng: random.Random) -> None:
    """Changes places, so that what is felt by day alone comes by day."""
    light = [number for number in range(len(kinds)) if _daylight(number * slot) and _daylight((number + 1) * slot)]
    for number, kind in enumerate(kinds):
        if kind in BY_DAY and number not in light:
            other = rng.choice([place for place in light if kinds[place] not in BY_DAY])
            kinds[number], kinds[other] = kinds[other], kinds[number]


def _daylight(at: float) -> bool:
    return MORNING <= at % DAY / 3600 <= EVENING and at // DAY % 7 < WORKING_DAYS
