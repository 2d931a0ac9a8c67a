"""What a family of events declares: rows that the fold, the codec and the activity lines read."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from qualtui.model import Activity, EventBody, State
from qualtui.text.message import Saying, outside

OURSELVES = "qualtui"  # who, where no person did it

B = TypeVar("B", bound=EventBody)
K = TypeVar("K")
V = TypeVar("V")

# Makes the next version of an old event's fields. The "type" in them may change, too.
Upcast = Callable[[dict[str, Any]], dict[str, Any]]


class EventKind(msgspec.Struct, Generic[B], frozen=True):
    """One event: its class and what it means. What a row leaves out does not apply to the event."""

    body: type[B]
    apply: Callable[[State, B], State] | None = None  # the State has the event's seq, time and line already
    line: Callable[[State, float, B], Activity | None] | None = None  # from the State before; None: no line
    number: Callable[[B], int] | None = None  # the incident that it names
    about: Callable[[B], str] | None = None  # the notice or run that it speaks of
    version: int = 1  # raise it with a change that defaults do not cover, and add an upcast

    @property
    def name(self) -> str:
        """The type that the log stores."""
        return str(self.body.__struct_config__.tag)


class Kept(msgspec.Struct, Generic[K, V], frozen=True):
    """What one dict of State keeps: every entry that a decision rests on, and the newest of the others."""

    field: str
    why: str  # what rests on the entries that are always kept
    newest: int = 0
    idle: Callable[[dict[K, V], float], list[K]] | None = (
        None  # keys that decide nothing, oldest first; None: none
    )
    of_all: bool = False  # `newest` counts the deciding entries, too

    def of(self, values: dict[K, V], now: float) -> dict[K, V]:
        """The entries to keep."""
        idle = self.idle(values, now) if self.idle is not None else []
        room = self.newest - (len(values) - len(idle) if self.of_all else 0)
        drop = set(idle[: max(0, len(idle) - max(0, room))])
        return {key: value for key, value in values.items() if key not in drop} if drop else values


class Family(msgspec.Struct, frozen=True):
    """Events that belong together, and what State keeps because of them."""

    kinds: tuple[EventKind[Any], ...]
    kept: tuple[Kept[Any, Any], ...] = ()
    upcasts: Mapping[tuple[str, int], Upcast] = {}  # by type and version


def safe(text: Saying) -> Saying:
    """A text as a line may hold it: what came from outside as a string in one clean line."""
    return outside(text)


def without(values: dict[K, V], key: K) -> dict[K, V]:
    """The dict without a key; never changed in place."""
    return {k: v for k, v in values.items() if k != key} if key in values else values
