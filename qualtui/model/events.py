"""The events of the log: one class a fact, tagged; the fold in store/fold.py gives them meaning."""

import msgspec

from qualtui.model.values import Phase, Severity


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
    fix: str = ""  # what was offered at that moment
    runbook: str = ""
    root: str = ""  # the kind of that cause


class CauseRevised(msgspec.Struct, frozen=True, tag="incident.cause_revised"):
    """What an incident's cause was taken for did not last, and this does."""

    number: int
    cause: str
    root: str
    fix: str = ""  # what is offered for it


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
    outcome: str  # ok, nothing, stopped, failed, interrupted
    summary: str
    done: tuple[str, ...] = ()


class FixStopped(msgspec.Struct, frozen=True, tag="fix.stopped"):
    """A person said that a run is to end; it may have been at its end already."""

    run: str
    who: str


class BacklogMarked(msgspec.Struct, frozen=True, tag="backlog.marked"):
    """Learning ended: `count` customers are backlog, never a page.

    `before`: when qualtui first looked. `edge`: who was silent since before that is backlog; None, in the logs of
    older versions: `before`.
    """

    agent: str
    count: int
    before: float
    edge: float | None = None


class CustomerClosed(msgspec.Struct, frozen=True, tag="customer.closed"):
    """A person answered a waiting customer by hand: nothing is owed for what came until `upto` (their clock)."""

    agent: str
    lead: str
    who: str
    reason: str
    upto: float


class ClockStepped(msgspec.Struct, frozen=True, tag="clock.stepped"):
    """Our clock was set back by so many seconds since the event before: what lies in the future began now."""

    by: float


class StoreRenewed(msgspec.Struct, frozen=True, tag="store.renewed"):
    """The store's file was lost under a running engine and made anew: what had happened, and what was done."""

    why: str
    done: str


class Remade(msgspec.Struct, frozen=True, tag="engine.remade"):
    """Something of the engine's own was taken away and made again: its socket, its lock."""

    what: str


class ClosingsEnded(msgspec.Struct, frozen=True, tag="closings.ended"):
    """These customers of an agent are owed nothing any more: that a person once answered them decides nothing."""

    agent: str
    leads: tuple[str, ...]


EventBody = (
    EngineStarted
    | EngineStopped
    | ConfigRead
    | RuleChanged
    | CauseRevised
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
    | ClosingsEnded
    | ClockStepped
    | StoreRenewed
    | Remade
)


class Event(msgspec.Struct, frozen=True):
    """One line of the log. `seq` is the only order, for the clock behind `at` may be set back.

    `key` is unique where it is not empty.
    """

    seq: int
    at: float
    epoch: int
    body: EventBody
    key: str = ""
