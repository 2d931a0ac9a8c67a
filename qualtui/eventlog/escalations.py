"""Escalations: begun with the page of an incident that no one owns, and who was called."""

from msgspec.structs import replace

from qualtui.eventlog.family import OURSELVES, EventKind, Family
from qualtui.model import Activity, Escalation, EventBody, Severity, State
from qualtui.text import clean
from qualtui.text.message import message


class EscalationBegan(EventBody, frozen=True, tag="escalation.began"):
    """No one owns an incident that paged: its steps count from here."""

    number: int


class EscalationCalled(EventBody, frozen=True, tag="escalation.called"):
    """A step of a round was made: who was called, through which channels."""

    number: int
    step: int  # from 1 on
    round: int
    people: tuple[str, ...] = ()  # and channels that are no one's
    channels: tuple[str, ...] = ()
    passed: bool = False  # it called no one, because it is out of its hours


def _begin(state: State, body: EscalationBegan) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    new = replace(old, escalation=Escalation(state.at, state.at), decided=old.decided + 1)
    return replace(state, incidents={**state.incidents, body.number: new})


def _call(state: State, body: EscalationCalled) -> State:
    old = state.incidents.get(body.number)
    if old is None:
        return state
    began = old.escalation.began if old.escalation is not None else state.at
    escalation = Escalation(began, state.at, body.step, body.round)
    called = (*old.called, *(name for name in body.channels if name not in old.called))
    new = replace(old, escalation=escalation, called=called)
    return replace(state, incidents={**state.incidents, body.number: new})


def _called_line(_state: State, at: float, body: EscalationCalled) -> Activity:
    if body.passed:
        text = message("no one owns it: step {step:whole} calls no one at this hour", step=body.step)
        return Activity(at, OURSELVES, text, body.number)
    severity = Severity.INFO if body.channels else Severity.WARNING
    who = clean(", ".join(body.people)) or "-"
    if body.channels:
        text = message("no one owns it: called {who}", who=who)
    else:
        text = message("no one owns it, and there is no channel to call {who}", who=who)
    return Activity(at, OURSELVES, text, body.number, severity)


FAMILY = Family(
    kinds=(
        EventKind(EscalationBegan, apply=_begin, number=lambda body: body.number),
        EventKind(EscalationCalled, apply=_call, line=_called_line, number=lambda body: body.number),
    ),
)
