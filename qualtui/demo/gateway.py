"""The simulated WAHA: its session, the webhooks that it posts, and what it really delivers."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from enum import StrEnum

import aiohttp

from qualtui.demo.habits import Habits
from qualtui.demo.pace import Pace

SESSION = "default"
QUIET = frozenset({"message"})  # the events that a bot needs
NOISY = frozenset({"message", "message.any", "message.ack", "session.status"})  # to most of which it answers 500
_ATTEMPTS = 15  # WAHA's documented default, two seconds apart
_RETRY = 2.0
_STARTUP = 3.0  # virtual seconds in STARTING
_IN_FLIGHT = 60
_REMEMBERED = 20  # messages of a chat
_ME = {"id": "5511900090000@c.us", "pushName": "Consultoria Exemplo"}


class Status(StrEnum):
    """WAHA's words."""

    STOPPED = "STOPPED"
    STARTING = "STARTING"
    SCAN_QR_CODE = "SCAN_QR_CODE"
    WORKING = "WORKING"
    FAILED = "FAILED"


class SimulatedGateway:
    """One session. `delivered` gets each text that reached a phone; `recovered` is called when it works again."""

    def __init__(
        self,
        pace: Pace,
        seed: int,
        delivered: Callable[[str, str], None],
        recovered: Callable[[], None],
        events: frozenset[str] = QUIET,
    ) -> None:
        self._events = events
        self.status = Status.STARTING
        self.needs_qr = False
        self.hanging = False  # sends are accepted and never answered, though the session says WORKING
        self.habits = Habits()
        self.webhook = ""
        self.started_at = time.time()
        self._pace = pace
        self._rng = random.Random(seed)  # noqa: S311 - ids, nothing secret
        self._delivered = delivered
        self._recovered = recovered
        self._tasks: asyncio.TaskGroup | None = None
        self._http: aiohttp.ClientSession | None = None
        self._held: list[dict[str, object]] = []
        self._history: list[dict[str, object]] = []
        self._starting: asyncio.Task[None] | None = None
        self._chats: dict[str, list[dict[str, object]]] = {}  # by chat id, oldest message first
        self.in_flight = 0

    async def run(self, webhook: str) -> None:
        """Posts webhooks until cancelled."""
        self.webhook = webhook
        async with (
            aiohttp.ClientSession(headers={"User-Agent": "WAHA/2026.7.1"}) as http,
            asyncio.TaskGroup() as tasks,
        ):
            self._http, self._tasks = http, tasks
            self.become(Status.WORKING)
            await asyncio.Event().wait()

    # --- the session ---

    def become(self, status: Status) -> None:
        """Change the session's status, notify the webhook, and deliver what was held back."""
        if status is self.status:
            return
        self.status = status
        now = int(time.time() * 1000)
        self._history = [*self._history[-2:], {"status": status.value, "timestamp": now}]
        self._emit("session.status", {"status": status.value, "statuses": self._history, "data": None})
        if status is Status.WORKING:
            held, self._held = self._held, []
            for payload in held:
                self._inbound(payload)
            self._recovered()

    @property
    def broken(self) -> bool:
        """Whether the fault lasts: FAILED, or in need of a person with a phone."""
        return self.status is Status.FAILED or self.needs_qr

    def start(self) -> None:
        """STARTING, then WORKING, or SCAN_QR_CODE where the login is gone; does nothing while WORKING."""
        if self.status in {Status.WORKING, Status.STARTING} or self._tasks is None:
            return
        self.become(Status.STARTING)
        self._starting = self._tasks.create_task(self._come_up())

    async def _come_up(self) -> None:
        await self._pace.sleep(_STARTUP)
        if self.status is Status.STARTING:
            self.become(Status.SCAN_QR_CODE if self.needs_qr else Status.WORKING)

    def stop(self) -> None:
        """STOPPED; the login stays, and what hung is over."""
        self.hanging = False
        if self._starting is not None:
            self._starting.cancel()
        self.become(Status.STOPPED)

    def restart(self) -> None:
        """Stop and start: repairs FAILED."""
        self.stop()
        self.start()

    def logout(self) -> None:
        """Drops the login: from now on a person has to scan."""
        self.needs_qr = True
        self.stop()

    def fail(self, *, needs_qr: bool = False) -> None:
        """The fault: sending is refused until the session is restarted (and scanned, with `needs_qr`)."""
        if self._starting is not None:
            self._starting.cancel()
        self.needs_qr = needs_qr
        self.become(Status.FAILED)

    def log_out_from_phone(self) -> None:
        """The fault: the phone unlinked us, and a person has to log in with it."""
        if self._starting is not None:
            self._starting.cancel()
        self.needs_qr = True
        self.become(Status.SCAN_QR_CODE)

    def repair(self) -> None:
        """The fault's end: working again without anybody's help."""
        self.needs_qr = False
        self.become(Status.WORKING)

    def view(self) -> dict[str, object]:
        """The session object of WAHA's API."""
        alive = self.status is not Status.STOPPED
        return {
            "name": SESSION,
            "status": self.status.value,
            "config": {
                "webhooks": [
                    {
                        "url": self.webhook,
                        "events": sorted(self._events),
                        "retries": {"policy": "constant", "delaySeconds": 2, "attempts": _ATTEMPTS},
                    }
                ]
            },
            "me": _ME if self.status is Status.WORKING and not self.habits.nameless else None,
            "engine": {"engine": "NOWEB"} if alive else None,
            "assignedWorker": "demo" if alive else None,
        }

    # --- messages ---

    def receive(self, phone: str, name: str, text: str) -> None:
        """A customer writes. While the session is down WhatsApp holds it back."""
        payload: dict[str, object] = {
            "id": f"false_{phone}@c.us_{self._rng.getrandbits(80):020X}",
            "timestamp": int(time.time()),
            "from": f"{phone}@c.us",
            "fromMe": False,
            "source": "app",
            "to": _ME["id"],
            "body": text,
            "hasMedia": False,
            "ack": 2,
            "vCards": [],
            "_data": {"notifyName": name},
        }
        if self.status in {Status.WORKING, Status.FAILED}:
            self._inbound(payload)
        else:
            self._held.append(payload)

    def chats(self) -> list[tuple[str, dict[str, object]]]:
        """Each chat with its last message, newest first."""
        return list(reversed([(chat, messages[-1]) for chat, messages in self._chats.items()]))

    def messages(self, chat: str) -> list[dict[str, object]]:
        """The newest messages of a chat, newest first."""
        return list(reversed(self._chats.get(chat, [])))

    def recall(self, words: Iterable[tuple[str, float, bool]]) -> None:
        """The chats as they stood before the start: phone, time, and whether the message is ours; oldest first."""
        for phone, at, ours in words:
            chat = f"{phone}@c.us"
            message_id = f"{str(ours).lower()}_{chat}_{self._rng.getrandbits(80):020X}"
            said = {"id": message_id, "timestamp": int(at), "fromMe": ours, "body": "...", "hasMedia": False}
            self._keep(chat, {**said, "from": _ME["id"] if ours else chat, "ack": 2})

    def _keep(self, chat: str, message: dict[str, object]) -> None:
        self._chats[chat] = [*self._chats.pop(chat, []), message][-_REMEMBERED:]  # the newest chat comes last

    def _inbound(self, payload: dict[str, object]) -> None:
        self._keep(str(payload["from"]), payload)
        self._emit("message", payload, attempts=_ATTEMPTS)
        self._emit("message.any", payload, attempts=_ATTEMPTS)

    def send(self, phone: str, text: str) -> dict[str, object]:
        """Delivers one text; the caller has checked that the session is WORKING."""
        message_id = f"true_{phone}@c.us_{self._rng.getrandbits(80):020X}"
        self._delivered(phone, text)
        chat = f"{phone}@c.us"
        ack = {"id": message_id, "from": chat, "participant": None, "fromMe": True, "ack": 2, "ackName": "DEVICE"}
        self._emit("message.ack", {**ack, "from": None, "to": chat})
        sent: dict[str, object] = {
            "id": message_id,
            "timestamp": int(time.time()),
            "from": _ME["id"],
            "fromMe": True,
            "to": chat,
            "body": text,
            "hasMedia": False,
        }
        self._keep(chat, {**sent, "ack": 2, "ackName": "DEVICE"})
        return {**sent, "ack": 0}

    def answer_by_hand(self, phone: str, text: str) -> None:
        """A person answers from the phone: the bot knows nothing of it."""
        self.send(phone, text)

    @property
    def crowded(self) -> bool:
        """Whether as many webhooks wait as we allow."""
        return self.in_flight >= _IN_FLIGHT

    def _emit(self, event: str, payload: dict[str, object], attempts: int = 1) -> None:
        if self._tasks is None or self.crowded or event not in self._events:
            return
        body = {
            "id": f"evt_{self._rng.getrandbits(100):025x}",
            "timestamp": int(time.time() * 1000),
            "event": event,
            "session": SESSION,
            "me": _ME,
            "payload": payload,
            "engine": "NOWEB",
            "environment": {"version": "2026.7.1", "engine": "NOWEB", "tier": "PLUS", "browser": None},
        }
        self.in_flight += 1
        self._tasks.create_task(self._post(body, attempts))

    async def _post(self, body: dict[str, object], attempts: int) -> None:
        """Posts one event; anything but a 2xx is tried again."""
        limit = aiohttp.ClientTimeout(total=max(5.0, self._pace.real(100)))
        try:
            for attempt in range(attempts):
                if attempt:
                    await asyncio.sleep(max(0.3, self._pace.real(_RETRY)))
                if await self._posted(body, limit):
                    return
        finally:
            self.in_flight -= 1

    async def _posted(self, body: dict[str, object], limit: aiohttp.ClientTimeout) -> bool:
        if self._http is None:
            return False
        try:
            async with self._http.post(self.webhook, json=body, timeout=limit) as answer:
                await answer.read()
                return answer.status < 300
        except (aiohttp.ClientError, TimeoutError):
            return False
