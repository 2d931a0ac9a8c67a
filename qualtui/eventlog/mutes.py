"""Notices that were due and not sent: silenced, inhibited, in maintenance, at night, or without a route."""

from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family, safe
from qualtui.model import Activity, EventBody, Incident, MutedNotice, Severity, State
from qualtui.text.message import Saying, message

MUTED_KEPT = 100


class NoticeMuted(EventBody, frozen=True, tag="notice.muted"):
    """A notice was due, and was not sent for this reason. Written once for each `key`."""

    key: str
    number: int
    kind: str
    severity: Severity
    reason: Saying
    waiting: int | None = 0  # None: not known


class NoticeUnrouted(EventBody, frozen=True, tag="notice.unrouted"):
    """A notice was decided, and no route takes it to any channel."""

    number: int
    kind: str
    severity: Severity
    reason: Saying


def _mute(state: State, body: NoticeMuted) -> State:
    incident = state.incidents.get(body.number)
    if incident is None:
        return state
    muted = replace(_unsent(state, incident, body, body.key), waiting=body.waiting)
    incidents = {**state.incidents, body.number: replace(incident, muted=muted)}
    return replace(state, incidents=incidents, muted=(*state.muted, muted)[-MUTED_KEPT:])


def _unrouted(state: State, body: NoticeUnrouted) -> State:
    incident = state.incidents.get(body.number)
    if incident is None:
        return state
    unsent = replace(_unsent(state, incident, body, f"{incident.decided}/{body.kind}"), status="unrouted")
    return replace(state, muted=(*state.muted, unsent)[-MUTED_KEPT:])


def _unsent(state: State, incident: Incident, body: NoticeMuted | NoticeUnrouted, key: str) -> MutedNotice:
    """A notice that was due now and is not sent."""
    return MutedNotice(
        key, body.number, incident.agent, body.kind, body.severity, incident.summary, body.reason, state.at
    )


def _line(_state: State, at: float, body: NoticeMuted | NoticeUnrouted) -> Activity:
    text = message("no notice is sent: {reason}", reason=safe(body.reason))
    return Activity(at, OURSELVES, text, body.number)


FAMILY = Family(
    kinds=(
        EventKind(NoticeMuted, apply=_mute, line=_line, number=lambda body: body.number, version=2),
        EventKind(NoticeUnrouted, apply=_unrouted, line=_line, number=lambda body: body.number),
    ),
    upcasts={("notice.muted", 1): dict},  # `waiting` could not be unknown
)
