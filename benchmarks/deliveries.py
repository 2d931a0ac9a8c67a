"""A delivery killed at each step, whatever its channel does, over HTTP and SMTP; then the channel works."""

import asyncio
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP

from benchmarks.delivering import KEYS, STEPS
from benchmarks.trial import Trial
from qualtui.demo.port import ReservedPort

HABITS = ("ok", "500", "429", "hang", "drip", "refused", "unknown host")
LIMIT = 60.0  # s for a process, on a busy machine
TOGETHER = 2  # rounds at a time
PROMISE = (
    "delivery killed (SIGKILL) before append, after append, after send, after confirm; channel ok, 500, 429, "
    "hangs, drips, refuses, unknown host; HTTP and SMTP",
    "no notice is lost; only the same key comes again, and says so; order is kept within an incident",
)
_KEY = re.compile(r"^key (\S+)", re.MULTILINE)
_SMTP_CODES = {"500": "554 5.3.0 no", "429": "451 4.7.1 too many, come again"}


class Place:
    """Where notices go: one port that behaves as set, then normally."""

    def __init__(self, way: str, habit: str) -> None:
        self.way = way
        self.habit = habit
        self.arrived: list[tuple[str, bool]] = []  # by key: whether it says that it came again
        self._port = ReservedPort()
        self._closing: list[Callable[[], Any]] = []

    def url(self) -> str:
        """The channel's address; an unknown host until all is well."""
        host = "no-such-host.invalid" if self.habit == "unknown host" else "127.0.0.1"
        if self.way == "HTTP":
            return f"json://{host}:{self._port.number}/in?cto=1&rto=1"
        return f"mailto://{host}:{self._port.number}?from=bot@a.example&to=ana@b.example&mode=insecure&cto=1"

    async def open(self) -> None:
        """Begin to behave."""
        if self.habit in {"refused", "unknown host"}:
            return
        if self.way == "HTTP":
            app = web.Application()
            app.router.add_post("/in", self._http)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
            await runner.setup()
            await web.SockSite(runner, self._port.socket()).start()
            self._closing.append(runner.cleanup)
            return
        loop = asyncio.get_running_loop()
        if self.habit in {"hang", "drip"}:
            server = await asyncio.start_server(self._silent, sock=self._port.socket())
        else:
            server = await loop.create_server(
                lambda: SMTP(self, loop=loop, hostname="catcher.invalid"), sock=self._port.socket()
            )
        self._closing.append(lambda: _ended(server))

    async def become_well(self) -> None:
        """From now on everything is accepted."""
        await self.close()
        self.habit = "ok"
        await self.open()

    async def close(self) -> None:
        """Refuse."""
        while self._closing:
            await self._closing.pop()()

    def release(self) -> None:
        """Give the port up."""
        self._port.release()

    def _take(self, text: str) -> None:
        found = _KEY.search(text)
        self.arrived.append((found[1] if found else "no key", "Sent again" in text))

    async def _http(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if self.habit in {"500", "429"}:
            return web.Response(status=int(self.habit))
        if self.habit in {"hang", "drip"}:
            response = web.StreamResponse(headers={"Content-Length": "1000"})
            with suppress(ConnectionError):
                if self.habit == "drip":
                    await response.prepare(request)
                while True:
                    await asyncio.sleep(0.2)
                    if self.habit == "drip":
                        await response.write(b".")
        self._take(str(body["message"]))
        return web.json_response({})

    async def _silent(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            while True:
                await asyncio.sleep(0.2)
                if self.habit == "drip":
                    writer.write(b"2")
                    await writer.drain()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """A mail arrived."""
        if self.habit in _SMTP_CODES:
            return _SMTP_CODES[self.habit]
        self._take(envelope.content.decode().replace("=\r\n", "").replace("\r\n", "\n"))
        return "250 OK"


async def _ended(server: asyncio.Server) -> None:
    server.close()


async def killed(way: str, habit: str, step: str) -> tuple[int, list[str]]:
    """One round: how many notices came again, and every broken promise."""
    place, began = Place(way, habit), time.time()
    with tempfile.TemporaryDirectory(prefix="qualtui-") as folder:
        store = str(Path(folder) / "qualtui.db")
        await place.open()
        try:
            ended = await _child(store, place.url(), began, step)
            if ended != -signal.SIGKILL:
                return 0, [f"it was not killed {step}, but ended with {ended}"]
            await place.become_well()
            if (ended := await _child(store, place.url(), began, "")) != 0:
                return 0, [f"the next one ended with {ended}"]
        finally:
            await place.close()
            place.release()
    return _judged(place.arrived)


async def _child(store: str, url: str, began: float, step: str) -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.delivering", store, url, str(began), *step.split()),
        cwd=Path(__file__).parent.parent,
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(LIMIT):
            return await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        return 1


def _judged(arrived: list[tuple[str, bool]]) -> tuple[int, list[str]]:
    problems = [f"{key} was lost" for key in KEYS if key not in {one for one, _again in arrived}]
    problems += [f"{one} is none of ours" for one, _again in arrived if one not in KEYS]
    for key in KEYS:
        unmarked = sum(one == key and not again for one, again in arrived)
        if unmarked > 1:
            problems.append(f"{key} came {unmarked} times without saying so")
    first = [one for n, (one, _again) in enumerate(arrived) if one not in {k for k, _a in arrived[:n]}]
    mine = [key for key in first if key.startswith("1/")]
    if mine != sorted(mine):
        problems.append("the incident's notices came out of order")
    return len(arrived) - len(set(first)), problems


async def deliveries(report: Callable[[str], None], ways: tuple[str, ...] = ("HTTP", "SMTP")) -> Trial:
    """Every step with every habit, both ways."""
    rounds = [(way, habit, step) for way in ways for habit in HABITS for step in STEPS]
    turn = asyncio.Semaphore(TOGETHER)
    again = 0
    problems: list[str] = []

    async def one(way: str, habit: str, step: str) -> None:
        nonlocal again
        async with turn:
            twice, wrong = await killed(way, habit, step)
        again += twice
        problems.extend(f"{way}, {habit}, killed {step}: {text}" for text in wrong)
        report(f"{way}, {habit}, killed {step}: {'; '.join(wrong) or 'ok'}")

    async with asyncio.TaskGroup() as tasks:
        for way, habit, step in rounds:
            tasks.create_task(one(way, habit, step))
    happened = f"{len(rounds)} kills, {len(rounds) * len(KEYS)} notices: {again} came twice and said so"
    return Trial(*PROMISE, happened, tuple(problems))
