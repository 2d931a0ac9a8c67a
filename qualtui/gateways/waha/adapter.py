"""One session of a WAHA behind the Protocol of gateways: its addresses, its calls, and what they are called."""

from typing import ClassVar
from urllib.parse import quote

import msgspec

from qualtui.config.values import GatewaySettings
from qualtui.gateways.gateway import (
    ChatId,
    ChatLine,
    ChatPage,
    Fate,
    GatewayCapability,
    GatewayError,
    GatewayFault,
    GatewayStatus,
    GatewayWebhook,
    MessageSeen,
    SendResult,
    WebhookMove,
)
from qualtui.gateways.waha import chats, session, webhook_move
from qualtui.http import LIMIT, Answer, Fetcher, FetchError
from qualtui.text.message import message

SEND_LIMIT = 40.0  # s; a session that is not WORKING is waited for inside the gateway before it refuses
NEWEST = 20  # messages of a chat among which ours is looked for


class WahaGateway:
    """Implements Gateway. `keep`: keep the connection of the call that comes first, for its repetitions.

    `timeout`: seconds of one call, other than a send.
    """

    capabilities: ClassVar[frozenset[GatewayCapability]] = frozenset(GatewayCapability)

    def __init__(self, settings: GatewaySettings, *, keep: bool = False, timeout: float | None = None) -> None:
        self.session = settings.session
        self._timeout = float(settings.timeout) if timeout is None else timeout
        self._headers = {} if settings.key is None else {"X-Api-Key": settings.key.reveal()}
        base, name = settings.url.rstrip("/"), quote(settings.session, safe="")
        self._server = f"{base}/api/server"
        self._session_url = f"{base}/api/sessions/{name}"
        self._chats = f"{base}/api/{name}/chats"
        self._lids = f"{base}/api/{name}/lids"
        self._send_url = f"{base}/api/sendText"
        self._keep = keep
        self._kept: tuple[str, Fetcher] | None = None

    async def status(self) -> GatewayStatus:
        """GET /api/sessions/{session}. Raises GatewayError where we could not ask."""
        try:
            return session.status_of(await self._answer(self._session_url))
        except FetchError as error:
            found = session.silent_status(error)
            if found.fault is GatewayFault.LOCAL:
                raise session.no_answer(error) from None
            return found

    async def uptime(self) -> float:
        """GET /api/server/status. Raises GatewayError."""
        return session.uptime_of(await self._get(f"{self._server}/status"))

    async def version(self) -> str:
        """GET /api/server/version. Raises GatewayError."""
        return session.version_of(await self._get(f"{self._server}/version"))

    async def webhooks(self) -> tuple[GatewayWebhook, ...]:
        """The session's own webhooks; one for the whole gateway is not visible. Raises GatewayError."""
        return session.webhooks_of(await self._get(self._session_url))

    async def planned_move(self, old: str, new: str) -> WebhookMove:
        """GET /api/sessions/{session}. Raises GatewayError."""
        answer = await self._get(self._session_url, chats.BODY)
        return webhook_move.moved(session.whole_body(answer), self.session, old, new)[1]

    async def move_webhook(self, old: str, new: str) -> WebhookMove:
        """PUT /api/sessions/{session} with its whole configuration, once, then GET: a look at what it became.

        Raises GatewayError.
        """
        before = session.whole_body(await self._get(self._session_url, chats.BODY))
        body, move = webhook_move.moved(before, self.session, old, new)
        fetcher = Fetcher(self._session_url, self._headers, self._timeout, keep=False)
        try:
            answer = await fetcher.post(body, method="PUT")
        except FetchError as error:
            raise session.no_answer(error) from None
        finally:
            await fetcher.close()
        if not 200 <= answer.status < 300:
            fault = session.fault_of(answer) or GatewayFault.STATUS
            raise GatewayError(fault, answer.words, http=answer.status)
        after = session.whole_body(await self._get(self._session_url, chats.BODY))
        if not webhook_move.same_config(body, after):
            text = message(
                "the session's configuration is not what it was given (digest before: {digest})",
                digest=move.digest,
            )
            raise GatewayError(GatewayFault.STATUS, text)
        return move

    async def without_key(self) -> int:
        """The status of GET /api/sessions/{session} without a key; no body is read. Raises GatewayError."""
        fetcher = Fetcher(self._session_url, {}, self._timeout, keep=False)
        try:
            return (await fetcher.ask("GET", read=False)).status
        except FetchError as error:
            raise session.no_answer(error) from None
        finally:
            await fetcher.close()

    async def chats(self, page: int, now: float, size: int) -> ChatPage:
        """GET /api/{session}/chats/overview, newest first. Raises GatewayError."""
        url = f"{self._chats}/overview?limit={size}&offset={page * size}"
        return await chats.page_of(await self._get(url, chats.BODY), now)

    async def messages(self, chat: ChatId, now: float, most: int) -> tuple[ChatLine, ...]:
        """GET /api/{session}/chats/{chat}/messages. Raises GatewayError."""
        return await chats.lines_of(await self._get(self._messages(chat, most), chats.BODY), now)

    async def phone(self, hidden: ChatId) -> str:
        """GET /api/{session}/lids/{lid}; empty where the gateway knows no number, or gives no answer."""
        try:
            return chats.phone_of(await self._get(f"{self._lids}/{quote(hidden, safe='')}"))
        except GatewayError:
            return ""

    async def send(self, to: ChatId, text: str) -> SendResult:
        """POST /api/sendText, once; never raises. 201 alone is accepted, and says nothing of a delivery."""
        body = {"session": self.session, "chatId": to, "text": text}
        fetcher = Fetcher(self._send_url, self._headers, SEND_LIMIT, keep=False)
        try:
            answer = await fetcher.post(msgspec.json.encode(body))
        except FetchError as error:
            return SendResult(Fate.REFUSED if error.unsent else Fate.DOUBT, error.text)
        finally:
            await fetcher.close()
        if answer.status == 201:
            return SendResult(Fate.ACCEPTED, message=chats.sent_id(answer))
        return SendResult(Fate.REFUSED if 400 <= answer.status < 500 else Fate.DOUBT, answer.words)

    async def find(self, chat: ChatId, message: str) -> MessageSeen | None:
        """Return our message as its chat shows it; None where it is not there or the chat can't be read."""
        try:
            answer = await self._get(self._messages(chat, NEWEST), chats.BODY)
        except GatewayError:
            return None
        return await chats.seen_in(answer, message)

    def message_id(self, told: str) -> str:
        """The last part of a message's id: the first ones name the chat."""
        return chats.message_hash(told)

    async def restart(self) -> None:
        """POST /api/sessions/{session}/restart, once: stop and start, the login stays. Raises GatewayError."""
        fetcher = Fetcher(f"{self._session_url}/restart", self._headers, self._timeout, keep=False)
        try:
            answer = await fetcher.post()
        except FetchError as error:
            raise session.no_answer(error) from None
        finally:
            await fetcher.close()
        if not 200 <= answer.status < 300:
            unknown = answer.status == 422  # what CORE answers where the session is not `default`
            fault = GatewayFault.NO_SESSION if unknown else session.fault_of(answer)
            raise GatewayError(fault or GatewayFault.STATUS, answer.words, http=answer.status)

    async def close(self) -> None:
        """Give back connections."""
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept[1].close()

    def _messages(self, chat: ChatId, most: int) -> str:
        return f"{self._chats}/{quote(chat, safe='')}/messages?limit={most}&downloadMedia=false"

    async def _get(self, url: str, limit: int = LIMIT) -> Answer:
        try:
            return await self._answer(url, limit)
        except FetchError as error:
            raise session.no_answer(error) from None

    async def _answer(self, url: str, limit: int = LIMIT) -> Answer:
        if self._keep and self._kept is None:
            self._kept = url, Fetcher(url, self._headers, self._timeout, keep=True, limit=limit)
        if self._kept is not None and self._kept[0] == url:
            return await self._kept[1].get()
        fetcher = Fetcher(url, self._headers, self._timeout, keep=False, limit=limit)
        try:
            return await fetcher.get()
        finally:
            await fetcher.close()
