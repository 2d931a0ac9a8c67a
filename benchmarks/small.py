"""A small world for one engine: a health server that can be killed, a catcher of notices, a configuration."""

import asyncio
import contextlib
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf
from pathlib import Path
from typing import Any

import msgspec
import tomli_w
from aiohttp import web

ROOT = Path(__file__).parent.parent
AGENT = "bot"


class Caught(msgspec.Struct, frozen=True):
    """A notice that arrived."""

    at: float
    name: str
    title: str
    text: str


class Catcher:
    """Takes what Apprise's json:// sends to /NAME; answers, holds its answer, loses what comes, or drips."""

    def __init__(self) -> None:
        self.caught: list[Caught] = []
        self.answered: list[str] = []  # the texts that were confirmed to their sender
        self.slow = 0.0  # s before an answer
        self.losing = False  # what comes meanwhile never arrives, and is never answered
        self.refuse = False
        self.dripping: set[str] = set()
        self.port = 0
        self._arrived = asyncio.Condition()
        self._answers = inf  # how many more are answered
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Catcher"]:
        """Listens while the block lasts."""
        app = web.Application()
        app.router.add_post("/{name}", self._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        at, name = time.time(), request.match_info["name"]
        try:
            body = await request.json()
        except ConnectionError:  # its sender was killed over it
            return web.Response(status=400)
        if self.refuse:
            return web.Response(status=503)
        if name in self.dripping:
            return await self._drip(request)
        if self.losing:
            async with self._changed:
                await self._changed.wait_for(lambda: not self.losing)
            return web.Response(status=503)
        one = Caught(at, name, str(body["title"]), str(body["message"]))
        async with self._arrived:
            self.caught.append(one)
            self._arrived.notify_all()
        await asyncio.sleep(self.slow)
        return await self._answer(request, one)

    async def _answer(self, request: web.Request, one: Caught) -> web.StreamResponse:
        async with self._changed:
            await self._changed.wait_for(lambda: self._answers > 0)
            self._answers -= 1
        response = web.json_response({})
        with contextlib.suppress(ConnectionError):  # whoever sent it may be dead by now
            await response.prepare(request)
            await response.write_eof()
            self.answered.append(one.text)
        return response

    async def answer(self, many: float = inf) -> None:
        """From now on loses nothing, answers so many, and holds the answers to all others."""
        async with self._changed:
            self.losing, self._answers = False, many
            self._changed.notify_all()

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b".")
                await asyncio.sleep(0.2)
        return response

    async def arrival(self, word: str, within: float, name: str = "") -> Caught:
        """The first notice whose title holds the word, and which came to NAME. Raises TimeoutError."""
        async with asyncio.timeout(within), self._arrived:
            while True:
                for one in self.caught:
                    if word in one.title and name in {"", one.name}:
                        return one
                await self._arrived.wait()

    async def arrivals(self, count: int, within: float) -> None:
        """Until so many arrived. Raises TimeoutError."""
        async with asyncio.timeout(within), self._arrived:
            await self._arrived.wait_for(lambda: len(self.caught) >= count)


class Health:
    """The health server: a process that is killed and started again on the same port."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """It answers when this returns."""
        if self._process is not None:
            return
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-S", "-m", "benchmarks.health", str(self.port)),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        if await self._process.stdout.readline() != b"ready\n":
            raise OSError("the health server does not start")

    def probe(self, timeout: float = 1.0) -> dict[str, Any]:
        """The configuration of a probe that polls it each second."""
        return {"url": f"http://127.0.0.1:{self.port}/health", "interval": 1, "timeout": timeout}

    def freeze(self) -> None:
        """SIGSTOP: it accepts and never answers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    async def kill(self) -> float:
        """SIGKILL; gives the moment of it. Its port refuses from then on."""
        at = time.time()
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None
        return at


class Small:
    """The world: `config` is its configuration's path, `folder` holds everything."""

    def __init__(self, folder: Path, health: Health, catcher: Catcher) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.health = health
        self.catcher = catcher

    def write(
        self, *, for_: float = 0.0, timeout: float = 1.0, targets: tuple[str, ...] = ("pager",), **more: Any
    ) -> Path:
        """Writes a configuration: one health probe each second, rules without patience; `more` tables on top."""
        down = {"series": "health.down", "op": ">=", "critical": 1, "for": for_, "keep_firing_for": 0}
        config: dict[str, Any] = {
            "agents": {AGENT: {"health": self.health.probe(timeout)}},
            "rules": {"agent-down": down},
            "notify": {
                "targets": {
                    name: {"url": f"json://127.0.0.1:{self.catcher.port}/{name}", "timeout": 5} for name in targets
                },
                "routes": [{"targets": list(targets), "severities": ["critical"]}],
            },
            "store": {"path": str(self.folder / "qualtui.db"), "socket": str(self.folder / "qualtui.sock")},
        }
        for table, content in more.items():
            config[table] = {**config.get(table, {}), **content}
        self.config.touch(mode=0o600)
        self.config.write_text(tomli_w.dumps(config))
        return self.config


@asynccontextmanager
async def small(parent: Path | None = None) -> AsyncIterator[Small]:
    """A small world in a temporary folder (in `parent`), everything ended with the block."""
    health, catcher = Health(), Catcher()
    with tempfile.TemporaryDirectory(prefix="qualtui-", dir=parent) as folder:
        async with catcher.serving():
            await health.start()
            try:
                yield Small(Path(folder), health, catcher)
            finally:
                await health.kill()
