"""The fold: what the log's events mean. Pure; a frozen State in, a frozen State out, nothing changed in place."""

from collections.abc import Iterable

from msgspec.structs import replace

from qualtui.eventlog.activity import ACTIVITY_KEPT, with_line
from qualtui.eventlog.registry import KINDS
from qualtui.model import Event, State

# Raise it with each change of meaning: checkpoints of another version are folded again.
FOLD_VERSION = 14


def fold_events(state: State, events: Iterable[Event]) -> State:
    """The State after all the events, in their order."""
    for event in events:
        state = apply(state, event)
    return state


def apply(state: State, event: Event) -> State:
    """The State after one more event. One that speaks of something unknown changes only seq, at, activity."""
    body = event.body
    kind = KINDS[type(body)]
    line = None if kind.line is None else kind.line(state, event.at, body)
    activity = state.activity if line is None else tuple(with_line(state.activity, line)[-ACTIVITY_KEPT:])
    state = replace(state, seq=event.seq, at=event.at, epoch=event.epoch, activity=activity)
    return state if kind.apply is None else kind.apply(state, body)
