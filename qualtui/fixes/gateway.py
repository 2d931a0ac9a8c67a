"""The WhatsApp gateway as a fix uses it: its session's status, a restart, a text sent once, and its delivery."""

from enum import StrEnum
from urllib.parse import quote

import msgspec

from qualtui.config.values import GatewaySettings
from qualtui.fixes.fix import FixError
from qualtui.http import Answer, Fetcher, FetchError
from qualtui.text import _, clean

WORKING = "WORKING"
HUMAN = ("SCAN_QR_CODE", "PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED")
CHAT_LIMIT = 8 * 1024 * 1024  # bytes: engines add their own data to each message
NEWEST = 20  # messages of a chat among which ours is looked for
PENDING, DEVICE = 0, 2  # acks: nobody has it; the customer's phone has it (WAHA: message.ack)
SEND_LIMIT = 40.0  # s; a session that is not WORKING is waited for inside the gateway before it refuses


class Fate(StrEnum):
    """What became of a send. Only REFUSED may be tried again."""

    DELIVERED = "delivered"
    ACCEPTED = "accepted"  # the gateway took it; whether the customer has it is not known yet
    ASKED = "asked"  # somebody else was asked to write, and did not say that he did
    REFUSED = "refused"  # surely not sent
    DOUBT = "doubt"  # it may have been sent


class SendResult(msgspec.Struct, frozen=True):
    """The fate of one send, and why in a few words without a phone. `message`: the gateway's id of it or empty."""

    fate: Fate
    note: str = ""
    message: str = ""


class MessageSeen(msgspec.Struct, frozen=True):
    """Our message as the gateway's chat shows it. `ack` None: the engine reports none.

    `replied`: the customer wrote after it, which proves that it arrived whatever its ack says.
    """

    ack: int | None = None
    replied: bool = False

    def delivered(self, *, acks_unreliable: bool) -> bool:
        """Whether the customer has it. Where acks proved unreliable, its place in the chat is enough."""
        if self.replied or self.ack is None:
            return True
        return self.ack >= (PENDING if acks_unreliable else DEVICE)


class _Session(msgspec.Struct, frozen=True):
    status: str


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    id: msgspec.Raw = msgspec.Raw(b"null")
    key: msgspec.Raw = msgspec.Raw(b"null")  # NOWEB's own form
    from_me: bool = False
    ack: int | None = None
    timestamp: float = 0.0


class _ObjectId(msgspec.Struct, frozen=True):
    id: str = ""


_session = msgspec.json.Decoder(_Session)
_message = msgspec.json.Decoder(_Message, strict=False)
_messages = msgspec.json.Decoder(list[msgspec.Raw])
_id = msgspec.json.Decoder(str | _ObjectId)


class GatewayClient:
    """One session of a WAHA."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.session = settings.session
        base = settings.url.rstrip("/")
        headers = {} if settings.key is None else {"X-Api-Key": settings.key.reveal()}
        self._headers, self._timeout = headers, float(settings.timeout)
        self._here = f"{base}/api/sessions/{quote(settings.session, safe='')}"
        self._chats = f"{base}/api/{quote(settings.session, safe='')}/chats"
        self._send_to = f"{base}/api/sendText"
        self._calls = Fetcher(self._here, headers, float(settings.timeout), keep=False)
        self._sends = Fetcher(self._send_to, headers, SEND_LIMIT, keep=False)

    async def status(self) -> str:
        """The session's status in WAHA's words. Raises RemedyError."""
        try:
            answer = await self._calls.get()
        except FetchError as error:
            raise FixError(_("the gateway does not answer: {}").format(error.text)) from None
        return self._status(answer)

    async def restart(self) -> None:
        """Asks for stop and start, once. Raises RemedyError where that was refused or is not known."""
        try:
            answer = await self._calls.post(url=f"{self._here}/restart")
        except FetchError as error:
            text = _("the gateway does not answer: {}") if error.unsent else _("no answer to the restart: {}")
            raise FixError(text.format(error.text)) from None
        self._accepted(answer)

    async def send(self, chat: str, text: str) -> SendResult:
        """Send a text to a chat, once; never raises. 201 alone is accepted, and says nothing of a delivery."""
        body = {"session": self.session, "chatId": chat, "text": text}
        try:
            answer = await self._sends.post(msgspec.json.encode(body))
        except FetchError as error:
            return SendResult(Fate.REFUSED if error.unsent else Fate.DOUBT, error.text)
        if answer.status == 201:
            return SendResult(Fate.ACCEPTED, message=_sent_id(answer.body))
        if 400 <= answer.status < 500:
            return SendResult(Fate.REFUSED, answer.words)
        return SendResult(Fate.DOUBT, answer.words)

    async def seen(self, chat: str, message: str) -> MessageSeen | None:
        """Return our message as its chat shows it now; None where it is not there or the chat cannot be read."""
        url = f"{self._chats}/{quote(chat, safe='')}/messages?limit={NEWEST}&downloadMedia=false"
        fetcher = Fetcher(url, self._headers, self._timeout, keep=False, limit=CHAT_LIMIT)
        try:
            answer = await fetcher.get()
        except FetchError:
            return None
        finally:
            await fetcher.close()
        if not message or answer.status != 200 or not answer.whole:
            return None
        try:
            found = [_decoded(raw) for raw in _messages.decode(answer.body)]
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return None
        ours = next((one for one in found if one.from_me and _hash(one) == message), None)
        if ours is None:
            return None
        # Who has no answer writes again, too: where acks worked until ours, that proves nothing.
        acked = any(one.from_me and (one.ack or 0) > PENDING and one.timestamp <= ours.timestamp for one in found)
        later = any(not one.from_me and one.timestamp > ours.timestamp for one in found)
        return MessageSeen(ours.ack, later and not acked)

    async def close(self) -> None:
        """Gives back connections."""
        await self._calls.close()
        await self._sends.close()

    def _status(self, answer: Answer) -> str:
        self._accepted(answer)
        try:
            status = _session.decode(answer.body).status
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            why = _("what answers is not the gateway")
            raise FixError(f"{why}: {answer.oddity}" if answer.oddity else why) from None
        return clean(status, 40)

    def _accepted(self, answer: Answer) -> None:
        if answer.status in (401, 403):
            raise FixError(_("the gateway rejects our key: HTTP {}").format(answer.status))
        if answer.status in (404, 422):
            raise FixError(_("the gateway has no session {!r}").format(self.session))
        if not 200 <= answer.status < 300:
            raise FixError(_("the gateway answers {}").format(answer.words))


def _decoded(raw: bytes | msgspec.Raw) -> _Message:
    """A message; an empty one where it cannot be read, which must not hide the others."""
    try:
        return _message.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return _Message()


def _sent_id(body: bytes) -> str:
    """The id of the message in the answer to a send; empty where the engine reports none."""
    return _hash(_decoded(body))


def _hash(message: _Message) -> str:
    """What all forms of a message's id share: `true_CHAT_HASH`, an object with HASH, NOWEB's key."""
    for raw in (message.id, message.key):
        try:
            told = _id.decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            continue
        found = message_hash(told if isinstance(told, str) else told.id)
        if found:
            return found
    return ""


def message_hash(told: str) -> str:
    """The last part of a message's id: the first ones name the chat, which may have several names."""
    return told.rpartition("_")[2]
