"""Small real HTTP servers that remember what they were asked."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Replies = Mapping[tuple[str, str], tuple[int, Any]]


class Server:
    """`asked` holds method and path of every request, `busiest` how many were in flight at once."""

    def __init__(self, replies: Replies, *, key: str = "", headers: Mapping[str, str] | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self.busiest = 0
        self.url = ""
        self._replies = replies
        self._key = key
        self._headers = dict(headers or {})
        self._flying = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The reply to method and path; 404 in HTML, as Flask gives it, where there is none."""
        self.asked.append((request.method, request.path))
        self._flying += 1
        self.busiest = max(self.busiest, self._flying)
        try:
            if self._key and request.headers.get("X-Api-Key") != self._key:
                return web.json_response({"statusCode": 401}, status=401)
            status, body = self._replies.get(
                (request.method, request.path), (404, "<!doctype html><html>no</html>")
            )
            if isinstance(body, str):
                return web.Response(status=status, text=body, content_type="text/html", headers=self._headers)
            return web.json_response(body, status=status, headers=self._headers)
        finally:
            self._flying -= 1


@asynccontextmanager
async def serving(
    replies: Replies, *, key: str = "", headers: Mapping[str, str] | None = None
) -> AsyncIterator[Server]:
    """A server on a free port."""
    server = Server(replies, key=key, headers=headers)
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()
