"""Our own clock that was set back: what it stamped while it ran ahead. Pure."""

from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec.structs import fields, replace

from qualtui.model import Incident, LinkAck, Silence, State

S = TypeVar("S", bound=msgspec.Struct)

RETRY = "next_at"  # of a notice: it is due at once rather than late
_RUNS: dict[type[msgspec.Struct], tuple[str, ...]] = {
    Incident: ("snoozed_until",),
    LinkAck: ("until",),
    Silence: ("until",),
}


def stepped(state: State, by: float) -> State:
    """The State after a step back by so many seconds: what the clock stamped while it ran ahead began now.

    What was still to come by that clock, too, stays planned for its time: a schedule, a shift. What runs for a
    while has as much left of it as before.
    """
    changes = {name: _past_all(getattr(state, name), state.at, state.at + by) for name in _collections()}
    changes["delivered_at"] = {channel: min(at, state.at) for channel, at in state.delivered_at.items()}
    return replace(state, **changes)


@cache
def _collections() -> tuple[str, ...]:
    empty = State()
    return tuple(one.name for one in fields(State) if isinstance(getattr(empty, one.name), dict | tuple))


def _past_all(values: Any, now: float, before: float) -> Any:
    if isinstance(values, dict):
        return {
            key: _past(one, now, before) if isinstance(one, msgspec.Struct) else one for key, one in values.items()
        }
    return tuple(_past(one, now, before) for one in values)


def _past(one: S, now: float, before: float) -> S:
    """The value with no time of our clock between `now` and what it was `before`; those of the customers' stay."""
    late: dict[str, Any] = {
        name: now
        for name in _times(type(one))
        if (at := getattr(one, name)) is not None and at > now and (at <= before or name == RETRY)
    }
    for name in _RUNS.get(type(one), ()):
        if (until := getattr(one, name)) is not None and until > now:
            late[name] = until - (before - now)
    if isinstance(one, Incident) and any(ended > now for ended in one.members.values()):
        late["members"] = {key: min(ended, now) for key, ended in one.members.items()}
    return replace(one, **late) if late else one


@cache
def _times(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that hold a time of our clock: at, since, fired_at, clear_since and their like."""
    return tuple(
        one.name for one in fields(kind) if one.name in {"at", "since"} or one.name.endswith(("_at", "_since"))
    )
