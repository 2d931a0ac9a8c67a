"""What people do with an incident, and what its cause turns out to be."""

from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family, safe
from qualtui.eventlog.ownership import earlier_owner, owned, unowned
from qualtui.eventlog.renamed import renamed_fields
from qualtui.model import Activity, EventBody, Incident, Origin, Phase, State
from qualtui.text import clean
from qualtui.text.message import Saying, message

NOTE_SHOWN = 180  # characters of a note in its line; the incident keeps all


class CauseRevised(EventBody, frozen=True, tag="incident.cause_revised"):
    """The first root cause of an incident did not last; this one does."""

    number: int
    cause: Saying
    root: str
    fix: str = ""  # what is offered for it


class Acknowledged(EventBody, frozen=True, tag="incident.acknowledged"):
    """A person took the incident: I've got it."""

    number: int
    who: str
    reason: str = ""


class Released(EventBody, frozen=True, tag="incident.released"):
    """The owner released the incident."""

    number: int
    who: str


class Noted(EventBody, frozen=True, tag="incident.noted"):
    """A person's remark on an incident, phones masked."""

    number: int
    who: str
    text: str


def _revise(state: State, body: CauseRevised) -> State:
    old = state.incidents.get(body.number)
    if old is None or old.phase is Phase.RESOLVED:
        return state
    new = replace(old, cause=body.cause, root=body.root, fix=body.fix, revision=old.revision + 1)
    if old.origin is Origin.FAULT and old.cause_ended_at is not None:
        # The fault that it began with did not cause what is left.
        new = replace(new, origin=Origin.UNKNOWN, link="", cause_ended_at=None, about=None)
    return _with(state, new)


def _acknowledge(state: State, body: Acknowledged) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    # Taken over or taken again, it is owned from now on.
    new = owned(state, replace(old, owner="", owned_at=None), body.who)
    return _with(state, replace(new, before=earlier_owner(state, old)))


def _release(state: State, body: Released) -> State:
    old = state.incidents.get(body.number)
    return state if old is None else _with(state, unowned(old))


def _note(state: State, body: Noted) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    renewed = state.at if old.owner == body.who else old.renewed_at
    before = old.before if old.owner == body.who else None  # somebody else relies on it: no undo
    notes = (*old.notes, f"{body.who}: {body.text}")
    return _with(state, replace(old, notes=notes, renewed_at=renewed, before=before))


def _with(state: State, incident: Incident) -> State:
    return replace(state, incidents={**state.incidents, incident.number: incident})


def _revised_line(_state: State, at: float, body: CauseRevised) -> Activity | None:
    if not body.cause:
        return None
    return Activity(at, OURSELVES, message("cause revised: {cause}", cause=safe(body.cause)), body.number)


def _acknowledged_line(_state: State, at: float, body: Acknowledged) -> Activity:
    if body.reason:
        text = message("has got it: {reason}", reason=clean(body.reason, NOTE_SHOWN))
        return Activity(at, clean(body.who), text, body.number)
    return Activity(at, clean(body.who), message("has got it"), body.number)


def _released_line(_state: State, at: float, body: Released) -> Activity:
    return Activity(at, clean(body.who), message("released it"), body.number)


def _noted_line(_state: State, at: float, body: Noted) -> Activity:
    text = message("note: {text}", text=clean(body.text, NOTE_SHOWN))
    return Activity(at, clean(body.who), text, body.number)


FAMILY = Family(
    kinds=(
        EventKind(CauseRevised, apply=_revise, line=_revised_line, number=lambda body: body.number, version=2),
        EventKind(Acknowledged, apply=_acknowledge, line=_acknowledged_line, number=lambda body: body.number),
        EventKind(Released, apply=_release, line=_released_line, number=lambda body: body.number),
        EventKind(Noted, apply=_note, line=_noted_line, number=lambda body: body.number),
    ),
    upcasts={("incident.cause_revised", 1): renamed_fields},
)
