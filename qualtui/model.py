"""The values that flow through qualtui, and the events that its log keeps.

Time is seconds since the Unix epoch (UTC) as a float, durations are seconds, unless a name says otherwise.
"""

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


# --- events: one class a fact, tagged and versioned; the fold in store/fold.py gives them meaning ---


class EngineStarted(msgspec.Struct, frozen=True, tag="engine.started"):
    """An engine took the lease."""

    pid: int
    host: str
    version: str


class EngineStopped(msgspec.Struct, frozen=True, tag="engine.stopped"):
    """An engine gave the lease back."""

    reason: str


class ConfigRead(msgspec.Struct, frozen=True, tag="config.read"):
    """The configuration was read again: taken, or refused whole with its first error."""

    taken: bool
    digest: str
    problem: str = ""


class RuleChanged(msgspec.Struct, frozen=True, tag="rule.changed"):
    """A rule changed its phase or severity for one agent: the transition that incidents and notices follow.

    `number` is the incident's short number, given when it starts to fire; 0 while pending.
    `since` is when the condition began to hold.
    """

    rule: str
    agent: str
    old: Phase
    new: Phase
    severity: Severity
    reason: str
    since: float
    number: int = 0
    value: float | None = None
    summary: str = ""
    cause: str = ""  # the why at that moment
    fix: str = ""
    runbook: str = ""


class Acknowledged(msgspec.Struct, frozen=True, tag="incident.acknowledged"):
    """Somebody said: I've got it."""

    number: int
    who: str


class Released(msgspec.Struct, frozen=True, tag="incident.released"):
    """Whoever had it gave it back."""

    number: int
    who: str


class Noted(msgspec.Struct, frozen=True, tag="incident.noted"):
    """A person's remark on an incident, phones masked."""

    number: int
    who: str
    text: str


class NoticeQueued(msgspec.Struct, frozen=True, tag="notice.queued"):
    """A notice is owed to a target. `key` is unique for ever: incident, change and target."""

    key: str
    number: int
    target: str
    kind: str  # firing, worse, resolved, test
    severity: Severity
    title: str
    body: str


class NoticeSending(msgspec.Struct, frozen=True, tag="notice.sending"):
    """Written before the send: after a kill, whether it arrived is in doubt."""

    key: str
    attempt: int


class NoticeDelivered(msgspec.Struct, frozen=True, tag="notice.delivered"):
    """The target accepted it."""

    key: str
    attempt: int


class NoticeFailed(msgspec.Struct, frozen=True, tag="notice.failed"):
    """The target did not accept it; `retry_at` None: given up."""

    key: str
    attempt: int
    reason: str
    retry_at: float | None = None


class FixStarted(msgspec.Struct, frozen=True, tag="fix.started"):
    """Written before a remedy acts. `subjects` are the ids it may touch (no personal data)."""

    run: str
    fix: str
    agent: str
    who: str
    subjects: tuple[str, ...] = ()
    number: int = 0
    undoes: str = ""  # the run that this run takes back
    detail: str = ""  # the figures of the preview, in one line


class FixFinished(msgspec.Struct, frozen=True, tag="fix.finished"):
    """What a remedy did. `done` are the ids it really changed."""

    run: str
    outcome: str  # ok, nothing, failed, interrupted
    summary: str
    done: tuple[str, ...] = ()


class FixStopped(msgspec.Struct, frozen=True, tag="fix.stopped"):
    """A person said that a run is to end; it may have been at its end already."""

    run: str
    who: str


class BacklogMarked(msgspec.Struct, frozen=True, tag="backlog.marked"):
    """Learning ended: what was open before qualtui first looked is backlog, never a page."""

    agent: str
    count: int
    before: float


class CustomerClosed(msgspec.Struct, frozen=True, tag="customer.closed"):
    """A person answered a waiting customer by hand: nothing is owed for what came until `upto` (their clock)."""

    agent: str
    lead: str
    who: str
    reason: str
    upto: float


EventBody = (
    EngineStarted
    | EngineStopped
    | ConfigRead
    | RuleChanged
    | Acknowledged
    | Released
    | Noted
    | NoticeQueued
    | NoticeSending
    | NoticeDelivered
    | NoticeFailed
    | FixStarted
    | FixFinished
    | FixStopped
    | BacklogMarked
    | CustomerClosed
)


class Event(msgspec.Struct, frozen=True):
    """One line of the log. `seq` is the only order; `at` never runs back; `key` is unique where not empty."""

    seq: int
    at: float
    epoch: int
    body: EventBody
    key: str = ""


# --- state: what the fold of all events gives ---


class Standing(msgspec.Struct, frozen=True):
    """A rule that is not inactive for one agent: pending, or firing as incident `number`."""

    rule: str
    agent: str
    phase: Phase
    severity: Severity
    since: float  # when the condition began to hold
    number: int = 0
    clear_since: float | None = None  # kept in memory only, for keep_firing_for; a restart begins it anew


class Incident(msgspec.Struct, frozen=True):
    """A rule that fired for an agent, until it is resolved, with who has it and what was said."""

    number: int
    rule: str
    agent: str
    severity: Severity
    phase: Phase
    since: float
    fired_at: float
    summary: str
    cause: str = ""
    value: float | None = None
    resolved_at: float | None = None
    owner: str = ""
    owned_at: float | None = None
    notes: tuple[str, ...] = ()
    fix: str = ""
    runbook: str = ""
    changes: int = 0  # counts its transitions: part of a notice's key
    told: tuple[str, ...] = ()  # targets that a notice was queued for: they hear of its end too


class Notice(msgspec.Struct, frozen=True):
    """A notice that is owed: queued, sending (in doubt after a restart) or waiting for its next try."""

    key: str
    number: int
    target: str
    kind: str
    severity: Severity
    title: str
    body: str
    queued_at: float
    status: str = "queued"  # queued, sending, delivered, failed
    attempt: int = 0
    next_at: float = 0.0
    reason: str = ""


class FixRun(msgspec.Struct, frozen=True):
    """One run of a remedy. `outcome` empty: under way."""

    run: str
    fix: str
    agent: str
    who: str
    started_at: float
    subjects: tuple[str, ...] = ()
    number: int = 0
    undoes: str = ""
    finished_at: float | None = None
    outcome: str = ""
    summary: str = ""
    done: tuple[str, ...] = ()
    undone_by: str = ""
    stopped_by: str = ""  # who said first that it is to end


class Activity(msgspec.Struct, frozen=True):
    """Who did what, or what was sent where: a line for people."""

    at: float
    who: str
    text: str
    number: int = 0
    severity: Severity = Severity.INFO


class State(msgspec.Struct, frozen=True):
    """The fold of the log. Tuples and dicts are never changed in place."""

    seq: int = 0
    at: float = 0.0
    epoch: int = 0
    next_number: int = 1
    standing: dict[str, Standing] = {}  # by rule@agent
    incidents: dict[int, Incident] = {}  # all that fire, and the newest resolved ones
    notices: dict[str, Notice] = {}  # all that are owed, and the newest delivered or failed ones
    runs: dict[str, FixRun] = {}  # the newest
    activity: tuple[Activity, ...] = ()  # newest last
    backlog: dict[str, BacklogMarked] = {}  # by agent
    closed: dict[str, CustomerClosed] = {}  # by agent/lead, the newest


def standing_key(rule: str, agent: str) -> str:
    """The key of a rule's standing for an agent."""
    return f"{rule}@{agent}"
