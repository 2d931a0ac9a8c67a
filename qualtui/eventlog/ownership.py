"""What becomes of an owner's claim: renewed, snoozed, reminded, lapsed."""

from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family
from qualtui.model import Activity, EarlierOwner, EventBody, Incident, Severity, State
from qualtui.text import clean
from qualtui.text.message import message


class OwnershipRenewed(EventBody, frozen=True, tag="incident.renewed"):
    """The owner still works on it."""

    number: int
    who: str


class Snoozed(EventBody, frozen=True, tag="incident.snoozed"):
    """A person took the incident, or has it, and wants no reminder until then."""

    number: int
    who: str
    until: float


class OwnerReminded(EventBody, frozen=True, tag="incident.reminded"):
    """The owner gave no sign for a while and was reminded."""

    number: int
    who: str


class AcknowledgementUndone(EventBody, frozen=True, tag="incident.acknowledgement_undone"):
    """The owner took the acknowledgement back: it is owned, or escalated, as it was before."""

    number: int
    who: str


class OwnershipLapsed(EventBody, frozen=True, tag="incident.lapsed"):
    """The owner gave no sign for so long that no one owns it."""

    number: int
    who: str


def earlier_owner(state: State, incident: Incident) -> EarlierOwner:
    """Return what an undo restores. Who holds a link is not known: that claim is not restored."""
    by_link = incident.number in state.link_acks
    return EarlierOwner(
        owner="" if by_link else incident.owner,
        owned_at=None if by_link else incident.owned_at,
        renewed_at=incident.renewed_at,
        snoozed_until=incident.snoozed_until,
        reminded_at=incident.reminded_at,
        covers=incident.covers,
        escalation=incident.escalation,
    )


def reached(incident: Incident) -> Severity:
    """Return the worst that an incident has been: who takes it covers that."""
    last = incident.last.severity if incident.last is not None else incident.severity
    return max(last, incident.severity, key=lambda one: one.rank)


def owned(state: State, incident: Incident, who: str, snoozed_until: float | None = None) -> Incident:
    """The incident with an owner, who covers the worst that it has been. Whoever is called is not called on."""
    return replace(
        incident,
        owner=who,
        owned_at=incident.owned_at if incident.owner == who else state.at,
        renewed_at=state.at,
        snoozed_until=snoozed_until,
        reminded_at=None,
        covers=reached(incident),
        escalation=None,
        lapsed=False,
    )


def unowned(incident: Incident) -> Incident:
    """The incident without an owner: it is escalated from the beginning."""
    return replace(
        incident,
        owner="",
        owned_at=None,
        renewed_at=None,
        snoozed_until=None,
        reminded_at=None,
        covers=None,
        escalation=None,
        before=None,
        lapsed=False,
    )


def _renew(state: State, body: OwnershipRenewed) -> State:
    old = state.incidents.get(body.number)
    return state if old is None or old.owner != body.who else _with(state, owned(state, old, body.who))


def _snooze(state: State, body: Snoozed) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    return _with(state, replace(owned(state, old, body.who, body.until), before=earlier_owner(state, old)))


def _undo(state: State, body: AcknowledgementUndone) -> State:
    old = state.incidents.get(body.number)
    if old is None or old.before is None or old.owner != body.who:
        return state
    was = old.before
    new = replace(
        old,
        owner=was.owner,
        owned_at=was.owned_at,
        renewed_at=was.renewed_at,
        snoozed_until=was.snoozed_until,
        reminded_at=was.reminded_at,
        covers=was.covers,
        escalation=was.escalation,
        before=None,
    )
    return _with(state, new)


def _remind(state: State, body: OwnerReminded) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    return _with(state, replace(old, reminded_at=state.at, decided=old.decided + 1))


def _lapse(state: State, body: OwnershipLapsed) -> State:
    old = state.incidents.get(body.number)
    if old is None or old.owner != body.who:
        return state
    return _with(state, replace(unowned(old), lapsed=True))


def _with(state: State, incident: Incident) -> State:
    return replace(state, incidents={**state.incidents, incident.number: incident})


def _renewed_line(_state: State, at: float, body: OwnershipRenewed) -> Activity:
    return Activity(at, clean(body.who), message("still works on it"), body.number)


def _snoozed_line(_state: State, at: float, body: Snoozed) -> Activity:
    text = message("has got it, without reminders for {left:span}", left=body.until - at)
    return Activity(at, clean(body.who), text, body.number)


def _undone_line(_state: State, at: float, body: AcknowledgementUndone) -> Activity:
    return Activity(at, clean(body.who), message("undid the acknowledgement"), body.number)


def _reminded_line(_state: State, at: float, body: OwnerReminded) -> Activity:
    text = message("reminded {owner}: no sign of work on it", owner=clean(body.who))
    return Activity(at, OURSELVES, text, body.number)


def _lapsed_line(_state: State, at: float, body: OwnershipLapsed) -> Activity:
    text = message("no one owns it any more: {owner} gave no sign", owner=clean(body.who))
    return Activity(at, OURSELVES, text, body.number, Severity.WARNING)


FAMILY = Family(
    kinds=(
        EventKind(OwnershipRenewed, apply=_renew, line=_renewed_line, number=lambda body: body.number),
        EventKind(Snoozed, apply=_snooze, line=_snoozed_line, number=lambda body: body.number),
        EventKind(AcknowledgementUndone, apply=_undo, line=_undone_line, number=lambda body: body.number),
        EventKind(OwnerReminded, apply=_remind, line=_reminded_line, number=lambda body: body.number),
        EventKind(OwnershipLapsed, apply=_lapse, line=_lapsed_line, number=lambda body: body.number),
    ),
)
