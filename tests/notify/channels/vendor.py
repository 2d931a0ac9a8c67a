"""A TLS server that stands in for a vendor's host: every https request reaches it through a proxy."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.certificates import Authority, trusting
from tests.test_proxies import OPEN, proxying

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def vendor(host: str, handle: Handle, folder: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """While it is open, https://HOST is answered by `handle`, with a certificate that is trusted here."""
    authority = Authority(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.signed(host))
    trusting(patch, authority.file)
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "localhost", 0, ssl_context=context).start()
    try:
        async with proxying(OPEN, runner.addresses[0][1]) as (url, _proxy):
            patch.setenv("HTTPS_PROXY", url)
            patch.setenv("https_proxy", url)
            patch.setenv("no_proxy", "")
            yield
    finally:
        await runner.cleanup()


class Vendor:
    """What both services have: faults, and what they were sent. `fault`: a status, hang, drip or garbage."""

    def __init__(self) -> None:
        self.fault: int | str = 0
        self.headers: dict[str, str] = {}
        self.body: dict[str, Any] = {}

    async def failing(self, request: web.Request) -> web.StreamResponse | None:
        """The answer of a service in trouble."""
        if self.fault == "hang":
            await asyncio.Event().wait()
        if self.fault == "drip":
            slow = web.StreamResponse()
            await slow.prepare(request)
            with suppress(OSError):
                while True:
                    await slow.write(b" ")
                    await asyncio.sleep(0.05)
        if self.fault == "garbage":
            return web.Response(text="<!doctype html>Welcome", content_type="text/html")
        if isinstance(self.fault, int) and self.fault:
            return web.json_response(self.body, status=self.fault, headers=self.headers)
        return None


class Ntfy(Vendor):
    """ntfy: topics with their messages; `now` is its clock."""

    def __init__(self, now: float) -> None:
        super().__init__()
        self.now = now
        self.published: list[dict[str, Any]] = []
        self.logins: list[str] = []
        self.topics: dict[str, list[dict[str, Any]]] = {}
        self.polls = 0

    def keep(self, topic: str, text: str) -> None:
        kept = self.topics.setdefault(topic, [])
        kept.append(
            {"id": f"m{len(kept):011}", "time": int(self.now), "event": "message", "topic": topic, "message": text}
        )

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if (failed := await self.failing(request)) is not None:
            return failed
        self.logins.append(request.headers.get("Authorization", ""))
        if request.method == "POST" and request.path == "/":
            self.published.append(json.loads(await request.read()))
            return web.json_response({"id": "x"})
        topic = request.path.split("/")[1]
        if request.method == "POST":
            self.keep(topic, await request.text())
            return web.json_response({"id": "x"})
        self.polls += 1
        assert request.query["poll"] == "1"
        since = request.query["since"]
        first = self.now - 900 if since == "15m" else int(since)
        lines = [json.dumps(one) for one in self.topics.get(topic, []) if one["time"] >= first]
        date = formatdate(self.now, usegmt=True)
        return web.Response(text="".join(f"{line}\n" for line in lines), headers={"Date": date})

    def press(self, notice: int = -1, token: str = "") -> None:
        """A phone does what the button says."""
        (action,) = self.published[notice]["actions"]
        assert (action["action"], action["method"]) == ("http", "POST")
        self.keep(action["url"].rpartition("/")[2], token or action["body"])


class Telegram(Vendor):
    """Telegram's Bot API: messages, and updates that are kept until they are confirmed by an offset."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.count = 1000

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if (failed := await self.failing(request)) is not None:
            return failed
        payload = json.loads(await request.read())
        match request.path.rpartition("/")[2]:
            case "sendMessage":
                self.sent.append(payload)
                return web.json_response({"ok": True, "result": {"message_id": len(self.sent)}})
            case "getUpdates":
                self.asked.append(payload)
                self.updates = [one for one in self.updates if one["update_id"] >= payload.get("offset", 0)]
                return web.json_response({"ok": True, "result": self.updates[: payload["limit"]]})
            case "answerCallbackQuery":
                self.said.append(payload)
                return web.json_response({"ok": True, "result": True})
        return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)

    def press(self, chat: int = 77, user: int = 77, token: str = "") -> None:
        """A person presses the newest message's button."""
        data = token or self.sent[-1]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        assert 1 <= len(data.encode()) <= 64
        self.count += 1
        query = {
            "id": f"q{self.count}",
            "from": {"id": user, "is_bot": False, "first_name": "Invented"},
            "message": {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x" * 4096},
            "chat_instance": "1",
            "data": data,
        }
        self.updates.append({"update_id": self.count, "callback_query": query})
