"""What travels on the engine's socket, both ways.

A frame is a 4-byte big-endian length and that many bytes of MessagePack: one `Request` (to the engine)
or one `Reply` (from it). The version of both sides is compared in Hello and Welcome.
"""

import struct

import msgspec

from qualtui.findings import Finding
from qualtui.model import Evidence, Link, Phase, Severity

VERSION = 1
EXAMINING = 30.0  # s that an examination takes at most; whoever asks for one waits a little longer
FRAME_LIMIT = 8 * 1024 * 1024  # bytes; a longer frame is not ours


class WireError(Exception):
    """A peer sent something that is not this protocol; the text says what."""


# --- the snapshot: all that a screen shows ---


class Figure(msgspec.Struct, frozen=True):
    """A series as a person reads it: newest value, what it rests on, its age, and a short past (None: a gap)."""

    name: str  # without the agent: customers.waiting
    value: float | None
    unit: str  # "", s, %, /h, bytes
    evidence: Evidence
    at: float | None = None  # when the newest answer came
    note: str = ""
    past: tuple[float | None, ...] = ()
    source: str = ""
    severity: Severity | None = None  # the severity of the incident that rests on it, if one fires
    goal: float | None = None  # what the configuration holds it against, in its unit


class LinkView(msgspec.Struct, frozen=True):
    """One link of the chain. `status`: ok, busy, bad, unknown (no fresh evidence), no_source."""

    link: Link
    status: str
    text: str  # short: FAILED, 4ms, silent 4m
    evidence: Evidence
    since: float | None = None  # when this status began


class Now(msgspec.Struct, frozen=True):
    """The NOW box: the fact, the reason, the owner, the remedy. `level` None: everyone is answered;
    `calm` False with level None: we cannot tell (no fresh evidence)."""

    level: Severity | None
    calm: bool
    headline: str
    detail: str = ""  # oldest 5m
    why: str = ""
    proof: tuple[str, ...] = ()  # links and evidence that prove the why
    who: str = ""
    tried: str = ""
    fix: str = ""  # the name of the remedy offered on `f`, empty: none
    fix_title: str = ""
    number: int = 0  # the incident that NOW speaks of, 0: none


class AgentView(msgspec.Struct, frozen=True):
    """One monitored bot."""

    name: str
    now: Now
    chain: tuple[LinkView, ...]
    figures: dict[str, Figure]
    learning: float | None = None  # 0..1 while the first backfill runs
    last_reply: float | None = None


class IncidentView(msgspec.Struct, frozen=True):
    """A row of the incident table."""

    number: int
    agent: str
    rule: str
    severity: Severity
    phase: Phase
    summary: str
    cause: str
    since: float
    fired_at: float
    resolved_at: float | None
    owner: str
    notices: str  # "sent 2", "sending", "1 failed"
    fix: str
    runbook: str
    notes: tuple[str, ...] = ()


class ActivityView(msgspec.Struct, frozen=True):
    """A row of the activity list."""

    at: float
    who: str
    text: str
    number: int = 0
    severity: Severity = Severity.INFO


class RunningView(msgspec.Struct, frozen=True):
    """A run of a remedy that is under way."""

    run: str
    fix: str
    agent: str
    who: str
    started_at: float
    subjects: int  # that it may touch
    stoppable: bool
    stopped_by: str = ""  # not empty: it ends after the step under way


class EngineView(msgspec.Struct, frozen=True):
    """The engine that made the snapshot."""

    pid: int
    host: str
    version: str
    epoch: int
    started_at: float
    windows: int
    beside: bool = False  # started by a window: ends some seconds after the last window
    troubles: tuple[str, ...] = ()  # banners: store degraded, configuration refused, notices failing
    notices_owed: int = 0
    notices_failed: int = 0


class Snapshot(msgspec.Struct, frozen=True):
    """Everything that a screen shows, at one moment."""

    at: float
    seq: int
    engine: EngineView
    agents: tuple[AgentView, ...]
    incidents: tuple[IncidentView, ...]  # firing first, worst and oldest first; then newest resolved
    activity: tuple[ActivityView, ...]  # newest first
    zone: str = "UTC"
    speed: float = 1.0  # the demo's: above 1 the thresholds are divided by it
    demo: bool = False
    running: tuple[RunningView, ...] = ()  # the oldest first


# --- requests ---


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """First frame of a client. `watch`: it wants snapshots; `window` counts it as somebody looking."""

    version: int
    watch: bool
    window: bool
    who: str = ""


class Acknowledge(msgspec.Struct, frozen=True, tag="acknowledge"):
    """I've got it; `release` gives it back. `expect` is the owner the asker saw: who was first is told."""

    number: int
    expect: str = ""
    release: bool = False


class AddNote(msgspec.Struct, frozen=True, tag="note"):
    """A remark on an incident."""

    number: int
    text: str


class Refresh(msgspec.Struct, frozen=True, tag="refresh"):
    """Ask every probe now."""


class PreviewFix(msgspec.Struct, frozen=True, tag="fix.preview"):
    """What would this remedy do?"""

    fix: str
    agent: str
    mode: str = ""  # session-cleanup: truth (default) or row
    number: int = 0


class RunFix(msgspec.Struct, frozen=True, tag="fix.run"):
    """Run what was previewed: the token binds the run to the preview and can be used once."""

    token: str


class UndoFix(msgspec.Struct, frozen=True, tag="fix.undo"):
    """Take a run back."""

    run: str


class StopFix(msgspec.Struct, frozen=True, tag="fix.stop"):
    """End a run between two of its steps; once more changes nothing."""

    run: str = ""  # empty: the only one under way


class ListFixes(msgspec.Struct, frozen=True, tag="fix.list"):
    """The remedies, and the newest runs."""


class ShowIncident(msgspec.Struct, frozen=True, tag="incident.show"):
    """All that is known of one incident."""

    number: int


class TestNotice(msgspec.Struct, frozen=True, tag="notice.test"):
    """Send a test notice to a target (empty: to all)."""

    target: str = ""


class NoticeLog(msgspec.Struct, frozen=True, tag="notice.log"):
    """The newest notices and what became of them."""


class Who(msgspec.Struct, frozen=True, tag="customers"):
    """The waiting customers of an agent, phones masked: fetched on demand, never stored."""

    agent: str


class CloseCustomer(msgspec.Struct, frozen=True, tag="customer.close"):
    """A waiting customer was answered by hand: owed nothing more, unless something came after `upto`."""

    agent: str
    lead: str  # the id, or how it begins
    reason: str
    upto: float = 0.0  # `last` of the CustomerView that was looked at; 0: as it stands now


class Examine(msgspec.Struct, frozen=True, tag="doctor"):
    """Every link and permission tried by the doctor, nothing changed."""


Ask = (
    Hello
    | Acknowledge
    | AddNote
    | Refresh
    | PreviewFix
    | RunFix
    | UndoFix
    | StopFix
    | ListFixes
    | ShowIncident
    | TestNotice
    | NoticeLog
    | Who
    | CloseCustomer
    | Examine
)


class Request(msgspec.Struct, frozen=True):
    """One frame to the engine. `id` comes back in the Result."""

    id: int
    ask: Ask
    who: str = ""


# --- replies ---


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """First frame of the engine."""

    version: int
    pid: int
    epoch: int


class Pushed(msgspec.Struct, frozen=True, tag="snapshot"):
    """A new snapshot."""

    snapshot: Snapshot


class PreviewItem(msgspec.Struct, frozen=True):
    """One thing that a remedy would change: a session, with the masked phone and the reason it is chosen."""

    id: str
    what: str
    why: str
    age: float


class Preview(msgspec.Struct, frozen=True, tag="preview"):
    """What a remedy would do. `title` is the consequence; `refused` not empty: it may not run, and why."""

    token: str
    fix: str
    agent: str
    title: str
    explain: tuple[str, ...]
    items: tuple[PreviewItem, ...]
    total: int
    refused: str = ""
    warnings: tuple[str, ...] = ()


class RunView(msgspec.Struct, frozen=True):
    """One run of a remedy, for lists."""

    run: str
    fix: str
    agent: str
    who: str
    started_at: float
    finished_at: float | None
    outcome: str
    summary: str
    undone: bool
    can_undo: bool


class FixView(msgspec.Struct, frozen=True):
    """A remedy that is declared."""

    name: str
    agent: str
    title: str
    explain: str
    available: bool
    reason: str = ""  # why it is not available


class Fixes(msgspec.Struct, frozen=True, tag="fixes"):
    """Answer to ListFixes."""

    fixes: tuple[FixView, ...]
    runs: tuple[RunView, ...]


class IncidentDetail(msgspec.Struct, frozen=True, tag="incident"):
    """Answer to ShowIncident: the row, and its history as lines, oldest first."""

    incident: IncidentView
    history: tuple[ActivityView, ...]


class NoticeView(msgspec.Struct, frozen=True):
    """One notice."""

    key: str
    target: str
    kind: str
    title: str
    status: str
    attempt: int
    queued_at: float
    reason: str = ""


class Notices(msgspec.Struct, frozen=True, tag="notices"):
    """Answer to NoticeLog."""

    notices: tuple[NoticeView, ...]


class CustomerView(msgspec.Struct, frozen=True):
    """A waiting customer, the phone masked."""

    lead: str
    phone: str
    since: float
    cause: str
    unheard: float | None = None  # by the database's clock: a row says sent then, and nobody received it
    last: float = 0.0  # by the same clock: the newest thing that the customer did


class Customers(msgspec.Struct, frozen=True, tag="customers"):
    """Answer to Who."""

    agent: str
    customers: tuple[CustomerView, ...]


class Findings(msgspec.Struct, frozen=True, tag="findings"):
    """Answer to Examine: what was found, also where somebody asked for it a moment before."""

    findings: tuple[Finding, ...]
    at: float  # when it ended
    seconds: float  # that it took
    again: float  # the next one not before


class Done(msgspec.Struct, frozen=True, tag="done"):
    """A plain yes, with a line to show."""

    text: str
    run: str = ""  # the run's id, where a remedy ran


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """A plain no: one line that says why and what to do."""

    text: str


Answer = Preview | Fixes | IncidentDetail | Notices | Customers | Findings | Done | Refused


class Result(msgspec.Struct, frozen=True, tag="result"):
    """Answer to the request with this id."""

    id: int
    answer: Answer


class Goodbye(msgspec.Struct, frozen=True, tag="goodbye"):
    """The engine closes the connection, and says why."""

    reason: str


Reply = Welcome | Pushed | Result | Goodbye

_LENGTH = struct.Struct(">I")
_encoder = msgspec.msgpack.Encoder()
_request = msgspec.msgpack.Decoder(Request)
_reply: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def frame(message: Request | Reply) -> bytes:
    """The message as one frame."""
    payload = _encoder.encode(message)
    return _LENGTH.pack(len(payload)) + payload


def length(head: bytes, limit: int = FRAME_LIMIT) -> int:
    """The payload's length from a frame's first four bytes; WireError where it is over the limit."""
    size: int = _LENGTH.unpack(head)[0]
    if size > limit:
        raise WireError(f"a frame of {size} bytes is over the limit of {limit}")
    return size


def read_request(payload: bytes) -> Request:
    """The request in a payload; WireError where it is none."""
    try:
        return _request.decode(payload)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WireError(f"not a request: {error}") from None


def read_reply(payload: bytes) -> Reply:
    """The reply in a payload; WireError where it is none."""
    try:
        return _reply.decode(payload)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WireError(f"not a reply: {error}") from None
