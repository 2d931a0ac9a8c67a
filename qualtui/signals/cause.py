"""Why one customer has no answer, as rows and chats tell it. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from qualtui.signals.book import Owed
from qualtui.text import _


class Cause(StrEnum):
    """One cause a customer; its value is the note of customers.oldest."""

    NEVER_STORED = "never stored"  # the gateway has the message, no row does
    NOT_DELIVERED = "said sent, not delivered"
    BOT_OWES = "stored, no reply"
    NEVER_GREETED = "never greeted"


def cause_of(owed: Owed) -> Cause:
    """The cause of a wait: what went wrong first."""
    if owed.unstored is not None and (owed.unheard is None or owed.unstored <= owed.unheard):
        return Cause.NEVER_STORED
    if owed.unheard is not None:
        return Cause.NOT_DELIVERED
    return Cause.BOT_OWES if owed.session else Cause.NEVER_GREETED


def told(cause: Cause) -> str:
    """The cause for people."""
    return {
        Cause.NEVER_STORED: _("the gateway has the message, the bot stored none"),
        Cause.NOT_DELIVERED: _("a row says sent, the gateway delivered nothing"),
        Cause.BOT_OWES: _("no stored answer"),
        Cause.NEVER_GREETED: _("created, never written to"),
    }[cause]


def of_the_oldest(wait: Mapping[str, Owed]) -> Cause | None:
    """The cause of the longest wait; None: nobody waits."""
    return cause_of(min(wait.values(), key=lambda owed: owed.since)) if wait else None
