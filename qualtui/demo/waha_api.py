"""The HTTP API of the simulated WAHA, as far as the agent and a monitor use it."""

import asyncio
import hmac
import time
from typing import Any

import msgspec
from aiohttp import web

from qualtui.demo.gateway import SESSION, SimulatedGateway, Status
from qualtui.demo.pace import Pace

_WAIT = 5.0  # virtual seconds that a send waits for WORKING
_STEP = 0.5


def waha_application(gateway: SimulatedGateway, pace: Pace, key: str) -> web.Application:
    """The API; every call needs `key` in X-Api-Key."""
    api = _Api(gateway, pace, key)
    app = web.Application(middlewares=[api.authorised])
    app.router.add_get("/ping", api.ping)
    app.router.add_get("/health", api.health)
    app.router.add_get("/api/server/version", api.version)
    app.router.add_get("/api/version", api.version)
    app.router.add_get("/api/server/status", api.server)
    app.router.add_get("/api/sessions", api.sessions)
    app.router.add_get("/api/sessions/{session}", api.session)
    app.router.add_get("/api/sessions/{session}/me", api.me)
    app.router.add_post("/api/sessions/{session}/{action:start|stop|restart|logout}", api.act)
    app.router.add_post("/api/sendText", api.send_text)
    app.router.add_get("/api/{session}/chats/overview", api.chats)
    app.router.add_get("/api/{session}/chats/{chat}/messages", api.messages)
    app.router.add_get("/api/{session}/lids/{lid}", api.lid)
    return app


class _Api:
    def __init__(self, gateway: SimulatedGateway, pace: Pace, key: str) -> None:
        self._gateway = gateway
        self._pace = pace
        self._key = key
        self._refused = 0

    @web.middleware
    async def authorised(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """401 without the right key."""
        given = request.headers.get("X-Api-Key", request.query.get("x-api-key", ""))
        if not hmac.compare_digest(given.encode(), self._key.encode()):
            return web.json_response({"message": "Unauthorized", "statusCode": 401}, status=401)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def ping(self, _: web.Request) -> web.Response:
        return web.json_response({"message": "pong"})

    async def health(self, _: web.Request) -> web.Response:
        space = {"status": "up", "path": "/app/.sessions", "free": 9_000_000_000, "threshold": 100_000_000}
        part = {"sessionsFiles.space": space, "mediaFiles.space": space}
        return web.json_response({"status": "ok", "info": part, "error": {}, "details": part})

    async def version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": "2026.7.1", "engine": "NOWEB", "tier": "PLUS", "browser": None})

    async def server(self, _: web.Request) -> web.Response:
        started = int(self._gateway.started_at * 1000)
        uptime = int(time.time() * 1000) - started
        return web.json_response({"startTimestamp": started, "uptime": uptime, "worker": {"id": "demo"}})

    async def sessions(self, request: web.Request) -> web.Response:
        hidden = self._gateway.status is Status.STOPPED and request.query.get("all") not in {"true", "1"}
        return web.json_response([] if hidden else [self._gateway.view()])

    async def session(self, request: web.Request) -> web.Response:
        if request.match_info["session"] != SESSION:
            return _missing()
        return web.json_response(self._gateway.view())

    async def me(self, request: web.Request) -> web.Response:
        if request.match_info["session"] != SESSION:
            return _missing()
        return web.json_response(self._gateway.view()["me"])

    async def act(self, request: web.Request) -> web.Response:
        if request.match_info["session"] != SESSION:
            return _missing()
        gateway = self._gateway
        action = {
            "start": gateway.start,
            "stop": gateway.stop,
            "restart": gateway.restart,
            "logout": gateway.logout,
        }[request.match_info["action"]]
        action()
        return web.json_response(gateway.view(), status=201)

    async def chats(self, request: web.Request) -> web.Response:
        """Each chat with its last message, newest first; names and pictures are the customers'."""
        if refusal := self._not_working(request):
            return refusal
        limit, offset = int(request.query.get("limit", 20)), int(request.query.get("offset", 0))
        page = self._gateway.habits.listed(self._gateway.chats(), time.time())[offset : offset + limit]
        rest: dict[str, object] = {"name": None, "picture": None, "_chat": {}}
        return web.json_response([{"id": chat, **rest, "lastMessage": last} for chat, last in page])

    async def messages(self, request: web.Request) -> web.Response:
        if refusal := self._not_working(request):
            return refusal
        limit = int(request.query.get("limit", 10))
        habits, chats = self._gateway.habits, self._gateway.chats()
        found = self._gateway.messages(habits.own_chat(request.match_info["chat"], chats))[:limit]
        return web.json_response([habits.message(one, time.time()) for one in found])

    async def lid(self, request: web.Request) -> web.Response:
        """The phone that a hidden id stands for."""
        if refusal := self._not_working(request):
            return refusal
        lid = request.match_info["lid"]
        return web.json_response({"lid": lid, "pn": self._gateway.habits.phone_of(lid, self._gateway.chats())})

    def _not_working(self, request: web.Request) -> web.Response | None:
        if request.match_info["session"] != SESSION:
            return _missing()
        return None if self._gateway.status is Status.WORKING else self._refusal()

    async def send_text(self, request: web.Request) -> web.Response:
        try:
            body = msgspec.json.decode(await request.read())
            session, phone, text = body["session"], str(body["chatId"]).split("@")[0], str(body["text"])
        except (msgspec.DecodeError, KeyError, TypeError):
            return web.json_response({"statusCode": 400, "message": "Bad Request"}, status=400)
        if session != SESSION:
            return _missing()
        deadline = self._pace.now() + _WAIT
        while self._gateway.status is not Status.WORKING and self._pace.now() < deadline:  # noqa: ASYNC110 - as WAHA does
            await asyncio.sleep(max(0.02, self._pace.real(_STEP)))
        if self._gateway.status is not Status.WORKING:
            return self._refusal()
        while self._gateway.hanging:  # noqa: ASYNC110 - until the caller gives up
            await asyncio.sleep(max(0.02, self._pace.real(_STEP)))
        if self._gateway.habits.refuses:
            self._refused += 1
            status = 422 if self._refused % 2 else 500
            return web.json_response({"statusCode": status, "message": "The message was not sent"}, status=status)
        return web.json_response(self._gateway.send(phone, text), status=201)

    def _refusal(self) -> web.Response:
        refusal = {
            "error": "Session status is not as expected. Try again later or restart the session",
            "session": SESSION,
            "status": self._gateway.status.value,
            "expected": ["WORKING"],
        }
        return web.json_response(refusal, status=422)


def _missing() -> web.Response:
    body = {"message": "Session not found", "error": "Not Found", "statusCode": 404}
    return web.json_response(body, status=404)
