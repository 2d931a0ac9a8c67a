"""A TCP proxy before PostgreSQL: it makes every answer of the server late, or refuses like a stopped one."""

import asyncio
import contextlib
from pathlib import Path

from qualtui.demo.port import ReservedPort

_CHUNK = 65536


class DatabaseProxy:
    """Listens on 127.0.0.1 and passes bytes on to a Unix socket. `delay`: seconds added to each answer."""

    def __init__(self) -> None:
        self._port = ReservedPort()
        self.delay = 0.0
        self._upstream = Path()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        """The port, the same from start to end."""
        return self._port.number

    async def open(self, upstream: Path) -> None:
        """Listens; does nothing while open."""
        self._upstream = upstream
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, sock=self._port.socket())

    async def close(self) -> None:
        """Refuses new connections and drops the old ones."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for writer in tuple(self._writers):
                writer.transport.abort()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            up_reader, up_writer = await asyncio.open_unix_connection(str(self._upstream))
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(up_writer)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, up_writer, late=False))
                both.create_task(self._pump(up_reader, writer, late=True))
        finally:
            for one in (writer, up_writer):
                self._writers.discard(one)
                one.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, late: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(_CHUNK):
                if late and self.delay:
                    await asyncio.sleep(self.delay)
                sink.write(chunk)
                await sink.drain()
        with contextlib.suppress(OSError):
            if sink.can_write_eof() and not sink.is_closing():
                sink.write_eof()
