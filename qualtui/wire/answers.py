"""What the engine answers, and the views that it sends only on request."""

import msgspec

from qualtui.model.findings import Finding
from qualtui.model.values import Phase, Severity
from qualtui.text.message import Saying
from qualtui.wire.views import ActivityView, AgentDetail, IncidentView, SilenceView


class PreviewItem(msgspec.Struct, frozen=True):
    """One thing that a remedy would change: a session, with the masked phone and the reason it is chosen."""

    id: str
    what: str
    why: Saying
    age: float


class Preview(msgspec.Struct, frozen=True, tag="preview"):
    """What a remedy would do. `title` is the consequence; `refused` not empty: it may not run, and why."""

    token: str
    fix: str
    agent: str
    title: Saying
    explain: tuple[Saying, ...]
    items: tuple[PreviewItem, ...]
    total: int
    refused: Saying = ""
    warnings: tuple[Saying, ...] = ()
    later: int = 0  # so many more, but not at this hour: they can be scheduled ...
    later_at: float = 0.0  # ... for then
    weigh: bool = False  # its warnings are for a person to weigh: it does not run by itself


class RunView(msgspec.Struct, frozen=True):
    """One run of a remedy, for lists."""

    run: str
    fix: str
    agent: str
    who: str
    started_at: float
    finished_at: float | None
    outcome: str  # a code: that of FixFinished, or running, stopping
    summary: Saying
    undone: bool
    can_undo: bool


class FixView(msgspec.Struct, frozen=True):
    """A remedy that is declared."""

    name: str
    agent: str
    title: Saying
    explain: Saying
    available: bool
    reason: Saying = ""  # why it is not available


class Fixes(msgspec.Struct, frozen=True, tag="fixes"):
    """Answer to ListFixes."""

    fixes: tuple[FixView, ...]
    runs: tuple[RunView, ...]


class PolicyView(msgspec.Struct, frozen=True):
    """What a fix does by itself. `mode` is what holds: `auto` is `shadow` for a fix that is not proven."""

    fix: str
    mode: str
    said: bool  # a person set it; else the configuration
    per_hour: int
    per_day: int
    subjects: int
    cooldown: float
    broken: tuple[str, ...] = ()  # agents on which its circuit breaker is open
    would_run: int = 0  # of the kept incidents those in which `auto` would have run it ...
    helped: int = 0  # ... and of these, where a person ran it and it was verified
    propose: bool = False  # it helped the last times, and `auto` would run it
    unproven: bool = False  # it is set to `auto` and only tried out


class PolicyList(msgspec.Struct, frozen=True, tag="policies"):
    """Answer to ShowPolicies. `stopped_until` 0: automatic fixes are not stopped."""

    policies: tuple[PolicyView, ...]
    stopped_until: float = 0.0
    stopped_by: str = ""


class Agents(msgspec.Struct, frozen=True, tag="agents"):
    """Answer to ShowAgents, in the order of the question; agents that are not watched are left out."""

    agents: tuple[AgentDetail, ...]


class Limit(msgspec.Struct, frozen=True):
    """What a series is held against. `op` as in a rule: >, >=, <, <=, ==, !=; `severity` None: a goal."""

    value: float
    op: str
    severity: Severity | None = None
    rule: str = ""
    hold: float = 0.0  # s for which it must hold until the rule fires


class SeriesHistory(msgspec.Struct, frozen=True):
    """A series in cells, oldest first: lowest, highest and last value of each; None: nothing is known of it."""

    name: str  # without the agent
    unit: str
    worse: str  # up, down, or empty where neither is bad
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
    lasts: tuple[float | None, ...]
    limits: tuple[Limit, ...] = ()
    mean: float | None = None  # of all samples
    from_rows: int = 0  # of so many cells, from the first, what is known stands in the bot's rows: no evidence


class History(msgspec.Struct, frozen=True, tag="history"):
    """Answer to ShowHistory. The first cell begins at `since`, the last contains `until`; each has `step` s."""

    agent: str
    since: float
    until: float
    step: float
    series: tuple[SeriesHistory, ...] = ()


class IncidentDetail(msgspec.Struct, frozen=True, tag="incident"):
    """Answer to ShowIncident: the row, and its history as lines, oldest first."""

    incident: IncidentView
    history: tuple[ActivityView, ...]
    alerts: tuple["IncidentAlert", ...] = ()  # those that fire, the leading one first; then those that ended
    notices: tuple["NoticeView", ...] = ()  # oldest first


class IncidentList(msgspec.Struct, frozen=True, tag="incidents"):
    """Answer to ListIncidents, firing ones first. `before`: to ask for the older ones; 0: there are none."""

    incidents: tuple[IncidentView, ...]
    before: int = 0


class ActivityLog(msgspec.Struct, frozen=True, tag="activity"):
    """Answer to ShowActivity, the newest first.

    `first`: to ask for what was earlier, 0: nothing was; `last`: to ask for what follows.
    """

    lines: tuple[ActivityView, ...]
    first: int = 0
    last: int = 0


class IncidentAlert(msgspec.Struct, frozen=True):
    """One alert of an incident. `ended_at` None: it fires. Of an ended one, only rule and end are known."""

    rule: str
    severity: Severity | None = None
    since: float | None = None
    ended_at: float | None = None
    summary: Saying = ""
    unseen_since: float | None = None  # it has had no data since then: neither trouble nor recovery


class RuleAlert(msgspec.Struct, frozen=True):
    """An alert of a rule that is pending or fires, and since when it has had no data."""

    rule: str
    agent: str
    phase: Phase
    unseen_since: float | None = None


class IdleRule(msgspec.Struct, frozen=True):
    """A rule without an alert whose series has no fresh value: of so many agents, or nothing answers it there."""

    rule: str
    no_data: int = 0
    no_source: int = 0


class RuleAlerts(msgspec.Struct, frozen=True, tag="rules.alerts"):
    """Answer to ShowRuleAlerts. `idle`: rules that can't begin for some agents."""

    alerts: tuple[RuleAlert, ...]
    idle: tuple[IdleRule, ...] = ()


class NoticeView(msgspec.Struct, frozen=True):
    """One notice."""

    key: str
    target: str
    kind: str
    title: Saying
    status: str
    attempt: int
    queued_at: float
    reason: Saying = ""
    number: int = 0  # its incident; 0: none
    next_at: float = 0.0  # when it is tried again; 0: at once, or not at all
    ended_at: float = 0.0  # delivered, given up or covered


class OutboxChannel(msgspec.Struct, frozen=True):
    """A configured channel. `failing_since` 0: its newest try was accepted, or nothing was tried."""

    name: str
    delivered_at: float = 0.0  # 0: never
    failing_since: float = 0.0
    reason: Saying = ""


class Notices(msgspec.Struct, frozen=True, tag="notices"):
    """Answer to NoticeLog, the newest first, with the channels of the configuration in its order."""

    notices: tuple[NoticeView, ...]
    channels: tuple[OutboxChannel, ...] = ()


class SilencedAlert(msgspec.Struct, frozen=True):
    """A firing alert that a silence hides."""

    rule: str
    agent: str
    severity: Severity
    number: int
    summary: Saying


class SilencePreview(msgspec.Struct, frozen=True, tag="silence.previewed"):
    """Answer to PreviewSilence."""

    matchers: tuple[str, ...]
    alerts: tuple[SilencedAlert, ...]


class Silences(msgspec.Struct, frozen=True, tag="silences"):
    """Answer to ListSilences, the first to end first."""

    silences: tuple[SilenceView, ...]


class CustomerView(msgspec.Struct, frozen=True):
    """A waiting customer, the phone masked."""

    lead: str
    phone: str
    since: float  # by our clock, whatever the database's says
    cause: Saying
    unheard: float | None = None  # by the database's clock: a row says sent then, but it was not delivered
    last: float = 0.0  # by the database's clock: the newest thing that the customer did
    by_hand: Saying = ""  # why a person alone may answer: whose number it is, is in doubt
    code: str = ""  # of the cause: those with the same one belong together
    before: bool = False  # open before the first start, and silent since


class Customers(msgspec.Struct, frozen=True, tag="customers"):
    """Answer to Who."""

    agent: str
    customers: tuple[CustomerView, ...]
    more: bool = False  # there are younger ones that the list leaves out


class CustomerMessage(msgspec.Struct, frozen=True):
    """A message without its text. `stage`: stored, not stored, claimed, not delivered, accepted, delivered."""

    at: float  # by our clock
    sent: bool  # by the bot, or a person in its place
    stage: str


class CustomerFix(msgspec.Struct, frozen=True):
    """What a fix can do for one customer now, or why it can't."""

    title: Saying
    helps: bool
    why: Saying


class CustomerDetail(msgspec.Struct, frozen=True, tag="customer.shown"):
    """Answer to ShowCustomer. The newest message comes first."""

    lead: str
    messages: tuple[CustomerMessage, ...]
    fixes: tuple[CustomerFix, ...] = ()


class Revealed(msgspec.Struct, frozen=True, tag="customer.revealed"):
    """Answer to RevealCustomer: the number, for one window, for `seconds`. Its repr has none."""

    phone: str  # digits alone
    seconds: float
    left: int  # reveals that this hour still allows

    def __repr__(self) -> str:
        return "Revealed(***)"


class StateCount(msgspec.Struct, frozen=True):
    """How many sessions are in a state (sessions.estado); `unreadable`: the bot fails on it."""

    state: str
    active: int
    total: int
    unreadable: bool = False


class SessionView(msgspec.Struct, frozen=True):
    """An active session, the phone masked. `situation`: bot_owes, unreadable, never_messaged, waiting_client."""

    id: str
    phone: str
    state: str
    situation: str
    age: float  # s since its newest message, or since it began
    repeats: bool = False  # the bot's newest question is the one before again
    stuck: bool = False  # session-cleanup closes it


class Sessions(msgspec.Struct, frozen=True, tag="sessions"):
    """Answer to ListSessions: stuck ones first, then those that repeat a question. Counts are of all."""

    agent: str
    states: tuple[StateCount, ...]
    sessions: tuple[SessionView, ...]
    active: int
    stuck: int
    repeating: int
    limit: float  # s from which on a session is stuck


class Findings(msgspec.Struct, frozen=True, tag="findings"):
    """Answer to Examine: what was found; a recent result is sent again."""

    findings: tuple[Finding, ...]
    at: float  # when it ended
    seconds: float  # that it took
    again: float  # the next one not before


class PersonView(msgspec.Struct, frozen=True):
    """A person who can be called."""

    name: str
    channels: tuple[str, ...] = ()
    ringing: bool = False  # one of the channels wakes the person
    order: int = 0  # the place in the on-call order, from 1 on; 0: not in it


class ShiftView(msgspec.Struct, frozen=True):
    """A person's time on call; `until` None: until someone else has it."""

    who: str
    since: float
    until: float | None = None


class Oncall(msgspec.Struct, frozen=True, tag="oncall"):
    """Answer to ShowOncall. `taken`: by a command; else the first of the order is called."""

    who: str
    next: str
    taken: bool
    until: float | None = None
    gap: float | None = None  # from when on no one has taken it
    planned: tuple[ShiftView, ...] = ()
    people: tuple[PersonView, ...] = ()


class Today(msgspec.Struct, frozen=True, tag="today"):
    """Answer to ShowToday: messages answered within `reply_within` since midnight in the display's zone."""

    agent: str
    answered: float
    weekday: int  # of today: 0 is a Monday
    usual: float | None = None  # the same weekday's median by this time of day; None: fewer than two are known
    from_rows: int = 0  # of so many of these days what is known stands in the bot's rows


class HandoverItem(msgspec.Struct, frozen=True):
    """An open incident as the next person must know it."""

    incident: IncidentView
    tried: tuple[Saying, ...] = ()  # fixes with their outcome and who ran them, oldest first
    silenced_until: float | None = None


class Handover(msgspec.Struct, frozen=True, tag="handover"):
    """Answer to ShowHandover."""

    at: float
    oncall: str
    next: str
    items: tuple[HandoverItem, ...] = ()


class Done(msgspec.Struct, frozen=True, tag="done"):
    """It is done; one sentence that says what."""

    text: Saying
    run: str = ""  # the run's id, where a remedy ran
    notices: tuple[str, ...] = ()  # the keys of those that were queued


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """It was not done; one sentence that says why and what to do."""

    text: Saying


Answer = (
    Preview
    | Fixes
    | PolicyList
    | Agents
    | History
    | IncidentDetail
    | Sessions
    | IncidentList
    | ActivityLog
    | RuleAlerts
    | Notices
    | Customers
    | CustomerDetail
    | Revealed
    | Findings
    | SilencePreview
    | Silences
    | Oncall
    | Handover
    | Today
    | Done
    | Refused
)
