"""A port whose service can vanish (refused), hang (accepts, never answers), drip, and come back."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from enum import StrEnum

from aiohttp import web

from qualtui.demo.port import HOST, ReservedPort

_DROP = 0.05  # seconds that running requests get when the service is killed; 0 would mean: wait forever


class Mode(StrEnum):
    """How the port behaves."""

    UP = "up"
    DOWN = "down"
    HANGING = "hanging"
    DRIPPING = "dripping"


class Listener:
    """An HTTP service on a port that stays the same. `make` gives each start its application, as a new process."""

    def __init__(self, make: Callable[[], web.Application]) -> None:
        self.mode = Mode.DOWN
        self._make = make
        self._port = ReservedPort()
        self._socket: socket.socket | None = None  # listens from start to stop: no change between refuses anyone
        self._runner: web.AppRunner | None = None
        self._raw: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._turn = asyncio.Lock()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://{HOST}:{self._port.number}"

    async def become(self, mode: Mode) -> None:
        """Changes the behaviour; requests that run are dropped, as with a killed process."""
        async with self._turn:
            if mode is self.mode:
                return
            await self._drop()
            self.mode = mode
            if mode is Mode.DOWN:
                self._close()
            elif mode is Mode.UP:
                await self._serve()
            else:
                self._raw = await asyncio.start_server(self._stall, sock=self._listen())

    async def close(self) -> None:
        """Vanish for good, and give up the port."""
        await self.become(Mode.DOWN)
        self._port.release()

    def _listen(self) -> socket.socket:
        """A handle on the one listening socket, which outlives those who serve it, as a process manager's does."""
        if self._socket is None:
            self._socket = self._port.socket()
            self._socket.listen()
        return self._socket.dup()

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def _serve(self) -> None:
        runner = web.AppRunner(self._make(), access_log=None, shutdown_timeout=_DROP)
        await runner.setup()
        await web.SockSite(runner, self._listen()).start()
        self._runner = runner

    async def _drop(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
        raw, self._raw = self._raw, None
        if raw is not None:
            raw.close()
            for writer in tuple(self._writers):
                writer.transport.abort()
            await raw.wait_closed()

    async def _stall(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with contextlib.suppress(OSError):
                if self.mode is Mode.DRIPPING:
                    await self._drip(writer)
                while await reader.read(65536):  # swallows, until the other side or `become` hangs up
                    pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.5)
