"""Events as lines for people: who did what, what was sent where. Each family writes the lines of its events."""

from collections.abc import Sequence

from msgspec.structs import replace

from qualtui.eventlog.registry import KINDS
from qualtui.model import Activity, Event, State

ACTIVITY_KEPT = 200  # lines in State; the log has them all


TOGETHER = 600.0  # s in which lines about the same are one
LOOKED_BACK = 30  # lines


def line(state: State, event: Event) -> Activity | None:
    """The line for an event, given the State before it; None where it is not worth one."""
    write = KINDS[type(event.body)].line
    return None if write is None else write(state, event.at, event.body)


def with_line(lines: Sequence[Activity], new: Activity) -> list[Activity]:
    """Return the lines with one more; see `add_line`."""
    kept = [*lines]
    add_line(kept, new)
    return kept


def add_line(lines: list[Activity], new: Activity) -> None:
    """Add a line to a list. What comes and goes is one line with a count, at the place of the newest."""
    for place in range(len(lines) - 1, max(-1, len(lines) - 1 - LOOKED_BACK), -1):
        old = lines[place]
        if new.same and (old.number, old.same) == (new.number, new.same) and abs(new.at - old.at) <= TOGETHER:
            del lines[place]
            new = replace(new, since=old.since or old.at, count=old.count + new.returns)
            break
    lines.append(new)
