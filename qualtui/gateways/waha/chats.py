"""What WAHA's answers about chats mean. Texts, names and pictures are dropped as they are read."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from qualtui.gateways.elements import SMALL, ElementsError, cut
from qualtui.gateways.gateway import (
    PENDING,
    ChatLine,
    ChatPage,
    GatewayError,
    GatewayFault,
    MessageSeen,
)
from qualtui.gateways.waha.session import date_of
from qualtui.http import Answer
from qualtui.text.message import Saying, Text, message
from qualtui.tracking.gateway_chats import ChatMessage
from qualtui.tracking.gateway_witness import ListedChat
from qualtui.tracking.identity import HIDDEN, chat_key

MOST = 5_000  # of an answer to a request for a page: some engines know no limit
BODY = 8 * 1024 * 1024  # bytes of a page: engines add their own data to each message
_MILLISECONDS = 1e11  # a later date in seconds than any
_TOMORROW = 86_400.0  # s: what claims to be so much later than now is no date
_REFUSALS: dict[int, tuple[GatewayFault, Text]] = {
    400: (GatewayFault.STATUS, message("the gateway keeps no chats: NOWEB needs its store (config.noweb.store)")),
    401: (GatewayFault.UNAUTHORIZED, message("unauthorized")),
    403: (GatewayFault.UNAUTHORIZED, message("unauthorized")),
    404: (
        GatewayFault.STATUS,
        message("the gateway has no chats overview: it is older than that, or the session is unknown"),
    ),
    422: (GatewayFault.STATUS, message("the session is not WORKING")),
    501: (GatewayFault.STATUS, message("the gateway's engine has no chats overview")),
}
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeError)
_NO_CHATS = message("not the gateway's chats")
T = TypeVar("T")


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    id: msgspec.Raw = msgspec.Raw(b"null")
    key: msgspec.Raw = msgspec.Raw(b"null")  # NOWEB's own form
    timestamp: float = 0.0
    from_me: bool = False
    ack: int | None = None
    body: str | None = None
    has_media: bool | None = None
    source: str | None = None  # "app": written on a phone; "api": sent by a program

    @property
    def at(self) -> float:
        """In seconds, also where an engine gives milliseconds."""
        return self.timestamp / 1000 if self.timestamp > _MILLISECONDS else self.timestamp

    def counts(self, now: float) -> bool:
        """Whether somebody said something: a notice of the chat itself and a missed call have neither."""
        return 0 < self.at < now + _TOMORROW and (self.from_me or bool(self.has_media) or bool(self.body))

    @property
    def words(self) -> str:
        """What is compared with other messages of the same answer, and dropped with it."""
        return (self.body or "").strip().casefold()

    def said(self) -> ChatMessage:
        """The message without its text."""
        return ChatMessage(self.at, self.from_me, self.ack)

    def listed(self, chat: str) -> ListedChat:
        """The message as its chat's last one."""
        token = bytes(self.id)
        return ListedChat(chat, self.said(), None if token == b"null" else hash(token))


class _SentMessage(msgspec.Struct, frozen=True, rename="camel"):
    """A message by its id alone: what an engine adds must not hide it."""

    id: msgspec.Raw = msgspec.Raw(b"null")
    key: msgspec.Raw = msgspec.Raw(b"null")  # NOWEB's own form
    from_me: bool = False
    ack: int | None = None
    timestamp: float = 0.0


class _ObjectId(msgspec.Struct, frozen=True):
    id: str = ""


class _Summary(msgspec.Struct, frozen=True, rename="camel"):
    id: str = ""
    last_message: msgspec.Raw = msgspec.Raw(b"null")


class _Link(msgspec.Struct, frozen=True):
    pn: str | None = None


_summary = msgspec.json.Decoder(_Summary)
_message = msgspec.json.Decoder(_Message, strict=False)  # numbers as texts, too
_sent = msgspec.json.Decoder(_SentMessage, strict=False)
_link = msgspec.json.Decoder(_Link)
_id = msgspec.json.Decoder(str | _ObjectId)


async def page_of(answer: Answer, now: float) -> ChatPage:
    """The chats of a page. Raises GatewayError, which says why there are none."""
    found = await _elements(answer)
    return ChatPage(len(found), tuple(_last_messages(_chats(found), now)), date_of(answer), answer.seconds)


async def lines_of(answer: Answer, now: float) -> tuple[ChatLine, ...]:
    """The messages of a chat that somebody said. Raises GatewayError."""
    told = _read_each(_message, await _elements(answer))
    return tuple(
        ChatLine(one.said(), one.words, one.source == "app") for one in told if one is not None and one.counts(now)
    )


async def seen_in(answer: Answer, name: str) -> MessageSeen | None:
    """Our message of this id in the answer with its chat's messages; None where it is not there."""
    if not name or answer.status != 200 or not answer.whole:
        return None
    try:
        found = [one or _SentMessage() for one in _read_each(_sent, await _elements(answer))]
    except GatewayError:
        return None
    ours = next((one for one in found if one.from_me and _hash(one) == name), None)
    if ours is None:
        return None
    # Who has no answer writes again, too: where acks worked until ours, that proves nothing.
    acked = any(one.from_me and (one.ack or 0) > PENDING and one.timestamp <= ours.timestamp for one in found)
    later = any(not one.from_me and one.timestamp > ours.timestamp for one in found)
    return MessageSeen(ours.ack, later and not acked)


def sent_id(answer: Answer) -> str:
    """The id of the message in the answer to a send; empty where the engine reports none."""
    (found,) = _read_each(_sent, (answer.body,))
    return "" if found is None else _hash(found)


def message_hash(told: str) -> str:
    """The last part of a message's id: the first ones name the chat, which may have several names."""
    return told.rpartition("_")[2]


def phone_of(answer: Answer) -> str:
    """The number in an answer of GET /api/{session}/lids/{lid}; empty where there is none."""
    if answer.status != 200 or not (answer.whole and answer.plain):
        return ""
    try:
        found = chat_key(_link.decode(answer.body).pn or "")
    except _UNREADABLE:
        return ""
    return "" if found.endswith(HIDDEN) else found


def _hash(found: _SentMessage) -> str:
    """What all forms of a message's id share: `true_CHAT_HASH`, an object with HASH, NOWEB's key."""
    for raw in (found.id, found.key):
        try:
            told = _id.decode(raw)
        except _UNREADABLE:
            continue
        name = message_hash(told if isinstance(told, str) else told.id)
        if name:
            return name
    return ""


async def _elements(answer: Answer) -> list[bytes]:
    """The elements of an answer, a large one read beside the loop. Raises GatewayError."""
    _check(answer)
    if len(answer.body) <= SMALL:
        return _cut(answer.body)
    return await asyncio.to_thread(_cut, answer.body)


def _check(answer: Answer) -> None:
    """Raise GatewayError where there are no chats in an answer."""
    if answer.status in _REFUSALS:
        fault, text = _REFUSALS[answer.status]
        raise GatewayError(fault, text, http=answer.status)
    if answer.status != 200:
        raise GatewayError(GatewayFault.STATUS, answer.words, http=answer.status)
    if answer.oddity:
        raise _odd(answer.oddity)
    if not (answer.whole and answer.plain):
        raise _odd("", message("more than {size} MB of chats", size=BODY // 2**20))


def _cut(body: bytes) -> list[bytes]:
    try:
        return cut(body, MOST)
    except ElementsError as error:
        raise _odd(error.text) from None


def _odd(why: Saying, text: Text | None = None) -> GatewayError:
    if text is None:
        text = message("not the gateway's chats: {why}", why=why) if why else _NO_CHATS
    return GatewayError(GatewayFault.NOT_A_GATEWAY, text, http=200)


def _chats(given: Sequence[bytes]) -> list[_Summary]:
    """The chats of a page that can be read. Raises GatewayError where none of them can."""
    found = [one for one in _read_each(_summary, given) if one is not None]
    if given and not found:
        raise _odd("")
    return found


def _read_each(decoder: msgspec.json.Decoder[T], given: Iterable[bytes | msgspec.Raw]) -> list[T | None]:
    """What was given, one by one; None for one that cannot be read: it must not hide the others."""
    found: list[T | None] = []
    for one in given:
        try:
            found.append(decoder.decode(one))
        except _UNREADABLE:
            found.append(None)
    return found


def _last_messages(page: Iterable[_Summary], now: float) -> list[ListedChat]:
    """The last message of each chat that has one. Raises GatewayError where none of them can be read."""
    with_one = [one for one in page if bytes(one.last_message) != b"null"]
    lasts = _read_each(_message, (one.last_message for one in with_one))
    if lasts and not any(lasts):
        raise _odd("")
    return [
        last.listed(one.id)
        for one, last in zip(with_one, lasts, strict=True)
        if last is not None and last.counts(now)
    ]
