"""How far each message of one customer came, by rows and chats. Pure."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from qualtui.tracking.deliverability import Deliverability
from qualtui.tracking.replies import Decide, PendingReply

CLOCKS = 5.0  # s by which the clocks of WhatsApp and of the database may differ


class Stage(StrEnum):
    """How far a message is known to have come."""

    STORED = "stored"  # the customer's, and the bot has it
    NOT_STORED = "not stored"  # the customer's: the gateway has it, the bot does not
    CLAIMED = "claimed"  # a row says sent, nothing else does
    NOT_DELIVERED = "not delivered"  # a row says sent while the gateway could not send
    ACCEPTED = "accepted"  # the gateway's chat has it
    DELIVERED = "delivered"  # the customer wrote after it


class Stored(msgspec.Struct, frozen=True):
    """A row of messages: its time by the database's clock, and whether it is the bot's."""

    at: float
    sent: bool


def stages(
    rows: Sequence[Stored], owed: PendingReply | None, heard: float | None, decide: Decide
) -> tuple[tuple[float, bool, Stage], ...]:
    """Time, whether it is the bot's, and stage of each message, the newest first.

    `heard`: the newest message of ours that the gateway's chat is known to have.
    """
    wrote = max((row.at for row in rows if not row.sent), default=float("-inf"))
    found = [(row.at, row.sent, _stage(row, owed, heard, wrote, decide)) for row in rows]
    if owed is not None and owed.unstored is not None:
        found.append((owed.unstored, False, Stage.NOT_STORED))
    return tuple(sorted(found, reverse=True))


def _stage(row: Stored, owed: PendingReply | None, heard: float | None, wrote: float, decide: Decide) -> Stage:
    if not row.sent:
        return Stage.STORED
    unheard = owed is not None and owed.unheard is not None and owed.since <= row.at <= owed.unheard
    if unheard or decide(row.at) is Deliverability.BROKEN:
        return Stage.NOT_DELIVERED
    if row.at < wrote:
        return Stage.DELIVERED
    return Stage.ACCEPTED if heard is not None and row.at <= heard + CLOCKS else Stage.CLAIMED
