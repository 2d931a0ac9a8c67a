"""Events that are being decided, and the state that they will give: each decision sees those before it."""

from qualtui.engine.journal import Entry
from qualtui.eventlog.fold import apply
from qualtui.model import Event, EventBody, State


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
