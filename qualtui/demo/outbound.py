"""How the agent sends: slowly, three times, and with a failure that looks like success."""

import hashlib
import random
import time
from collections.abc import Callable

import aiohttp
import msgspec

from qualtui.demo.pace import Pace

ATTEMPTS = 3
_BUCKET = 300.0  # virtual seconds in which the same text to the same phone is sent once
_WAITS = (2.0, 4.0)
_TYPING = (5.0, 12.0)


class SentMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """The `whatsapp` part of the agent's answer."""

    success: bool
    message_id: str = ""
    tentativa: int = 0
    simulado: bool = False
    skipped: str = ""


class BotCounters:
    """The worker's own figures; a recycled worker begins at none."""

    def __init__(self) -> None:
        self.sent = self.successful = self.failed = self.deduped = 0
        self.qualifications = self.meetings = 0


def no_log(_text: str, _level: str) -> None:
    """Nowhere."""


class Outbound:
    """POSTs to WAHA's /api/sendText."""

    def __init__(
        self, pace: Pace, url: str, key: str, rng: random.Random, log: Callable[[str, str], None] = no_log
    ) -> None:
        self._log = log
        self._pace = pace
        self._base = url
        self._url = f"{url}/api/sendText"
        self._headers = {"X-API-KEY": key}
        self._rng = rng
        self._http: aiohttp.ClientSession | None = None
        self._said: dict[str, int] = {}  # by hash of phone and text: the bucket

    def forget(self) -> None:
        """A new worker knows nothing of what was said."""
        self._said.clear()

    async def close(self) -> None:
        """Closes the connection to WAHA."""
        if self._http is not None:
            await self._http.close()

    async def send(self, phone: str, text: str, counters: BotCounters) -> SentMessage:
        """Sends, or skips what was said in the same five minutes; after the last failure it claims success."""
        bucket = int(time.time() * self._pace.speed // _BUCKET)
        key = hashlib.sha256(f"{phone}:{' '.join(text.lower().split())}".encode()).hexdigest()
        counters.sent += 1
        if self._said.get(key) == bucket:
            counters.deduped += 1
            counters.failed += 1
            return SentMessage(False, skipped="deduplicated")
        self._said[key] = bucket
        counters.successful += 1
        for attempt in range(1, ATTEMPTS + 1):
            await self._pace.sleep(self._rng.uniform(*_TYPING))
            message_id = await self._post(phone, text, attempt)
            if message_id:
                return SentMessage(True, message_id=message_id, tentativa=attempt)
            if attempt < ATTEMPTS:
                await self._pace.sleep(_WAITS[attempt - 1])
        self._log(f"WAHA falhou - usando simulação telefone={phone} mensagem_preview='{text[:30]}'", "warning")
        return SentMessage(True, message_id=f"sim_{key[:12]}", tentativa=ATTEMPTS, simulado=True)

    async def session_status(self) -> str:
        """Return WAHA's status of its session; empty if it does not answer."""
        if self._http is None:
            self._http = aiohttp.ClientSession(headers=self._headers)
        limit = aiohttp.ClientTimeout(total=max(1.0, self._pace.real(10)))
        try:
            async with self._http.get(f"{self._base}/api/sessions/default", timeout=limit) as answer:
                return str((await answer.json())["status"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError):
            return ""

    async def _post(self, phone: str, text: str, attempt: int) -> str:
        if self._http is None:
            self._http = aiohttp.ClientSession(headers=self._headers)
        body = {"session": "default", "chatId": f"{phone}@c.us", "text": text}
        limit = aiohttp.ClientTimeout(total=max(2.0, self._pace.real(30)))
        try:
            async with self._http.post(self._url, json=body, timeout=limit) as answer:
                if answer.status != 201:
                    said = f"status_code={answer.status} telefone={phone} tentativa={attempt}"
                    self._log(f"Falha no envio da mensagem {said}", "warning")
                    return ""
                return str((await answer.json())["id"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError):
            self._log(f"Timeout ao enviar mensagem telefone={phone} tentativa={attempt}", "error")
            return ""
