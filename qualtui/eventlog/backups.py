"""Backups: taken, failed, verified; and a store that was put back from one."""

from msgspec.structs import replace

from qualtui.eventlog.family import EventKind, Family, safe
from qualtui.model import Activity, EventBody, Policies, Severity, State
from qualtui.text import clean
from qualtui.text.message import Saying, message

SUGGEST = "suggest"


class BackupTaken(EventBody, frozen=True, tag="backup.taken"):
    """An archive was written and read back. `missing`: how much of the bot's could not be read."""

    who: str
    name: str
    taken_at: float
    missing: int = 0


class BackupFailed(EventBody, frozen=True, tag="backup.failed"):
    """No archive was written, or the hook did not take it elsewhere."""

    who: str
    reason: Saying


class BackupVerified(EventBody, frozen=True, tag="backup.verified"):
    """The store in an archive was unpacked, and is what its manifest says."""

    who: str
    name: str
    taken_at: float


class StoreRestored(EventBody, frozen=True, tag="restored"):
    """The store was put back from an archive; `former` is what the store before it is called now.

    `fixes`: those that may run by themselves; each is set to suggest.
    """

    who: str
    name: str
    taken_at: float
    former: str
    fixes: tuple[str, ...] = ()


class SessionsRestored(EventBody, frozen=True, tag="sessions.restored"):
    """A person has so many session states of an agent put back, from an archive or from what undoes that."""

    who: str
    agent: str
    name: str
    count: int


def _taken(state: State, body: BackupTaken) -> State:
    old = state.backups
    new = replace(old, name=body.name, taken_at=body.taken_at, failed_at=0.0, failures=0, reason="")
    return replace(state, backups=replace(new, since=old.since or body.taken_at))


def _failed(state: State, body: BackupFailed) -> State:
    old = state.backups
    new = replace(old, failed_at=state.at, failures=old.failures + 1, reason=body.reason)
    return replace(state, backups=replace(new, since=old.since or state.at))


def _verified(state: State, body: BackupVerified) -> State:
    newest = max(state.backups.verified, body.taken_at)
    return replace(state, backups=replace(state.backups, verified=newest))


def _restored(state: State, body: StoreRestored) -> State:
    """What was due in the past of the archive is not done now: no old notice, call, link or scheduled fix."""
    kept = {key: one for key, one in state.notices.items() if one.status not in {"queued", "sending"}}
    incidents = {number: replace(one, escalation=None) for number, one in state.incidents.items()}
    return replace(
        state,
        notices=kept,
        incidents=incidents,
        link_acks={},
        schedules={},
        policies=Policies(modes={**state.policies.modes, **dict.fromkeys(body.fixes, SUGGEST)}),
        backups=replace(state.backups, restored=max(state.backups.restored, body.taken_at)),
    )


def _taken_line(_state: State, at: float, body: BackupTaken) -> Activity:
    name, who = clean(body.name), clean(body.who)
    if body.missing:
        text = message(
            "takes backup {name}; parts that could not be read: {count:whole}", name=name, count=body.missing
        )
        return Activity(at, who, text, severity=Severity.WARNING)
    return Activity(at, who, message("takes backup {name}", name=name))


def _failed_line(_state: State, at: float, body: BackupFailed) -> Activity:
    text = message("backup failed: {reason}", reason=safe(body.reason))
    return Activity(at, clean(body.who), text, severity=Severity.WARNING)


def _verified_line(_state: State, at: float, body: BackupVerified) -> Activity:
    return Activity(at, clean(body.who), message("verifies backup {name}", name=clean(body.name)))


def _restored_line(_state: State, at: float, body: StoreRestored) -> Activity:
    text = message(
        "restores the store from {name}; the former one is {former}",
        name=clean(body.name),
        former=clean(body.former),
    )
    return Activity(at, clean(body.who), text, severity=Severity.WARNING)


def _sessions_line(_state: State, at: float, body: SessionsRestored) -> Activity:
    text = message(
        "puts {count:whole} session states of {agent} back from {name}",
        count=body.count,
        agent=clean(body.agent),
        name=clean(body.name),
    )
    return Activity(at, clean(body.who), text, severity=Severity.WARNING)


FAMILY = Family(
    kinds=(
        EventKind(BackupTaken, apply=_taken, line=_taken_line),
        EventKind(BackupFailed, apply=_failed, line=_failed_line),
        EventKind(BackupVerified, apply=_verified, line=_verified_line),
        EventKind(StoreRestored, apply=_restored, line=_restored_line),
        EventKind(SessionsRestored, line=_sessions_line),
    ),
)
