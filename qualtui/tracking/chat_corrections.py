"""The ledger's pending replies, corrected by the gateway's chats. Pure.

Who got an answer by the chats waits no more; who is in no row waits.
"""

from collections.abc import Callable, Container, Mapping

import msgspec

from qualtui.tracking.gateway_chats import CLOCKS, ERROR, PENDING, SETTLE, Chat, Chats
from qualtui.tracking.identity import chat_key
from qualtui.tracking.manual_closes import without_closed
from qualtui.tracking.replies import PendingReply, ReplyState

SURE = 120.0  # s after which a customer without a row counts as still waiting while chats are not read
QUEUED = 300.0  # s that a message may wait for the bot's one worker


class Known(msgspec.Struct, frozen=True):
    """What the database has of a chat's customer since about the first message that has no answer."""

    lead: str
    received: float | None = None  # the newest row of the customer
    sent: float | None = None  # the newest row of the bot
    closed: bool = False  # a person closed the lead


def heard_until(book: ReplyState, chats: Chats, numbers: Mapping[str, str]) -> dict[str, float]:
    """By waiting lead the newest answer that arrived, or until when its words were repeated."""
    found = {lead: chats.get(numbers.get(lead, "")) for lead in book.owed}
    # No one has an answer of tomorrow.
    return {
        lead: max(min(chat.heard, chats.read_at + CLOCKS), _repeated_until(chat, chats.read_at))
        for lead, chat in found.items()
        if chat is not None and chat.heard is not None
    }


def _repeated_until(chat: Chat, read_at: float) -> float:
    """Until when the rows of a customer are of words that need no answer; 0 where there are none.

    A row is stored when the bot's one worker comes to it, and none of later words is older than these.
    """
    if chat.repeated is None:
        return 0.0
    if chat.last.at > chat.repeated:
        return chat.repeated
    return max(chat.repeated + CLOCKS, min(read_at - CLOCKS, chat.repeated + QUEUED))


def with_heard(book: ReplyState, heard: Mapping[str, float]) -> ReplyState:
    """The book in which what came until an answer that was heard has one."""
    return _settled(without_closed(book, heard), heard)


def with_chats(
    book: ReplyState,
    chats: Chats,
    numbers: Mapping[str, str],
    leads: Mapping[str, Known | None],
    name: Callable[[str], str],
    born: float,
    *,
    fresh: bool = True,
    edge: float | None = None,
) -> ReplyState:
    """The book, corrected by the chats: who is in no row waits, and who was not reached.

    `book`: already without what was heard; `numbers`: by lead; `leads`: by number of those chats that wait
    and were asked about, None: no lead's; `name`: what stands for such a number. Chats older than `edge`
    (None: `born`, when qualtui first looked) are no one's. Not `fresh`: who had only just written when
    the chats were read last may have been answered since.
    """
    # A phone may be written in a form that no question finds: who waited lately is known all the same.
    lately = (*sorted(book.answered, key=lambda lead: book.answered[lead]), *book.owed)
    by_number = {numbers[lead]: lead for lead in lately if numbers.get(lead)}
    owed, asked = dict(book.owed), dict(book.asked)
    chatted = book.chatted | _written(book, chats, numbers)
    edge = born if edge is None else edge
    for key, stored in leads.items():
        chat = chats.open.get(key)
        if chat is None or chat.last.at < edge or _answered_elsewhere(chats, key, chat):
            continue
        known = _one_person(stored, by_number.get(key), owed)
        lead = known.lead if known is not None else name(key)
        chatted[lead] = chat.wrote
        mine = owed.get(lead)
        if mine is None and not fresh and chats.read_at - (chat.since or chat.last.at) < SURE:
            continue
        answered = book.answered.get(lead, 0.0)
        if chats.unlearned and chat.last.ours and chat.last.ack == PENDING:
            continue  # claimed, and not undelivered
        claim = _claimed(chat, chats.read_at, _renewed(known, answered), mine, answered, born, edge)
        if claim is not None:
            owed[lead] = claim
            asked[lead] = asked.get(lead) or (claim.since,)
    read = chats.read_at if fresh else None
    return msgspec.structs.replace(book, owed=owed, asked=asked, chatted=chatted, chats_read=read)


def _written(book: ReplyState, chats: Chats, numbers: Mapping[str, str]) -> dict[str, tuple[float, ...]]:
    """By lead of those who wrote lately: when, by their chats. An answer to one message ends no flood."""
    found = {lead: chats.get(numbers.get(lead, "")) for lead in {lead for _at, lead in book.wrote}}
    return {lead: chat.wrote for lead, chat in found.items() if chat is not None}


def _one_person(stored: Known | None, lately: str | None, owed: Container[str]) -> Known | None:
    """Whose chat it is. `stored`: who has its number; `lately`: of those, who waits or waited last.

    A person may be two leads, as where the sheet and the bot made one each: that with rows of this wait counts.
    """
    if stored is None:
        return None if lately is None else Known(lately)
    silent = stored.received is None and stored.sent is None and stored.lead not in owed
    return msgspec.structs.replace(stored, lead=lately) if silent and lately is not None else stored


def _answered_elsewhere(chats: Chats, key: str, chat: Chat) -> bool:
    """Whether ours went to a number that the bot made of a foreign one, and its owner has an answer since."""
    owned_by = chat_key(key)
    owner = chats.get(owned_by) if chat.last.ours and owned_by != key else None
    return owner is not None and owner.since is None and (owner.heard or 0.0) >= chat.last.at


def _renewed(known: Known | None, answered: float) -> Known | None:
    """What is known, and the newest answer in the rows: they are read more often."""
    if known is None or not answered:
        return known
    return msgspec.structs.replace(known, sent=max(answered, known.sent or answered))


def _settled(book: ReplyState, heard: Mapping[str, float]) -> ReplyState:
    """The book in which the messages until an answer that was heard have one."""
    good = [at for lead, upto in heard.items() for at in book.asked.get(lead, ()) if at <= upto]
    if not good:
        return book
    left = {lead: tuple(at for at in times if at > heard.get(lead, 0.0)) for lead, times in book.asked.items()}
    return msgspec.structs.replace(
        book,
        asked={lead: times for lead, times in left.items() if times},
        settled=(*book.settled, *good),
        last_settled=max(good if book.last_settled is None else (*good, book.last_settled)),
    )


def _claimed(
    chat: Chat,
    read_at: float,
    known: Known | None,
    mine: PendingReply | None,
    answered: float,
    born: float,
    edge: float,
) -> PendingReply | None:
    """What a chat that waits says of its customer. `mine`: what the rows say; None: nothing that they don't.

    `answered`: the newest answer by the rows, 0 where there is none.
    """
    last = chat.last
    start = (
        born if last.at >= born else edge
    )  # who was open before the first look and writes again waits since then
    since = chat.since if chat.since is not None and chat.since >= start else last.at
    received = known.received if known is not None else None
    sent = known.sent if known is not None else None
    if last.ours:  # not taken by WhatsApp: a moment is normal, and who wrote to no one's customer is none
        if read_at - last.at <= SETTLE or (known is None and mine is None and since >= last.at):
            return None
        base = mine or PendingReply(since, max(since, received or since))
        refused = last.ack == ERROR
        return msgspec.structs.replace(base, since=min(base.since, since), unheard=last.at, refused=refused)
    # What was sent after the chats were read is in none; and the bot never answers within CLOCKS.
    late = sent is not None and read_at > sent + SETTLE
    vain = sent if sent is not None and late and sent >= since + CLOCKS else None
    if mine is not None:
        stored = max(mine.last, received or mine.last) >= last.at - CLOCKS
        # An answer that came after the chats were read ended what waited in them.
        since = mine.since if since <= answered <= mine.since and read_at <= answered + SETTLE else since
        began = since if mine.since < born <= last.at else min(mine.since, since)
        return msgspec.structs.replace(
            mine,
            since=began,
            last=max(mine.last, last.at),
            unheard=mine.unheard if vain is None else vain,
            unstored=None if stored else _lost(since, last.at, max(mine.last, received or mine.last), vain),
        )
    stored = received is not None and received >= last.at - CLOCKS
    if sent is not None and sent >= last.at + (0.0 if stored else CLOCKS):
        return PendingReply(since, last.at, unheard=sent) if late else None
    if stored:
        return None  # the rows know of it, and have a reason: closed, or backlog
    return PendingReply(since, last.at, unheard=vain, unstored=_lost(since, last.at, received, vain))


def _lost(since: float, last: float, received: float | None, vain: float | None) -> float:
    """The first message that no row has: that which the wait began with, where nothing of it was stored.

    Who writes every minute to a dead webhook has lost the first message, not only the one of just now.
    """
    nothing = vain is None and (received is None or received < since - CLOCKS)
    return since if nothing else last
