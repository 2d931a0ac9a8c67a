"""Who is on call, as people decided it."""

from collections.abc import Sequence

from msgspec.structs import replace

from qualtui.eventlog.family import EventKind, Family
from qualtui.model import Activity, EventBody, Shift, State
from qualtui.text import clean
from qualtui.text.message import message


class OncallAssigned(EventBody, frozen=True, tag="oncall.assigned"):
    """A person is on call from `since` on, until then or until someone else is. `by` decided it."""

    who: str
    by: str
    since: float
    until: float | None = None


def kept_shifts(shifts: Sequence[Shift], now: float) -> tuple[Shift, ...]:
    """The shifts that still decide something: those not over, and the newest of the others."""
    over = [one for one in shifts if one.until is not None and one.until <= now]
    newest = over[-1:]
    return tuple(one for one in shifts if one not in over or one in newest)


def _assign(state: State, body: OncallAssigned) -> State:
    shift = Shift(body.who, body.since, body.until)
    return replace(state, shifts=(*kept_shifts(state.shifts, state.at), shift))


def _line(_state: State, at: float, body: OncallAssigned) -> Activity:
    who, by = clean(body.who), clean(body.by)
    if body.since > at:
        text = message("put {person} on call in {wait:span}", person=who, wait=body.since - at)
    elif body.until is None:
        text = message("put {person} on call", person=who)
    else:
        text = message("put {person} on call for {left:span}", person=who, left=body.until - at)
    return Activity(at, by, text)


FAMILY = Family(kinds=(EventKind(OncallAssigned, apply=_assign, line=_line),))
