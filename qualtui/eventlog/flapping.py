"""Flapping: an incident ends and returns again and again, until it is steady."""

from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family
from qualtui.model import Activity, EventBody, Flapping, Incident, Phase, Severity, State
from qualtui.text.message import message

BEGINNINGS_KEPT = 60  # of an incident, the newest


class FlappingBegan(EventBody, frozen=True, tag="incident.flapping"):
    """An incident, or its cause, began so many times within `span` s: notices of its end and return are held.

    `window`: the seconds over which its beginnings are counted.
    """

    number: int
    times: int
    span: float
    window: float


class FlappingEnded(EventBody, frozen=True, tag="incident.steady"):
    """Nothing has changed for a while: it is resolved, or it fires without a break."""

    number: int


def returned(incident: Incident, at: float) -> tuple[float, ...]:
    """The incident's beginnings, with one more."""
    return (*incident.beginnings, at)[-BEGINNINGS_KEPT:]


def _began(state: State, body: FlappingBegan) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    return _with(state, replace(old, flapping=Flapping(state.at, body.window, old.openings)))


def _ended(state: State, body: FlappingEnded) -> State:
    old = state.incidents.get(body.number)
    if old is None or old.flapping is None:
        return state
    # What counts as flapping starts again.
    beginnings = old.beginnings[-1:] if old.phase is Phase.FIRING else ()
    return _with(state, replace(old, flapping=replace(old.flapping, ended=True), beginnings=beginnings))


def _with(state: State, incident: Incident) -> State:
    return replace(state, incidents={**state.incidents, incident.number: incident})


def _began_line(_state: State, at: float, body: FlappingBegan) -> Activity:
    text = message(
        "flapping: {times:whole} times in {span:span}; its notices are held", times=body.times, span=body.span
    )
    return Activity(at, OURSELVES, text, body.number, Severity.WARNING)


def _ended_line(_state: State, at: float, body: FlappingEnded) -> Activity:
    return Activity(at, OURSELVES, message("no longer flapping: its notices are sent again"), body.number)


FAMILY = Family(
    kinds=(
        EventKind(FlappingBegan, apply=_began, line=_began_line, number=lambda body: body.number),
        EventKind(FlappingEnded, apply=_ended, line=_ended_line, number=lambda body: body.number),
    ),
)
