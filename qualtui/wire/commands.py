"""The commands that a window or the command line sends to the engine.

Each has its row in qualtui/engine/command_registry.py.
"""

from enum import IntEnum, StrEnum

import msgspec

EXAMINING = 30.0  # s that the doctor takes at most; who runs it waits a little longer


class Capability(IntEnum):
    """What a connection may do; each includes those before it. ACT: acknowledge, note, fix. ADMINISTER: all."""

    VIEW = 1
    ACT = 2
    ADMINISTER = 3


DETAILS = 20  # agents whose details fit into one frame
FEW = 10  # figures of so many times DETAILS agents do so, too


class Subscribe(msgspec.Struct, frozen=True, tag="subscribe"):
    """The agents whose details this connection is sent with each overview, instead of those before.

    `worst`: besides them so many of those that are worst off. At most DETAILS of all.
    """

    agents: tuple[str, ...] = ()
    worst: int = 0


WORST = Subscribe(worst=1)


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """First frame of a client. `watch`: it wants snapshots; `window` counts it as a viewer.

    `capability`: the most that this connection will ever need; a wall or a read-only window asks for less.
    """

    version: int
    watch: bool
    window: bool
    who: str = ""
    capability: Capability = Capability.ADMINISTER
    wanted: Subscribe = WORST


class Acknowledge(msgspec.Struct, frozen=True, tag="acknowledge"):
    """I've got it; `release`: no longer. `expect`: the owner that the caller saw. An owner's own renews it."""

    number: int
    expect: str = ""
    release: bool = False
    reason: str = ""


class UndoAcknowledge(msgspec.Struct, frozen=True, tag="acknowledge.undo"):
    """Undo the caller's own acknowledgement or snooze, while no one else acted on the incident since."""

    number: int


class SnoozeIncident(msgspec.Struct, frozen=True, tag="incident.snooze"):
    """I've got it, and want no reminder for 30 min."""

    number: int
    expect: str = ""


class CloseIncident(msgspec.Struct, frozen=True, tag="incident.close"):
    """End an incident whose source is gone; `force`: also while its condition holds by fresh evidence."""

    number: int
    reason: str
    force: bool = False


class ShowRuleAlerts(msgspec.Struct, frozen=True, tag="rules.alerts"):
    """Which rules have an alert that is pending or fires, and which of these have no data."""


class ShowToday(msgspec.Struct, frozen=True, tag="today.show"):
    """How many of an agent's messages were answered today, and on a usual day by now. Answer: Today."""

    agent: str


class ShowHandover(msgspec.Struct, frozen=True, tag="incident.handover"):
    """What the next person on call must know."""


class ShowOncall(msgspec.Struct, frozen=True, tag="oncall.show"):
    """Who is on call, who is next, and who can be."""


class AssignOncall(msgspec.Struct, frozen=True, tag="oncall.assign"):
    """Put a person on call; `who` empty: the caller. `since` 0: now; `until` 0: until someone else is."""

    who: str = ""
    since: float = 0.0
    until: float = 0.0


class AddNote(msgspec.Struct, frozen=True, tag="note"):
    """Add a note to an incident."""

    number: int
    text: str


class ShowAgents(msgspec.Struct, frozen=True, tag="agents.show"):
    """The details of these agents; of their figures only those named, where any are.

    At most DETAILS agents, or FEW times as many where no more than FEW figures are named.
    """

    agents: tuple[str, ...]
    figures: tuple[str, ...] = ()


MOST_SERIES = 30  # of one history
MOST_CELLS = 400  # of each


class ShowHistory(msgspec.Struct, frozen=True, tag="history.show"):
    """The past of a rule's series, then of these of an agent, in at most so many cells of equal length.

    `agent` empty: the only one. `until` 0: now. At most MOST_SERIES series and MOST_CELLS cells.
    """

    agent: str = ""
    series: tuple[str, ...] = ()
    rule: str = ""
    seconds: float = 3600.0
    cells: int = 60
    until: float = 0.0


class Refresh(msgspec.Struct, frozen=True, tag="refresh"):
    """Poll every probe now."""


class PreviewFix(msgspec.Struct, frozen=True, tag="fix.preview"):
    """What would this fix change?"""

    fix: str
    agent: str
    mode: str = ""  # session-cleanup: truth (default) or row
    number: int = 0


class RunFix(msgspec.Struct, frozen=True, tag="fix.run"):
    """Run what was previewed: the token binds the run to the preview and can be used once."""

    token: str


class UndoFix(msgspec.Struct, frozen=True, tag="fix.undo"):
    """Undo a run."""

    run: str


class StopFix(msgspec.Struct, frozen=True, tag="fix.stop"):
    """Stop a run between two of its steps; a second time changes nothing."""

    run: str = ""  # empty: the only running one


class ScheduleFix(msgspec.Struct, frozen=True, tag="fix.schedule"):
    """Run a fix when its preview says that it may run: answers that wait for contact hours."""

    fix: str
    agent: str
    number: int = 0


class CancelSchedule(msgspec.Struct, frozen=True, tag="fix.cancel"):
    """Cancel a scheduled fix."""

    id: str = ""  # empty: the only one


class ListFixes(msgspec.Struct, frozen=True, tag="fix.list"):
    """The fixes, and the newest runs."""


class ShowPolicies(msgspec.Struct, frozen=True, tag="policy.show"):
    """Which fixes run by themselves, and whether a person stopped them."""


class SetPolicy(msgspec.Struct, frozen=True, tag="policy.set"):
    """Set the mode of a fix: off, suggest, shadow or auto."""

    fix: str
    mode: str


class StopPolicies(msgspec.Struct, frozen=True, tag="policy.stop"):
    """Stop all automatic fixes at once, for so many seconds."""

    seconds: float = 4 * 3600.0


class StartPolicies(msgspec.Struct, frozen=True, tag="policy.start"):
    """Start automatic fixes again; open circuit breakers close."""


class ShowIncident(msgspec.Struct, frozen=True, tag="incident.show"):
    """Everything known about one incident."""

    number: int


MOST_INCIDENTS = 200  # of one answer


class ListIncidents(msgspec.Struct, frozen=True, tag="incident.list"):
    """The incidents that the engine keeps at hand, or with `before` the older ones below that number."""

    before: int = 0


class ShowActivity(msgspec.Struct, frozen=True, tag="activity.show"):
    """What was done, the newest first: with `after` what came since that event, with `before` what was earlier."""

    before: int = 0
    after: int = 0


class TestNotice(msgspec.Struct, frozen=True, tag="notice.test"):
    """Send a test notice to a channel (empty: to all)."""

    target: str = ""


class ResendNotice(msgspec.Struct, frozen=True, tag="notice.resend"):
    """Send notices again that were given up: one by its key, or all of them (tests left out)."""

    key: str = ""


class NoticeLog(msgspec.Struct, frozen=True, tag="notice.log"):
    """The newest notices and their results; `all`: every one that is still known."""

    all: bool = False


class AddSilence(msgspec.Struct, frozen=True, tag="silence.add"):
    """Send no notice of the alerts that fulfil all matchers, for so many seconds."""

    matchers: tuple[str, ...]
    seconds: float
    reason: str


class PreviewSilence(msgspec.Struct, frozen=True, tag="silence.preview"):
    """What would a silence with these matchers hide now?"""

    matchers: tuple[str, ...]


class ExpireSilence(msgspec.Struct, frozen=True, tag="silence.expire"):
    """End a silence before its time."""

    id: str


class ListSilences(msgspec.Struct, frozen=True, tag="silence.list"):
    """The silences that run; `ended`: the newest that are over, too."""

    ended: bool = False


class ListCustomers(msgspec.Struct, frozen=True, tag="customers"):
    """The waiting customers of an agent, phones masked: fetched on demand, never stored.

    `backlog`: those instead who already waited for long before the first start. `limit`: at most so many, the
    longest wait first; the engine has its own limit.
    """

    agent: str
    backlog: bool = False
    limit: int = 200


class ShowCustomer(msgspec.Struct, frozen=True, tag="customer"):
    """One waiting customer: when who wrote, how far it came, and what each fix can do. Read on demand."""

    agent: str
    lead: str


class ListSessions(msgspec.Struct, frozen=True, tag="sessions"):
    """The states of an agent's sessions, and its active sessions: read on demand, never stored."""

    agent: str
    limit: int = 500


class CloseCustomer(msgspec.Struct, frozen=True, tag="customer.close"):
    """A waiting customer was answered by hand: no reply is pending, unless something came after `upto`."""

    agent: str
    lead: str  # the id, or how it begins
    reason: str
    upto: float = 0.0  # `last` of the CustomerView that the caller saw; 0: now


class TakeBackup(msgspec.Struct, frozen=True, tag="backup.take"):
    """Take a backup now."""


class NoteVerified(msgspec.Struct, frozen=True, tag="backup.verified"):
    """The store in an archive, taken at this time, was unpacked and proved: the command line did that."""

    name: str
    taken_at: float


class RevealReason(StrEnum):
    """Why a person needs a customer's number, from a list: free text would say more than the audit needs."""

    CALL = "call"
    ANSWER = "answer"
    OTHER = "other"


class RevealCustomer(msgspec.Struct, frozen=True, tag="customer.reveal"):
    """Show a waiting customer's phone number to the person who asks. Audited first. Answer: Revealed."""

    agent: str
    lead: str
    reason: RevealReason


class NoteSessions(msgspec.Struct, frozen=True, tag="backup.sessions"):
    """So many session states are about to be put back from an archive: the command line does that."""

    agent: str
    name: str
    count: int


class RunDoctor(msgspec.Struct, frozen=True, tag="doctor"):
    """Check every link and permission, change nothing."""


Command = (
    Hello
    | ShowAgents
    | ShowHistory
    | Acknowledge
    | AddNote
    | Refresh
    | PreviewFix
    | RunFix
    | UndoFix
    | StopFix
    | ScheduleFix
    | CancelSchedule
    | ListFixes
    | ShowPolicies
    | SetPolicy
    | StopPolicies
    | StartPolicies
    | ShowIncident
    | TakeBackup
    | NoteVerified
    | NoteSessions
    | ListIncidents
    | ShowActivity
    | TestNotice
    | NoticeLog
    | ResendNotice
    | AddSilence
    | PreviewSilence
    | ExpireSilence
    | ListSilences
    | ListCustomers
    | ShowCustomer
    | ListSessions
    | CloseCustomer
    | RevealCustomer
    | SnoozeIncident
    | UndoAcknowledge
    | CloseIncident
    | ShowHandover
    | ShowToday
    | ShowRuleAlerts
    | ShowOncall
    | AssignOncall
    | RunDoctor
)

# Commands that change nothing: all that a window asks while it only looks.
LOOKS = (
    *(ShowRuleAlerts, ShowHandover, ShowOncall, ShowAgents, ShowHistory, ShowToday, ShowPolicies, ShowIncident),
    ShowActivity,
    *(ListFixes, ListIncidents, ListSilences, ListCustomers, ListSessions, ShowCustomer, NoticeLog),
    *(PreviewFix, PreviewSilence),
)
