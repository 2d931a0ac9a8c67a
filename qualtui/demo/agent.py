"""The simulated agent: one worker, its webhook, and endpoints that know less than they say."""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from aiohttp import web

from qualtui.demo.bot import BotTurn, greeting, known_state, normalised, turn
from qualtui.demo.ledger import BotRepository, Lead, Session
from qualtui.demo.outbound import BotCounters, Outbound, SentMessage, no_log
from qualtui.demo.pace import Pace
from qualtui.demo.switches import BotSwitches

_SEEN_TTL = 120.0  # virtual seconds that a message id is remembered
_SEEN_MAX = 10_000
_RECYCLE = (900, 1100)  # requests after which gunicorn replaces the worker
_KILL = 120.0  # virtual seconds after which gunicorn kills a worker
_ERROR = (
    "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n"
)
_MISSING = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"


class BotSettings(msgspec.Struct, frozen=True):
    """What the agent is started with."""

    dsn: str
    waha_url: str
    waha_key: str
    unheard: Callable[[str], None]  # gets the phone whose answer was skipped as a repetition
    seed: int = 0
    answered: Callable[[int, float], None] = lambda _status, _took: None  # of the webhook: its status, virtual s
    log: Callable[[str, str], None] = no_log  # gets each line of its log, and the level
    extras: bool = False  # /health/deep and /leads/{id}/retry, which today's deployment lacks


class SimulatedBot:
    """One life of the agent's process. Everything that it counts or remembers ends with it."""

    def __init__(self, settings: BotSettings, pace: Pace, switches: BotSwitches) -> None:
        self._pace = pace
        self._switches = switches
        self._rng = random.Random(settings.seed)  # noqa: S311 - delays, nothing secret
        self._ledger = BotRepository(settings.dsn, timeout=max(2.0, pace.real(10)))
        self._outbound = Outbound(pace, settings.waha_url, settings.waha_key, self._rng, settings.log)
        self._settings = settings
        self._bursts = 0
        self._worker = asyncio.Lock()  # the one sync worker: all else waits in the listen queue
        self._recycle()

    def _recycle(self) -> None:
        self._counters = BotCounters()
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._outbound.forget()
        self._left = self._rng.randint(*_RECYCLE)

    def application(self) -> web.Application:
        """The HTTP service."""
        app = web.Application(middlewares=[self._one_at_a_time])
        app.router.add_get("/health", self._health)
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/webhook", self._online)
        app.router.add_post("/webhook", self._webhook)
        app.router.add_post("/leads/run-watcher", self._watcher)
        if self._settings.extras:
            app.router.add_get("/health/deep", self._deep)
            app.router.add_post("/leads/{id}/retry", self._retry)
        app.on_cleanup.append(self._close)
        return app

    async def _close(self, _: web.Application) -> None:
        await self._ledger.close()
        await self._outbound.close()

    @web.middleware
    async def _one_at_a_time(self, request: web.Request, handler: Any) -> web.StreamResponse:
        began = self._pace.now()
        async with self._worker:
            self._left -= 1
            if self._left <= 0:
                self._recycle()
            try:
                async with asyncio.timeout(max(6.0, self._pace.real(_KILL))):
                    answer: web.StreamResponse = await handler(request)
            except TimeoutError:  # gunicorn kills the worker and starts another
                self._recycle()
                self._settings.log("WORKER TIMEOUT (pid:7)", "critical")
                answer = web.Response(status=500, text=_ERROR, content_type="text/html")
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                if request.path == "/webhook":
                    self._settings.log(f"Exception on /webhook [POST] {type(error).__name__}: {error}", "error")
                answer = web.Response(status=500, text=_ERROR, content_type="text/html")
            except web.HTTPNotFound:
                answer = web.Response(status=404, text=_MISSING, content_type="text/html")
        if request.method == "POST" and request.path == "/webhook":
            self._settings.answered(answer.status, self._pace.now() - began)
        answer.force_close()
        return answer

    # --- what it says of itself ---

    async def _health(self, _: web.Request) -> web.Response:
        counters = self._counters
        return web.json_response(
            {
                "status": "healthy",
                "timestamp": datetime.now(UTC).replace(tzinfo=None).isoformat(),
                "metrics": {
                    "total_messages": counters.sent,
                    "message_success_rate": _rate(counters.successful, counters.sent),
                    "total_qualifications": counters.qualifications,
                    "qualification_rate": 100.0 if counters.qualifications else 0.0,
                },
            }
        )

    async def _metrics(self, _: web.Request) -> web.Response:
        counters = self._counters
        totals = {
            "total_sent": counters.sent,
            "successful_sent": counters.successful,
            "failed_sent": counters.failed,
            "deduped": counters.deduped,
        }
        hour = {
            "messages": {
                "total": counters.sent,
                "successful": counters.successful,
                "failed": counters.failed,
                "deduped": counters.deduped,
            },
            "qualifications": {
                "total": counters.qualifications,
                "qualified": counters.qualifications,
                "not_qualified": 0,
            },
            "meetings": {"total": counters.meetings, "successful": counters.meetings, "failed": 0},
        }
        return web.json_response(
            {
                "timestamp": datetime.now(UTC).isoformat(),
                "retention_hours": 24,
                "totals": {
                    "messages": {name: count for name, count in totals.items() if count},
                    "qualifications": {"total_qualifications": counters.qualifications}
                    if counters.qualifications
                    else {},
                    "meetings": {"total_attempts": counters.meetings} if counters.meetings else {},
                },
                "last_hour": hour,
                "rates": {
                    "message_success_rate": _rate(counters.successful, counters.sent),
                    "qualification_rate": 100.0 if counters.qualifications else 0.0,
                    "meeting_success_rate": 100.0 if counters.meetings else 0.0,
                },
            }
        )

    async def _online(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "webhook_online"})

    async def _watcher(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})  # no sheet is configured: nothing happens, and it says ok

    async def _deep(self, _: web.Request) -> web.Response:
        started = time.monotonic()
        database = await self._ledger.ping()
        spent = round((time.monotonic() - started) * 1000, 1)
        gateway = await self._outbound.session_status()
        good = database and gateway == "WORKING"
        body = {
            "status": "healthy" if good else "unhealthy",
            "timestamp": datetime.now(UTC).isoformat(),
            "services": {
                "database": {"status": "up" if database else "down", "response_ms": spent},
                "waha": {"status": "up" if gateway == "WORKING" else "down", "session": gateway},
                "worker": {"status": "up", "requests_left": self._left},
            },
        }
        return web.json_response(body, status=200 if good else 503)

    async def _retry(self, request: web.Request) -> web.Response:
        found = await self._ledger.phone_of(UUID(request.match_info["id"]))
        last = None if found is None else await self._ledger.last_sent(found[0].id)
        if found is None or last is None:
            return web.json_response({"error": "lead not found"}, status=404)
        lead, phone = found
        session, text, etapa = last
        sent = await self._outbound.send(phone, text, self._counters)
        if sent.success:
            await self._ledger.message(session, lead.id, text, "enviada", {"etapa": etapa, "retry": True})
        return web.json_response({"status": "retried" if sent.success else "skipped", "whatsapp": _plain(sent)})

    # --- the webhook ---

    async def _webhook(self, request: web.Request) -> web.Response:
        event = msgspec.json.decode(await request.read())
        payload = event["payload"]
        sender, number = payload["from"], str(payload["id"])
        if not isinstance(sender, str) or sender == "status@broadcast":
            raise TypeError("the intended 200 invalid_payload is unreachable")
        if payload.get("fromMe"):
            return web.json_response({"status": "ignored_self_message"})
        phone = normalised(sender.split("@")[0])
        if self._repeated(f"{phone}:{number}"):
            return web.json_response({"status": "duplicate_ignored"})
        if self._switches.failing and self._broke():
            raise ValueError("a fault of the demo, before the message is stored")
        name = str(payload.get("_data", {}).get("notifyName") or "tudo bem")
        lead = await self._ledger.lead(name, phone)
        if lead is None:
            self._settings.log(f"Could not create lead for incoming message telefone={phone}", "error")
            return web.json_response({"status": "lead_creation_failed"})
        result = await self._converse(lead, phone, str(payload.get("body") or ""))
        return web.json_response({"status": "processed", "resultado": result})

    def _broke(self) -> bool:
        """Every second message of a burst fails before it is stored, as a legacy estado does; the others after."""
        self._bursts += 1
        return self._bursts % 2 == 0

    def _repeated(self, key: str) -> bool:
        """Whether the id was seen before; it is remembered before anything can fail."""
        now = self._pace.now()
        while self._seen and (next(iter(self._seen.values())) < now - _SEEN_TTL or len(self._seen) > _SEEN_MAX):
            self._seen.popitem(last=False)
        if key in self._seen:
            return True
        self._seen[key] = now
        return False

    async def _converse(self, lead: Lead, phone: str, incoming: str) -> dict[str, object]:
        session = await self._ledger.session(lead)
        if session is None:
            session = await self._ledger.new_session(lead)
            if session is None:
                self._settings.log(f"Failed to create session lead_id={lead.id}", "error")
                return {"success": False, "error": "session_creation_failed"}
            if not self._switches.unanswered:
                problem = await self._greet(session, lead, phone)
                if problem:
                    return {"success": False, "error": problem}
        estado = known_state(session.estado)
        await self._ledger.message(session.id, lead.id, incoming, "recebida", {"fonte": "whatsapp"})
        if self._switches.failing:
            raise ValueError("a fault of the demo, after the message was stored")
        if self._switches.unanswered:
            return {"success": True, "session_id": str(session.id), "estado": estado, "mensagem_enviada": ""}
        answer = turn(estado, session.contexto, incoming)
        sent = await self._reply(session, lead, phone, answer)
        return {
            "success": True,
            "session_id": str(session.id),
            "estado": answer.estado,
            "mensagem_enviada": answer.text,
            "whatsapp": _plain(sent),
            "finalizada": answer.final,
        }

    async def _greet(self, session: Session, lead: Lead, phone: str) -> str:
        text = greeting(lead.name)
        sent = await self._outbound.send(phone, text, self._counters)
        if not sent.success:
            return "whatsapp_send_failed"
        metadata: dict[str, object] = {"etapa": "mensagem_inicial", "canal": "whatsapp"}
        await self._ledger.message(session.id, lead.id, text, "enviada", metadata)
        return ""

    async def _reply(self, session: Session, lead: Lead, phone: str, answer: BotTurn) -> SentMessage:
        sent = await self._outbound.send(phone, answer.text, self._counters)
        if sent.skipped:
            self._settings.unheard(phone)
        if sent.success:
            await self._ledger.message(session.id, lead.id, answer.text, "enviada", {"etapa": answer.estado})
            self._counters.qualifications += bool(answer.result)
            self._counters.meetings += answer.meeting
        await self._ledger.progress(session, lead, answer)
        return sent


def _rate(part: int, whole: int) -> float:
    return round(100.0 * part / whole, 2) if whole else 0.0


def _plain(sent: SentMessage) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(sent)
    return plain
