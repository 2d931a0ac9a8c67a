"""Why one customer has no answer, by rows and chats. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from qualtui.text.message import Text, message
from qualtui.tracking.replies import PendingReply


class WaitCause(StrEnum):
    """One cause a customer; its value is the code of customers.oldest."""

    NEVER_STORED = "never stored"  # the gateway has the message, no row does
    NOT_DELIVERED = "said sent, not delivered"
    BOT_OWES = "stored, no reply"
    NEVER_GREETED = "never greeted"


def cause_of(owed: PendingReply) -> WaitCause:
    """The cause of a wait: what went wrong first."""
    if owed.unstored is not None and (owed.unheard is None or owed.unstored <= owed.unheard):
        return WaitCause.NEVER_STORED
    if owed.unheard is not None:
        return WaitCause.NOT_DELIVERED
    return WaitCause.BOT_OWES if owed.session else WaitCause.NEVER_GREETED


def cause_text(cause: WaitCause) -> Text:
    """The cause for people."""
    return {
        WaitCause.NEVER_STORED: message("the gateway has the message, the bot stored none"),
        WaitCause.NOT_DELIVERED: message("a row says sent, the gateway delivered nothing"),
        WaitCause.BOT_OWES: message("no stored answer"),
        WaitCause.NEVER_GREETED: message("created, never written to"),
    }[cause]


def of_the_oldest(wait: Mapping[str, PendingReply]) -> WaitCause | None:
    """The cause of the longest wait; None: no one waits."""
    return cause_of(min(wait.values(), key=lambda owed: owed.since)) if wait else None
