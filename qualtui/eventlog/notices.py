"""Notices: queued, sent, delivered or given up, and the channels that fail."""

from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family, Kept, safe, without
from qualtui.model import Activity, EventBody, Failing, Notice, Severity, State
from qualtui.text import clean
from qualtui.text.message import Saying, Sayings, message

FINISHED_KEPT = 100  # notices that are delivered or given up


class NoticeQueued(EventBody, frozen=True, tag="notice.queued"):
    """A notice is due at a channel. `key` is unique forever: incident, change and channel."""

    key: str
    number: int
    channel: str = msgspec.field(name="target")
    kind: str  # test, or one of alerts/notice_decision.py
    severity: Severity
    title: Saying
    body: Sayings


class NoticeSending(EventBody, frozen=True, tag="notice.sending"):
    """Written before the send: after a kill, whether it arrived is in doubt."""

    key: str
    attempt: int


class NoticeDelivered(EventBody, frozen=True, tag="notice.delivered"):
    """The channel accepted it."""

    key: str
    attempt: int


class NoticeFailed(EventBody, frozen=True, tag="notice.failed"):
    """The channel did not accept it; `retry_at` None: given up."""

    key: str
    attempt: int
    reason: Saying
    retry_at: float | None = None
    doubt: bool = False  # it may have arrived all the same


class NoticeCovered(EventBody, frozen=True, tag="notice.covered"):
    """The incident ended before this notice could be delivered: the notice `by`, of the end, reports both."""

    key: str
    by: str
    fired_at: float | None = None  # when the incident began, if this notice says so


class NoticeResent(EventBody, frozen=True, tag="notice.resent"):
    """A person had a notice that was given up sent again."""

    key: str
    who: str


Moved: TypeAlias = NoticeSending | NoticeDelivered | NoticeFailed


def _queue(state: State, body: NoticeQueued) -> State:
    if body.key in state.notices:
        return state
    notice = Notice(
        body.key, body.number, body.channel, body.kind, body.severity, body.title, body.body, queued_at=state.at
    )
    incident = state.incidents.get(body.number)
    if incident is not None and body.channel not in incident.notified:
        notified = replace(incident, notified=(*incident.notified, body.channel))
        state = replace(state, incidents={**state.incidents, body.number: notified})
    return replace(state, notices={**state.notices, body.key: notice})


def _move(state: State, body: Moved) -> State:
    old = state.notices.get(body.key)
    if old is None:
        return state
    state = replace(state, failing=_failing(state, old, body))
    if isinstance(body, NoticeSending):
        new = replace(old, status="sending", attempt=body.attempt)
    elif isinstance(body, NoticeDelivered):
        new = replace(old, status="delivered", attempt=body.attempt, reason="", ended_at=state.at)
        state = replace(state, delivered_at={**state.delivered_at, old.channel: state.at})
    elif body.retry_at is None:
        new = replace(old, status="failed", attempt=body.attempt, reason=body.reason, ended_at=state.at)
    else:
        new = replace(old, status="queued", attempt=body.attempt, reason=body.reason, next_at=body.retry_at)
    new = replace(new, doubt=old.doubt or (isinstance(body, NoticeFailed) and body.doubt))
    return _kept(_counted(state, old, new), new)


def _kept(state: State, new: Notice) -> State:
    if not _finished(new):
        return replace(state, notices={**state.notices, new.key: new})
    # Put last, so that the finished ones stand in the order of their end.
    notices = {**without(state.notices, new.key), new.key: new}
    return replace(state, notices=NOTICES.of(notices, state.at))


def _cover(state: State, body: NoticeCovered) -> State:
    old, end = state.notices.get(body.key), state.notices.get(body.by)
    if old is None or end is None or _finished(old):
        return state
    new = replace(old, status="covered", ended_at=state.at)
    # The end goes on where the beginning was, so that a channel that refuses is not tried more often.
    began = end.covers_from if body.fired_at is None else body.fired_at
    end = replace(end, covers_from=began, attempt=max(end.attempt, old.attempt))
    return _kept(_kept(state, end), new)


def _resend(state: State, body: NoticeResent) -> State:
    old = state.notices.get(body.key)
    if old is None or old.status != "failed":
        return state
    new = replace(old, status="queued", attempt=0, next_at=0.0, reason="", retry_from=state.at, ended_at=0.0)
    return _kept(_counted(state, old, new), new)


def _finished(notice: Notice) -> bool:
    return notice.status in {"delivered", "failed", "covered"}


def _finished_keys(notices: dict[str, Notice], _now: float) -> list[str]:
    return [key for key, notice in notices.items() if _finished(notice)]


def _failing(state: State, notice: Notice, body: Moved) -> dict[str, Failing]:
    """The channels whose newest try failed; one that the configuration dropped unsent was not tried."""
    if isinstance(body, NoticeDelivered):
        return without(state.failing, notice.channel)
    if isinstance(body, NoticeSending) or notice.status != "sending":
        return state.failing
    before = state.failing.get(notice.channel)
    since = before.since if before is not None else state.at
    return {**state.failing, notice.channel: Failing(notice.channel, since, body.reason)}


def _counted(state: State, old: Notice, new: Notice) -> State:
    """The incident counts what became of its notices, because a notice itself is not kept forever."""
    incident = state.incidents.get(new.number)
    if incident is None or old.status == new.status:
        return state
    counted = replace(
        incident,
        delivered=incident.delivered + (new.status == "delivered") - (old.status == "delivered"),
        failed=incident.failed + (new.status == "failed") - (old.status == "failed"),
    )
    return replace(state, incidents={**state.incidents, new.number: counted})


def _delivered_line(state: State, at: float, body: NoticeDelivered) -> Activity | None:
    notice = state.notices.get(body.key)
    if notice is None:
        return None
    text = message("notified {channel}: {title}", channel=clean(notice.channel), title=safe(notice.title))
    return Activity(at, OURSELVES, text, notice.number)


def _failed_line(state: State, at: float, body: NoticeFailed) -> Activity | None:
    notice = state.notices.get(body.key)
    if notice is None or body.retry_at is not None:
        return None
    text = message(
        "could not notify {channel}, gave up: {reason}", channel=clean(notice.channel), reason=safe(body.reason)
    )
    return Activity(at, OURSELVES, text, notice.number, Severity.WARNING)


def _resent_line(state: State, at: float, body: NoticeResent) -> Activity | None:
    notice = state.notices.get(body.key)
    if notice is None:
        return None
    text = message("sends again to {channel}: {title}", channel=clean(notice.channel), title=safe(notice.title))
    return Activity(at, clean(body.who), text, notice.number)


def _about(body: NoticeQueued | Moved | NoticeCovered | NoticeResent) -> str:
    return f"notice:{body.key}"


NOTICES: Kept[str, Notice] = Kept("notices", "a notice that is due must be sent", FINISHED_KEPT, _finished_keys)

FAMILY = Family(
    kinds=(
        EventKind(NoticeQueued, apply=_queue, number=lambda body: body.number, about=_about),
        EventKind(NoticeSending, apply=_move, about=_about),
        EventKind(NoticeDelivered, apply=_move, line=_delivered_line, about=_about),
        EventKind(NoticeFailed, apply=_move, line=_failed_line, about=_about),
        EventKind(NoticeCovered, apply=_cover, about=_about),
        EventKind(NoticeResent, apply=_resend, line=_resent_line, about=_about),
    ),
    kept=(
        NOTICES,
        Kept("failing", "a failing channel is shown until it delivers"),
        Kept("delivered_at", "a channel that never delivered is shown from its first failure"),
    ),
)
