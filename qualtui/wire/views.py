"""What screens show: the Overview of all agents, the AgentDetail of some, and the views that they are made of."""

from enum import StrEnum

import msgspec

from qualtui.model import Evidence, Link, Phase, Severity
from qualtui.text.message import Saying

# What a summary has of an agent's figures.
SUMMARY_SERIES = (
    "customers.waiting",
    "customers.oldest",
    "customers.lost",
    "customers.backlog",
    "sessions.bot_owes",
    "reply.p95",
)


class Figure(msgspec.Struct, frozen=True):
    """A series as a person reads it: newest value, what it rests on, its age, and a short past (None: a gap)."""

    name: str  # without the agent: customers.waiting
    value: float | None
    unit: str  # "", s, %, /h, bytes
    evidence: Evidence
    at: float | None = None  # when the newest answer came
    note: Saying = ""
    past: tuple[float | None, ...] = ()
    source: str = ""
    severity: Severity | None = None  # the severity of the incident that rests on it, if one fires
    goal: float | None = None  # what the configuration holds it against, in its unit
    gap: str = ""  # why it has no value where that is no trouble: early (nothing to measure yet), unsaid
    idle: tuple[str, ...] = ()  # the rules that can't begin, because it has no fresh value


class LinkView(msgspec.Struct, frozen=True):
    """One link of the chain. `status`: ok, busy, bad, unknown (no fresh evidence), no_source."""

    link: Link
    status: str
    text: Saying  # short: FAILED, 4ms, silent 4m
    evidence: Evidence
    since: float | None = None  # when this status began


class NowState(StrEnum):
    """What NOW speaks of, where `level` and `calm` alone do not say it. Only PLAIN may look green."""

    PLAIN = "plain"
    WAITING = "waiting"  # for the bot's reply
    CHECKING = "checking"  # no one waits by the rows, but the gateway has not confirmed the delivery
    OPEN_BEFORE_START = "open_before_start"  # all who wait were open before the first start
    SCHEDULED = "scheduled"  # the cause is fixed, and answers to all who wait are planned
    RECOVERING = "recovering"  # all that fires is clear by fresh evidence, and watched for a while


class NowView(msgspec.Struct, frozen=True):
    """The NOW box: the fact, the reason, the owner, the remedy. `level` None: everyone is answered;
    `calm` False with level None: unknown (no fresh evidence)."""

    level: Severity | None
    calm: bool
    headline: Saying
    detail: Saying = ""  # oldest 5m
    why: Saying = ""
    proof: tuple[Saying, ...] = ()  # links and evidence that prove the why
    who: Saying = ""
    tried: Saying = ""
    fix: str = ""  # the name of the remedy offered on `f`, empty: none
    fix_title: Saying = ""
    number: int = 0  # the incident that NOW speaks of, 0: none
    state: NowState = NowState.PLAIN
    step: Saying = ""  # what a person does next where no fix helps, or besides it


class AgentSummary(msgspec.Struct, frozen=True):
    """One monitored bot in a few words: what a list or a wall shows of each."""

    name: str
    now: NowView
    links: dict[Link, str] = {}  # the status of each link of the chain, as in LinkView
    values: dict[str, float] = {}  # SUMMARY_SERIES, where fresh
    learning: float | None = None  # 0..1 while the first backfill runs
    last_reply: float | None = None


class AgentDetail(msgspec.Struct, frozen=True):
    """One monitored bot in full: what a screen shows of the agent on it."""

    name: str
    now: NowView
    chain: tuple[LinkView, ...]
    figures: dict[str, Figure]
    learning: float | None = None  # 0..1 while the first backfill runs
    last_reply: float | None = None
    week: tuple[Saying, ...] = ()  # what needs attention this week; no one is woken for it


class NextCall(msgspec.Struct, frozen=True):
    """Who is called next while no one owns an incident, and when."""

    who: tuple[str, ...]
    at: float


class PagedView(msgspec.Struct, frozen=True):
    """The newest notice that called a person, through which channel, and what became of it (as in Notice)."""

    who: str
    at: float
    channel: str
    status: str


class IncidentView(msgspec.Struct, frozen=True):
    """A row of the incident table."""

    number: int
    agent: str
    rule: str
    severity: Severity
    phase: Phase
    summary: Saying
    cause: Saying
    since: float
    fired_at: float
    resolved_at: float | None
    owner: str
    notices: Saying  # what became of them: 1 failed, 2 sent
    fix: str
    runbook: Saying
    notes: tuple[str, ...] = ()
    undelivered: bool = False  # one of its notices failed, and is not tried again
    recovering: bool = False  # its condition is clear by fresh evidence, and keep_firing_for runs
    scheduled: bool = False  # what is left of it is planned, and not overdue
    call: NextCall | None = None
    snoozed_until: float | None = None
    paged: PagedView | None = None
    link: str = ""  # the channel whose link owns it, until a person confirms
    link_who: str = ""  # the only person that this channel belongs to
    lapses_at: float | None = None  # no one owns it then, if its owner gives no sign
    reminded_at: float | None = None  # the owner gave no sign since
    taken_at: float | None = None  # its owner can undo the acknowledgement of this time
    unseen_since: float | None = None  # its leading alert has had no data since then
    flapping: Saying = ""  # how often it began of late; its notices are held. Empty: it does not flap

    @property
    def urgency(self) -> Severity:
        """How bad it is now: a WARNING at most while it recovers, or what is left is planned."""
        if (self.recovering or self.scheduled) and self.severity is Severity.CRITICAL:
            return Severity.WARNING
        return self.severity


class ActivityView(msgspec.Struct, frozen=True):
    """A row of the activity list."""

    at: float
    who: str
    text: Saying
    number: int = 0
    severity: Severity = Severity.INFO


class RunningView(msgspec.Struct, frozen=True):
    """A running fix."""

    run: str
    fix: str
    agent: str
    who: str
    started_at: float
    subjects: int  # that it may touch
    stoppable: bool
    stopped_by: str = ""  # not empty: it ends after the current step


class ScheduledView(msgspec.Struct, frozen=True):
    """A fix that a person scheduled."""

    id: str
    fix: str
    agent: str
    who: str
    due_at: float
    count: int


class ChannelView(msgspec.Struct, frozen=True):
    """A channel that delivers nothing: its newest try failed."""

    name: str
    since: float  # its first failure after a delivery
    reason: Saying


class SilenceView(msgspec.Struct, frozen=True):
    """A silence: which alerts send no notice, who said so, and until when."""

    id: str
    matchers: tuple[str, ...]
    author: str
    reason: str
    since: float
    until: float
    ended_by: str = ""  # who ended it before its time
    hides: int = 0  # firing alerts that it matches


class EngineView(msgspec.Struct, frozen=True):
    """The engine that made the overview."""

    pid: int
    host: str
    version: str
    epoch: int
    started_at: float
    windows: int
    beside: bool = False  # started by a window: ends some seconds after the last window
    troubles: tuple[Saying, ...] = ()  # banners: store degraded, configuration refused
    notices_owed: int = 0
    notices_failed: int = 0
    channels: tuple[ChannelView, ...] = ()  # those that deliver nothing, the longest first
    fixes_stopped_until: float = 0.0  # a person stopped all automatic fixes until then
    fixes_broken: tuple[str, ...] = ()  # fixes that stopped themselves: their last automatic runs failed
    failing: bool = False  # the store fails now, or an agent is not fully watched: no plain OK, exit code 1


class Overview(msgspec.Struct, frozen=True):
    """How all agents are at one moment. Counts are taken before any list is cut."""

    at: float
    seq: int
    engine: EngineView
    agents: tuple[AgentSummary, ...]
    incidents: tuple[IncidentView, ...]  # firing first, worst and oldest first; then newest resolved; with an end
    activity: tuple[ActivityView, ...]  # newest first
    zone: str = "UTC"
    speed: float = 1.0  # the demo's: above 1 the thresholds are divided by it
    demo: bool = False
    running: tuple[RunningView, ...] = ()  # the oldest first
    silences: tuple[SilenceView, ...] = ()  # those that run, the first to end first; with an end
    scheduled: tuple[ScheduledView, ...] = ()  # the next one first
    # Incidents by severity, also those without a row; the recovering ones are counted apart.
    firing: dict[Severity, int] | None = None
    recovering: int = 0
    oncall: str = ""
    oncall_next: str = ""
    night_until: float = 0.0  # 0: it is day, or no night is configured
    maintenance_until: float = 0.0  # of the window that ends last; 0: none is open


class Snapshot(Overview, frozen=True):
    """What one window is sent, all of one moment: the overview, and the details of the agents it subscribed to."""

    details: tuple[AgentDetail, ...] = ()

    def detail(self, agent: str) -> AgentDetail | None:
        """The detail of an agent, if this window subscribed to it."""
        return next((one for one in self.details if one.name == agent), None)


def snapshot_of(overview: Overview, details: tuple[AgentDetail, ...]) -> Snapshot:
    """The overview, with these details."""
    return Snapshot(**{name: getattr(overview, name) for name in Overview.__struct_fields__}, details=details)


def worse(agent: AgentSummary) -> tuple[int, int]:
    """How badly off an agent is, to compare."""
    level = agent.now.level
    return (level.rank + 2 if level else 0 if agent.now.calm else 1, -agent.now.number)
