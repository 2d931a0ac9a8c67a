"""Events as lines for people: who did what, what was sent where. Each family writes the lines of its events."""

from qualtui.eventlog.registry import KINDS
from qualtui.model import Activity, Event, State

ACTIVITY_KEPT = 200  # lines in State; the log has them all


def line(state: State, event: Event) -> Activity | None:
    """The line for an event, given the State before it; None where it is not worth one."""
    write = KINDS[type(event.body)].line
    return None if write is None else write(state, event.at, event.body)
