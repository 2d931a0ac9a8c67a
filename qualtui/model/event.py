"""One line of the log. The families in qualtui/eventlog/ declare what a line may say."""

import msgspec


class EventBody(msgspec.Struct, frozen=True):
    """What an event says: one subclass for each fact, each with its own tag. Tags and field names never change."""


class Event(msgspec.Struct, frozen=True):
    """One line of the log. `seq` is the only order, for the clock behind `at` may be set back.

    `key` is unique where it is not empty.
    """

    seq: int
    at: float
    epoch: int
    body: EventBody
    key: str = ""
