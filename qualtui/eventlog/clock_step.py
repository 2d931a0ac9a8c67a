"""Our own clock that was set back: what it stamped while it ran ahead. Pure."""

from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec.structs import fields, replace

from qualtui.model import Incident, State

S = TypeVar("S", bound=msgspec.Struct)


def stepped(state: State) -> State:
    """The State in which nothing lies in the future: what the clock stamped while it ran ahead began now."""
    changes = {name: _past_all(getattr(state, name), state.at) for name in _collections()}
    changes["delivered_at"] = {channel: min(at, state.at) for channel, at in state.delivered_at.items()}
    return replace(state, **changes)


@cache
def _collections() -> tuple[str, ...]:
    empty = State()
    return tuple(one.name for one in fields(State) if isinstance(getattr(empty, one.name), dict | tuple))


def _past_all(values: Any, now: float) -> Any:
    if isinstance(values, dict):
        return {key: _past(one, now) if isinstance(one, msgspec.Struct) else one for key, one in values.items()}
    return tuple(_past(one, now) for one in values)


def _past(one: S, now: float) -> S:
    """The value with no time of our clock beyond `now`; those of the customers' clock stay."""
    late: dict[str, Any] = {
        name: now for name in _times(type(one)) if (at := getattr(one, name)) is not None and at > now
    }
    if isinstance(one, Incident) and any(ended > now for ended in one.members.values()):
        late["members"] = {key: min(ended, now) for key, ended in one.members.items()}
    return replace(one, **late) if late else one


@cache
def _times(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that hold a time of our clock: at, since, fired_at, clear_since and their like."""
    return tuple(
        one.name for one in fields(kind) if one.name in {"at", "since"} or one.name.endswith(("_at", "_since"))
    )
