"""The WhatsApp gateway as a remedy uses it: its session's status, a restart, and a text that is sent once."""

from enum import StrEnum
from urllib.parse import quote

import msgspec

from qualtui.config.values import GatewaySettings
from qualtui.fixes.fix import FixError
from qualtui.http import Answer, Fetcher, FetchError
from qualtui.text import _, clean

WORKING = "WORKING"
HUMAN = ("SCAN_QR_CODE", "PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED")
SEND_LIMIT = 40.0  # s; a session that is not WORKING is waited for inside the gateway before it refuses


class Fate(StrEnum):
    """What became of a send. Only REFUSED may be tried again."""

    DELIVERED = "delivered"
    ASKED = "asked"  # somebody else was asked to write, and did not say that he did
    REFUSED = "refused"  # surely not sent
    DOUBT = "doubt"  # it may have been sent


class SendResult(msgspec.Struct, frozen=True):
    """The fate of one send, and why in a few words without a phone."""

    fate: Fate
    note: str = ""


class _Session(msgspec.Struct, frozen=True):
    status: str


_session = msgspec.json.Decoder(_Session)


class GatewayClient:
    """One session of a WAHA."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.session = settings.session
        base = settings.url.rstrip("/")
        headers = {} if settings.key is None else {"X-Api-Key": settings.key.reveal()}
        self._here = f"{base}/api/sessions/{quote(settings.session, safe='')}"
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
        """Sends a text to a chat, once; never raises. 201 alone is delivered."""
        body = {"session": self.session, "chatId": chat, "text": text}
        try:
            answer = await self._sends.post(msgspec.json.encode(body))
        except FetchError as error:
            return SendResult(Fate.REFUSED if error.unsent else Fate.DOUBT, error.text)
        if answer.status == 201:
            return SendResult(Fate.DELIVERED)
        if 400 <= answer.status < 500:
            return SendResult(Fate.REFUSED, answer.words)
        return SendResult(Fate.DOUBT, answer.words)

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
