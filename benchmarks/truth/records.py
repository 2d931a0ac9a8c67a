"""What the simulated world keeps: rows of its database and messages of its chats. Nothing of the product's."""

from enum import IntEnum

import msgspec


class What(IntEnum):
    """What a row is."""

    LEAD = 0
    RECEIVED = 1
    SENT = 2


class Row(msgspec.Struct, frozen=True, order=True):
    """One row of leads or messages. `at`: virtual seconds since the week's start; for a lead `id` is `lead`."""

    at: float
    what: What
    id: str
    lead: str
    session: str = ""
    text: str = ""


class Message(msgspec.Struct, frozen=True):
    """One message of a chat. `at`: whole seconds by WhatsApp's clock; `ack` None: it is the customer's."""

    number: int
    at: float
    ours: bool
    ack: int | None = None
    text: str = ""
