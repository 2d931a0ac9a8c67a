"""State: what the fold of all events gives. Stored names differ where a field was renamed (`field(name=...)`)."""

from enum import StrEnum

import msgspec

from qualtui.model.schedule import Schedule
from qualtui.model.silence import MutedNotice, Silence
from qualtui.model.values import Phase, Severity
from qualtui.text.message import Saying, Sayings


class AlertState(msgspec.Struct, frozen=True):
    """A rule that is not inactive for one agent: pending, or firing as part of incident `number`."""

    rule: str
    agent: str
    phase: Phase
    severity: Severity
    since: float  # when the condition began to hold
    number: int = 0  # 0: in no incident, as while pending, and for INFO
    clear_since: float | None = None  # when its condition ended; keep_firing_for counts from there
    link: str = ""  # of the chain, that the rule is about
    value: float | None = None
    summary: Saying = ""
    fix: str = ""
    runbook: Saying = ""
    fired_at: float | None = None
    unseen_since: float | None = None  # it has had no data since then: neither recovery nor trouble
    follows: bool = False  # it joins the incident of others, and keeps that neither open nor from recovering

    @property
    def key(self) -> str:
        """The alert's key in State."""
        return alert_key(self.rule, self.agent)


class Origin(StrEnum):
    """What an incident is about, which decides what may join it."""

    APART = "apart"  # one rule that is about no link, or an incident of an older version
    UNKNOWN = "unknown"  # trouble whose cause is not known yet
    FAULT = "fault"  # a broken link


class Notified(msgspec.Struct, frozen=True):
    """The newest notice of an incident, and the worst that its notices have reported since it began."""

    kind: str
    severity: Severity
    at: float
    waiting: int | None = 0  # customers waiting, as reported; None: their number was not known, nor is it since
    revision: int = 0  # of the cause, as reported
    openings: int = 0  # how often the incident had been opened again


class Healing(msgspec.Struct, frozen=True):
    """What the policies decided for an incident last. `refused` empty: the fix runs, or would in mode auto."""

    fix: str
    mode: str
    at: float
    refused: str = ""  # the guardrail that forbids it
    reason: Saying = ""
    hold_until: float = 0.0  # its page waits for the verification until then at most


class Flapping(msgspec.Struct, frozen=True):
    """An incident that ends and returns again and again, since it counts as such."""

    since: float
    window: float  # s over which its beginnings are counted
    openings: int  # of the incident, when it began to flap
    reported: bool = False  # a notice has said so
    ended: bool = False  # it is steady again, and no notice has said so yet


class Topic(msgspec.Struct, frozen=True):
    """What an incident is about: its leading alert as it was when it led most clearly."""

    rule: str
    summary: Saying
    own: bool = True  # it does not only follow the incident
    on_link: bool = False  # it is about the broken link itself
    rank: int = 0  # of its severity

    @property
    def weight(self) -> tuple[bool, bool, int]:
        """What a later one must exceed to take its place."""
        return self.own, self.on_link, self.rank


class Escalation(msgspec.Struct, frozen=True):
    """Who is called while no one owns an incident: when it began, its newest step, and how many are done."""

    began: float
    at: float  # of the newest step; the next one counts from there
    done: int = 0  # steps of the present round
    round: int = 1


class Shift(msgspec.Struct, frozen=True):
    """A person's time on call. `until` None: until someone else has it."""

    who: str
    since: float
    until: float | None = None


class EarlierOwner(msgspec.Struct, frozen=True):
    """Who owned an incident, and what was running for the owner, before somebody else acknowledged it."""

    owner: str = ""
    owned_at: float | None = None
    renewed_at: float | None = None
    snoozed_until: float | None = None
    reminded_at: float | None = None
    covers: Severity | None = None
    escalation: Escalation | None = None


class Incident(msgspec.Struct, frozen=True):
    """What a person works on: one fault of an agent with the alerts that it explains, its owner and notes.

    `rule`, `summary`, `value` and `severity` are those of its leading alert.
    """

    number: int
    rule: str
    agent: str
    severity: Severity
    phase: Phase
    since: float
    fired_at: float
    summary: Saying
    cause: Saying = ""
    root: str = ""  # the kind of the cause
    value: float | None = None
    resolved_at: float | None = None
    owner: str = ""
    owned_at: float | None = None
    notes: tuple[str, ...] = ()
    fix: str = ""
    runbook: Saying = ""
    changes: int = 0  # counts its transitions: part of a notice's key
    notified: tuple[str, ...] = msgspec.field(default=(), name="told")  # channels: they get the end, too
    delivered: int = 0  # of its notices
    failed: int = 0  # of its notices, not tried again
    origin: Origin = Origin.APART
    link: str = ""  # of the fault
    members: dict[str, float] = {}  # alert key -> when it ended; 0: it fires
    cause_ended_at: float | None = None  # the fault is over, its effects are not
    reopened_at: float | None = None
    openings: int = 0  # counts its reopenings
    revision: int = 0  # counts the changes of its cause
    decided: int = 0  # counts its notices, whatever the channels: part of their keys
    last: Notified | None = None
    healing: Healing | None = None
    healed: tuple[Healing, ...] = ()  # what was decided of other fixes before, one each
    overdue_at: float = 0.0  # what is left is scheduled; a page if it is not done by then; 0: nothing is
    muted: MutedNotice | None = None  # its newest notice that was due and not sent
    covers: Severity | None = None  # the worst that it had reached when its owner took it
    renewed_at: float | None = None  # the owner's newest sign: taken, renewed, noted, snoozed
    snoozed_until: float | None = None
    reminded_at: float | None = None
    escalation: Escalation | None = None
    lapsed: bool = False  # its owner gave no sign, and no one was notified of that yet
    before: EarlierOwner | None = None  # its newest acknowledgement can be undone; then this holds again
    called: tuple[str, ...] = ()  # channels of its escalations: they get the end, too
    passed_at: float | None = None  # when its newest notice passed a silence: people are called for it
    beginnings: tuple[float, ...] = ()  # when it was opened, opened again, or its cause returned: the newest
    flapping: Flapping | None = None
    about: Topic | None = (
        None  # since it was opened, or opened again; its leading alert may be a mere effect by now
    )

    @property
    def title(self) -> Saying:
        """What it is about, also when a mere effect is the last of its alerts."""
        return self.about.summary if self.about is not None and self.about.summary else self.summary

    @property
    def began_at(self) -> float:
        """When it was opened, or opened again."""
        return self.fired_at if self.reopened_at is None else self.reopened_at

    @property
    def reported(self) -> Notified | None:
        """Its newest notice since it was opened, or opened again; by count, as clocks may be set back.

        While it flaps: since it began to.
        """
        since = self.openings if self.flapping is None else self.flapping.openings
        return self.last if self.last is not None and self.last.openings >= since else None

    @property
    def flaps(self) -> bool:
        """Whether it ends and returns again and again: notices of both are held."""
        return self.flapping is not None and not self.flapping.ended


class Notice(msgspec.Struct, frozen=True):
    """A notice to a channel. `sending` after a restart: whether it arrived is in doubt."""

    key: str
    number: int
    channel: str = msgspec.field(name="target")
    kind: str
    severity: Severity
    title: Saying
    body: Sayings
    queued_at: float
    status: str = "queued"  # queued, sending, delivered, failed, covered (by the notice of the incident's end)
    attempt: int = 0
    next_at: float = 0.0
    reason: Saying = ""
    doubt: bool = False  # a try of it may have arrived though no answer came
    retry_from: float = 0.0  # when a person had it sent again
    ended_at: float = 0.0  # delivered, given up or covered
    covers_from: float | None = None  # the end also reports the beginning, at this time, which was not delivered


class Failing(msgspec.Struct, frozen=True):
    """A channel whose newest try failed, since its first failure after a delivery."""

    channel: str = msgspec.field(name="target")
    since: float
    reason: Saying


class LinkAck(msgspec.Struct, frozen=True):
    """An incident acknowledged by the link sent to a channel, until a person confirms or it lapses."""

    channel: str
    until: float
    who: str = ""  # the person that the channel belongs to, if no one else can have used it


class FixRun(msgspec.Struct, frozen=True):
    """One run of a fix. `outcome` empty: running."""

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
    summary: Saying = ""
    done: tuple[str, ...] = ()
    undone_by: str = ""
    stopped_by: str = ""  # who stopped it first


class Policies(msgspec.Struct, frozen=True):
    """What people and past runs say of automatic fixes, beyond the configuration."""

    modes: dict[str, str] = {}  # by fix: set by a person, instead of the configuration's
    stopped_until: float = 0.0  # no fix runs by itself before then
    stopped_by: str = ""
    failures: dict[str, int] = {}  # by fix@agent: automatic runs in a row that were not verified


class Backlog(msgspec.Struct, frozen=True):
    """What an agent's first start found: `count` customers are backlog, never a page.

    `before`: when qualtui first looked. `edge`: who was silent since before that is backlog; None: `before`.
    """

    agent: str
    count: int
    before: float
    edge: float | None = None


class ClosedUntil(msgspec.Struct, frozen=True, gc=False):
    """A customer answered by hand: messages until `upto` (the database's clock) need no reply."""

    upto: float
    at: float = 0.0  # when the person reported it, by our clock


class Backups(msgspec.Struct, frozen=True):
    """What became of backups. Times of archives are those at which they were taken; 0: there is none."""

    name: str = ""  # of the newest archive
    taken_at: float = 0.0
    since: float = 0.0  # when the first one was tried
    failed_at: float = 0.0  # the newest try, where it failed
    failures: int = 0  # in a row
    reason: Saying = ""
    verified: float = 0.0  # the newest archive that was verified
    restored: float = 0.0  # the newest archive that the store was put back from: no older one is


class Activity(msgspec.Struct, frozen=True):
    """Who did what, or what was sent where: one line for people.

    `same`: what it is about. Lines of an incident about the same, soon one after another, are one: the newest.
    """

    at: float
    who: str
    text: Saying
    number: int = 0
    severity: Severity = Severity.INFO
    same: str = ""
    returns: bool = False  # it is a return of what the lines before it spoke of
    since: float = 0.0  # of the first line that this one replaces; 0: none
    count: int = 0  # returns in the lines that it replaces, and in itself


class State(msgspec.Struct, frozen=True):
    """The fold of the log. Tuples and dicts are never changed in place.

    A time of our clock is named at, since or ..._at. The families in qualtui/eventlog/ say what each field keeps.
    """

    seq: int = 0
    at: float = 0.0
    epoch: int = 0
    next_number: int = 1
    alerts: dict[str, AlertState] = msgspec.field(default_factory=dict, name="standing")  # by rule@agent
    incidents: dict[int, Incident] = {}  # all that fire, and the newest resolved ones
    notices: dict[str, Notice] = {}  # all that are due, and the newest delivered or failed ones
    failing: dict[str, Failing] = {}  # by channel
    link_acks: dict[int, LinkAck] = {}  # by incident
    replies_read: dict[str, str] = {}  # by reader of replies: the newest one that was looked at
    delivered_at: dict[str, float] = {}  # by channel: its newest delivery
    runs: dict[str, FixRun] = {}  # all that still decide something, and the newest
    activity: tuple[Activity, ...] = ()  # newest last
    policies: Policies = Policies()
    schedules: dict[str, Schedule] = {}  # by id: those that have not begun
    backups: Backups = Backups()
    backlog: dict[str, Backlog] = {}  # by agent
    closed: dict[str, ClosedUntil] = {}  # by agent/lead, as long as a reply may still be due
    reveals: tuple[float, ...] = ()  # when phone numbers were shown, of the last hour
    silences: dict[str, Silence] = {}  # by id: all that run, and the newest that are over
    muted: tuple[MutedNotice, ...] = ()  # the newest, newest last
    shifts: tuple[Shift, ...] = ()  # on call, in the order of their decision; the newest one that holds counts


def alert_key(rule: str, agent: str) -> str:
    """The key of a rule's alert for an agent."""
    return f"{rule}@{agent}"
