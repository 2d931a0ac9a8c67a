"""Events that are being decided, and the state that they will give: each decision sees those before it."""

from collections.abc import Iterable

from msgspec.structs import replace

from qualtui.engine.journal import Entry
from qualtui.eventlog.fold import apply
from qualtui.model import Event, EventBody, Incident, State


class Draft:
    """The entries decided so far, folded onto a state. Nothing is written here."""

    def __init__(self, state: State, now: float) -> None:
        self.state = state
        self.entries: list[Entry] = []
        self._now = now

    def add(self, body: EventBody, key: str = "") -> None:
        """Decide one more event."""
        self.entries.append((body, key))
        # What is folded here has another seq and key in the log; no decision rests on either.
        self.state = apply(self.state, Event(self.state.seq + 1, self._now, self.state.epoch, body, key))

    def part(self, incidents: Iterable[Incident]) -> "Draft":
        """The draft of one agent, which has these incidents.

        Each event copies the table that it changes: where hundreds of agents break at once, those of all would be
        copied for each. Alerts of other agents stay, because they may inhibit; no decision rests on old notices.
        """
        own = replace(self.state, incidents={one.number: one for one in incidents}, notices={})
        return Draft(own, self._now)

    def take(self, part: "Draft") -> None:
        """Add what was decided in a part. The state's incidents stay as they were: they are the parts' own."""
        self.entries += part.entries
        self.state = replace(self.state, alerts=part.state.alerts, next_number=part.state.next_number)
