"""A stand-in of WAHA on a real socket: its status, its restarts, what it is told to answer."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from qualtui.config.values import GatewaySettings, Seconds, Secret

KEY = "key-1"


class Waha:
    """What it says, restarted (through `after`, one status a look) and sent, for a test to set and to read."""

    def __init__(self) -> None:
        self.url = ""
        self.status = "WORKING"
        self.after: list[str] = []
        self.restarts = 0
        self.sends: list[dict[str, Any]] = []
        self.code = 201
        self.ack: int | None = 2  # of what is sent, as its chat shows it; later ones through `acks`, one a look
        self.acks: list[int] = []
        self.drops = False  # what is sent never appears in its chat
        self.wrapped = False  # ids are objects, as WEBJS has them
        self.taken: list[tuple[str, str, float]] = []  # chat, id and time of each message that was accepted
        self.held: asyncio.Event | None = None  # answers to sends wait for it
        self.arrived = asyncio.Event()
        self.chats: list[tuple[str, float, bool]] = []  # chat id, time and whether it is ours, of each message
        self.lids: dict[str, str] = {}
        self.me: object = {"id": "5511900090000@c.us"}

    @property
    def settings(self) -> GatewaySettings:
        """As the configuration gives it."""
        return GatewaySettings(url=self.url, key=Secret(KEY), timeout=Seconds(2))

    def sent_to(self, digits: str) -> int:
        """How many texts a phone was sent."""
        return sum(one["chatId"] == f"{digits}@c.us" for one in self.sends)

    async def look(self, request: web.Request) -> web.Response:
        if refusal := self._refused(request):
            return refusal
        if self.restarts and self.after:
            self.status = self.after.pop(0)
        return web.json_response({"name": "default", "status": self.status, "me": self.me})

    async def overview(self, _request: web.Request) -> web.Response:
        if self.status != "WORKING":
            return web.json_response(
                {"error": "Session status is not as expected.", "status": self.status}, status=422
            )
        last = {chat: (at, ours) for chat, at, ours in sorted(self.chats, key=lambda one: one[1])}
        newest = sorted(last.items(), key=lambda one: -one[1][0])
        return web.json_response([{"id": chat, "lastMessage": said(*one)} for chat, one in newest])

    async def messages(self, request: web.Request) -> web.Response:
        chat = request.match_info["chat"]
        found = [said(at, ours) for each, at, ours in self.chats if each == chat]
        taken = [(name, at) for each, name, at in self.taken if each == chat and not self.drops]
        if taken and self.acks:
            self.ack = self.acks.pop(0)
        found += [{**said(at, True), "id": self._id(name), "ack": self.ack} for name, at in taken]
        return web.json_response(sorted(found, key=lambda one: -one["timestamp"]))

    async def lid(self, request: web.Request) -> web.Response:
        lid = request.match_info["lid"]
        return web.json_response({"lid": lid, "pn": self.lids.get(lid)})

    async def restart(self, request: web.Request) -> web.Response:
        if refusal := self._refused(request):
            return refusal
        self.restarts += 1
        return web.json_response({"name": "default", "status": "STARTING"}, status=201)

    async def send(self, request: web.Request) -> web.Response:
        self.sends.append(await request.json())
        self.arrived.set()
        if self.held is not None:
            await self.held.wait()
        chat = str(self.sends[-1].get("chatId"))
        name = f"true_{chat}_3EB0{len(self.sends):04d}"
        if self.code == 201:
            self.taken.append((chat, name, time.time()))
        return web.json_response({"id": self._id(name)}, status=self.code)

    def _id(self, name: str) -> object:
        if not self.wrapped:
            return name
        return {"fromMe": True, "id": name.rpartition("_")[2], "_serialized": name}

    def _refused(self, request: web.Request) -> web.Response | None:
        if request.headers.get("X-Api-Key") != KEY:
            return web.json_response({"message": "Unauthorized", "statusCode": 401}, status=401)
        if request.match_info["session"] != "default":
            return web.json_response({"message": "Session not found", "statusCode": 404}, status=404)
        return None


def said(at: float, ours: bool) -> dict[str, Any]:
    """A message of a chat. No two say the same: to repeated words the bot may owe no second answer."""
    text = f"oi, {int(at)}"
    return {"id": f"{at}", "timestamp": int(at), "fromMe": ours, "ack": 2, "body": text, "hasMedia": False}


@asynccontextmanager
async def waha() -> AsyncIterator[Waha]:
    """A gateway that answers while the block lasts."""
    gateway = Waha()
    app = web.Application()
    app.router.add_get("/api/sessions/{session}", gateway.look)
    app.router.add_post("/api/sessions/{session}/restart", gateway.restart)
    app.router.add_post("/api/sendText", gateway.send)
    app.router.add_get("/api/default/chats/overview", gateway.overview)
    app.router.add_get("/api/default/chats/{chat}/messages", gateway.messages)
    app.router.add_get("/api/default/lids/{lid}", gateway.lid)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    gateway.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield gateway
    finally:
        await runner.cleanup()
