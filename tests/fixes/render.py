"""A simulated Render on a socket, and what a fix of the host is given: a clock and the bot's answers."""

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web
from aiohttp.test_utils import TestServer

from qualtui.config.values import HostName, HostSettings, HostWrite, Seconds, Secret
from qualtui.demo.pace import Pace
from qualtui.demo.render import SimulatedHost
from qualtui.demo.render_api import render_application

KEY = "rnd_invented"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Service:
    """The simulation, and every request that writes. `fails`: a status with which writes answer instead."""

    def __init__(self) -> None:
        self.runs = True
        self.sim = SimulatedHost(Pace(10_000.0), 1, self._run_bot, lambda _bad: None)
        self.writes: list[str] = []
        self.fails: dict[str, int] = {}
        self.lost = False  # a write is carried out, and its answer never comes
        self.on_restart: Callable[[], None] = lambda: None
        self.settings = HostSettings(kind=HostName.RENDER, service=self.sim.service)

    async def _run_bot(self, on: bool) -> None:
        self.runs = on

    def answered(self) -> float | None:
        """The bot's /health answers whenever it runs."""
        return time.time() + 1 if self.runs else None

    @web.middleware
    async def seen(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Notes what writes."""
        word = request.path.rpartition("/")[2] if request.method == "POST" else request.method
        if request.method != "GET":
            self.writes.append(word)
            if word in self.fails:
                return web.json_response({"message": "not now"}, status=self.fails[word])
        answer = await handler(request)
        if request.method != "GET" and self.lost:
            assert request.transport is not None
            request.transport.close()
        return answer


@contextlib.asynccontextmanager
async def service(*allow: HostWrite) -> AsyncIterator[Service]:
    """A service at Render with this leave."""
    found = Service()
    app = render_application(found.sim, KEY, time.time)
    app.middlewares.insert(0, found.seen)
    server = TestServer(app)
    await server.start_server()
    found.settings = HostSettings(
        kind=HostName.RENDER,
        service=found.sim.service,
        key=Secret(KEY),
        allow=allow,
        timeout=Seconds(5),
        demo_url=str(server.make_url("")),
    )
    try:
        yield found
    finally:
        await server.close()
