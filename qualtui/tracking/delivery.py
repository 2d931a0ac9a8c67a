"""Answers that are claimed: a row says sent, and the gateway's chats do not show it yet. Pure."""

from collections.abc import Mapping

import msgspec

from qualtui.tracking.gateway_chats import CLOCKS, SETTLE, Chat, Chats
from qualtui.tracking.replies import ReplyState


def with_claims(book: ReplyState, chats: Chats, numbers: Mapping[str, str], born: float) -> ReplyState:
    """The book, and whose newest answer is claimed. `numbers`: by lead; rows older than `born` are left out.

    `book`: already corrected by the chats: who waits is not among them.
    """
    found = {
        lead: at
        for lead, at in book.answered.items()
        if at >= born and lead not in book.owed and _claimed(chats.get(numbers.get(lead, "")), at, chats.read_at)
    }
    return msgspec.structs.replace(book, claimed=found) if found else book


def _claimed(chat: Chat | None, sent: float, read_at: float) -> bool:
    """Whether the evidence of a row that says sent is to come: the chat was not read since, or shows no answer.

    A chat that is not there proves nothing after SETTLE.
    """
    if chat is not None and chat.heard is not None and chat.heard >= sent - CLOCKS:
        return False
    if chat is not None and chat.since is not None:
        return chat.since <= sent
    return sent > read_at - (SETTLE if chat is None else CLOCKS)
