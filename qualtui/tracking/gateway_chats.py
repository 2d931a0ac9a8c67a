"""What the gateway's chats show: whose message is the last in each, and did ours arrive? Pure.

A message that the bot lost before it stored it leaves no row anywhere, and stands here as a chat whose last
message is the customer's. An answer that was sent in doubt, and one that a person gave by phone, stand here, too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import inf

import msgspec

from qualtui.text.message import Saying
from qualtui.tracking.identity import HIDDEN, chat_key
from qualtui.tracking.replies import HOUR, REPLIES, WROTE

PENDING = 0  # ack of a message that WhatsApp has not taken yet, and of all where a gateway gives no acks
SERVER = 1  # ack of a message that WhatsApp has taken; 0 PENDING
ERROR = -1  # of one that it refused
SETTLE = 60.0  # s: an acknowledgement, or the row of what was sent, may be on its way for so long
CLOCKS = 5.0  # s by which the clocks of WhatsApp, the gateway and the database may differ
PSEUDONYM = "chat-"  # how the name begins that stands for a number that is no lead's
WRITTEN = 20  # messages of a customer of which a chat keeps the time
KEPT = 7 * 86_400.0  # s for which an answered chat is remembered


class ChatMessage(msgspec.Struct, frozen=True, gc=False):
    """A message without its text. `at`: whole seconds, WhatsApp's clock; `ack` None: it is not given."""

    at: float
    ours: bool
    ack: int | None = None

    @property
    def heard(self) -> bool:
        """Ours, and WhatsApp has taken it."""
        return self.ours and (self.ack is None or self.ack >= SERVER)


class Chat(msgspec.Struct, frozen=True, gc=False):
    """A chat. `since`: the first message that has no answer, as far as is known; None: it has one.

    `heard`: the newest answer that is known of. `looked`: all this was read from the chat's messages, not only
    from its last one. `id`: the gateway's name of it. `repeated`: the newest message since that answer that
    repeats what it answered: the bot sends no answer twice (see repeated_words). `wrote`: when the customer's
    newest messages came, as far as they were met. `other`: a second name of it, under which the gateway may keep
    a part of its messages.
    """

    last: ChatMessage
    since: float | None = None
    heard: float | None = None
    looked: bool = True
    id: str = ""
    repeated: float | None = None
    wrote: tuple[float, ...] = ()
    other: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The gateway's names of it."""
        return tuple(name for name in (self.id, self.other) if name)

    @property
    def began(self) -> float:
        """When its wait began, as far as is known."""
        return self.last.at if self.since is None else min(self.since, self.last.at)


class Chats(msgspec.Struct, frozen=True):
    """The chats by number, as they were at `read_at` (our clock); 0: never read.

    `clock`: between which seconds the gateway's clock is ahead of ours. `doubt`: why they are not believed; empty:
    they are.
    """

    read_at: float = 0.0
    open: dict[str, Chat] = {}  # those that wait
    answered: dict[str, Chat] = {}
    clock: tuple[float, float] = (0.0, 0.0)
    doubt: Saying = ""
    untimed: bool = False  # ... because the times of messages are wrong: here is what they showed before
    timed: float = 0.0  # ... and only answers until then (our clock) are known
    unlearned: bool = False  # whether PENDING means anything is not known yet: the chats have not been looked at
    lids: dict[str, str] = {}  # by hidden id the number that it stands for
    replies: tuple[tuple[str, float, float], ...] = ()  # of the last hour: number, first message, answer

    def waiting(self, since: float) -> list[str]:
        """The numbers whose newest message, not older than `since`, has no answer; the longest wait first."""
        found = [chat_key for chat_key, chat in self.open.items() if chat.last.at >= since]
        return sorted(found, key=lambda chat_key: self.open[chat_key].since or 0.0)

    def get(self, chat_key: str) -> Chat | None:
        """What is known of a chat."""
        return self.open.get(chat_key) or self.answered.get(chat_key)

    def having(self, chats: Mapping[str, Chat], read_at: float) -> "Chats":
        """With these chats as they are now."""
        waiting = {chat_key: chat for chat_key, chat in chats.items() if chat.since is not None}
        done = {chat_key: chat for chat_key, chat in chats.items() if chat.since is None}
        still = {chat_key: chat for chat_key, chat in self.open.items() if chat_key not in done}
        kept = {
            chat_key: chat
            for chat_key, chat in self.answered.items()
            if chat_key not in waiting and chat.last.at > read_at - KEPT
        }
        young = tuple(one for one in (*self.replies, *self._replies(chats)) if one[2] >= read_at - HOUR)
        return msgspec.structs.replace(
            self,
            read_at=read_at,
            open={**still, **waiting},
            answered={**kept, **done},
            replies=young[-REPLIES:],
        )

    def _replies(self, chats: Mapping[str, Chat]) -> Iterator[tuple[str, float, float]]:
        """Which of these chats that waited got an answer."""
        for key, chat in chats.items():
            since = before.since if (before := self.open.get(key)) is not None else None
            if since is not None and chat.heard is not None and since <= chat.heard < (chat.since or inf):
                yield key, since, chat.heard

    def hidden(self, key: str) -> bool:
        """Whether no one knows which phone a chat's key stands for."""
        return key.endswith(HIDDEN) and key not in self.lids

    def apart(self, skew: float) -> float:
        """Seconds that the gateway's clock is at least off the database's, which is `skew` ahead of ours."""
        low, high = self.clock
        return max(0.0, low - skew) or min(0.0, high - skew)


def with_last_message(before: Chat | None, last: ChatMessage, chat_id: str = "") -> Chat:
    """A chat from its last message, and from what was known of it before."""
    if (
        before is not None
        and before.last == last
        and (before.looked or (before.repeated and before.since is None))
    ):
        return before
    heard = before.heard if before is not None else None
    repeated = before.repeated if before is not None else None
    if last.heard or (heard is not None and heard > last.at):  # the answer that was seen may have been deleted
        return Chat(last, heard=max(last.at, heard or 0.0), id=chat_id, wrote=_written(before, last))
    since = last.at if before is None or before.since is None else min(before.since, last.at)
    return Chat(last, since, heard, False, chat_id, repeated, _written(before, last))


def _written(before: Chat | None, last: ChatMessage) -> tuple[float, ...]:
    """When the customer wrote lately, with a chat's last message."""
    known = () if before is None else before.wrote
    if not last.ours and (before is None or before.last != last):
        known = (*known, last.at)
    return tuple(at for at in known if at >= last.at - WROTE)[-WRITTEN:]


def with_messages(chat: Chat, messages: Iterable[ChatMessage], repeats: Collection[float] = ()) -> Chat:
    """The chat after a look at its newest messages: the customer waits since the first after the last heard one.

    `repeats`: when the customer repeated what had been answered: that needs no reply.

    One of ours that was not heard keeps no one waiting who has an answer and said nothing since.
    Of messages in the same second the chat's last one is the last; the next read gives what is later.
    """
    last = chat.last
    earlier: list[ChatMessage] = []
    for one in sorted(messages, key=lambda one: (one.at, one.heard)):
        if (one.at, one.ours) == (chat.last.at, chat.last.ours):
            last = one if one.heard else last  # read later: its acknowledgement may have come
        elif one.at <= last.at:
            earlier.append(one)
    since: float | None = None
    heard, repeated = chat.heard, None
    answered = -inf if heard is None or heard > last.at else heard  # maybe under another name of the chat
    for one in (*earlier, last):
        if one.at <= answered and one is not last and not one.ours:
            continue
        if one.heard:
            since, heard, repeated = None, one.at, None
        elif since is None and not one.ours and one.at in repeats:
            repeated = one.at
        elif since is None and not (one.ours and heard is not None):
            since = one.at
    # What is still on its way may be taken later, and the chat's last message does not show it.
    under_way = since is not None and any(one.ours and not one.heard and one.at >= since for one in earlier)
    oldest = min(one.at for one in (*earlier, last))
    before = (at for at in chat.wrote if at < oldest)  # beyond the look's end: answers fill its messages, too
    wrote = (*before, *(one.at for one in (*earlier, last) if not one.ours))[-WRITTEN:]
    return Chat(last, since, heard, not under_way, chat.id, repeated, wrote, chat.other)


def with_page(chats: Chats, page: Iterable[tuple[str, ChatMessage]], read_at: float) -> Chats:
    """The chats after a read: (chat's id, its last message) each. Of two with one number the newer counts."""
    found: dict[str, Chat] = {}
    for chat_id, last in page:
        key = chat_key(chat_id)
        key = chats.lids.get(key, key)
        before = found.get(key) or chats.get(key)
        if not key or (key in found and last.at == found[key].last.at and found[key].last.heard):
            continue  # no one's, or the same message under a second id
        if before is None or before.id in {"", chat_id} or last.at >= before.last.at:
            found[key] = _named(with_last_message(before, last, chat_id), before)
        elif before.other != chat_id:  # to be looked into, too
            heard = max(before.heard or 0.0, last.at) if last.heard else before.heard
            found[key] = msgspec.structs.replace(before, other=chat_id, looked=False, heard=heard)
    return chats.having(found, read_at)


def _named(chat: Chat, before: Chat | None) -> Chat:
    """The chat with the second name that it had, or with its first one where another takes the place of that."""
    if before is None or chat is before:
        return chat
    other = before.other if before.id in {"", chat.id} else before.id
    return msgspec.structs.replace(chat, other=other) if other != chat.other else chat


def linked(chats: Chats, lids: Mapping[str, str]) -> tuple[Chats, bool]:
    """The chats with what is known of hidden ids now, and whether any of them stood there under its id.

    Those are dropped: they are to be read again.
    """
    moved = lids.keys() & (chats.open.keys() | chats.answered.keys())
    left = {key: chat for key, chat in chats.open.items() if key not in moved}
    done = {key: chat for key, chat in chats.answered.items() if key not in moved}
    return msgspec.structs.replace(chats, open=left, answered=done, lids=dict(lids)), bool(moved)


def without_hidden(chats: Chats) -> Chats:
    """Return the chats whose phone is known."""
    left = {key: chat for key, chat in chats.open.items() if not chats.hidden(key)}
    done = {key: chat for key, chat in chats.answered.items() if not chats.hidden(key)}
    return msgspec.structs.replace(chats, open=left, answered=done)


def bounded(chats: Chats, most: int) -> Chats:
    """At most so many chats of either kind, the newest: a gateway that makes up ids must not fill our memory."""
    if max(len(chats.open), len(chats.answered)) <= most:
        return chats

    def newest(those: dict[str, Chat]) -> dict[str, Chat]:
        kept = sorted(those, key=lambda key: those[key].last.at)[-most:]
        return {key: those[key] for key in kept}

    return msgspec.structs.replace(chats, open=newest(chats.open), answered=newest(chats.answered))
