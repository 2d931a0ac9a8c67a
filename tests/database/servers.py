"""Ways to a real PostgreSQL over TCP, with and without TLS, and a server that refuses as poolers do."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.postgres import Postgres

_WANTS_TLS = 80877103


async def _start(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The code and the whole of a client's first packet."""
    head = await reader.readexactly(8)
    size, code = struct.unpack("!ii", head)
    return code, head + await reader.readexactly(size - 8)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def over_tcp(server: Postgres, certificate: Path | None = None) -> AsyncIterator[int]:
    """A port of 127.0.0.1 that leads to the server; with a certificate it takes TLS."""
    tasks: set[asyncio.Task[None]] = set()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            code, first = await _start(reader)
            if code == _WANTS_TLS:
                writer.write(b"N" if context is None else b"S")
                await writer.drain()
                if context is not None:
                    await writer.start_tls(context)
                code, first = await _start(reader)
            there, to = await asyncio.open_unix_connection(server.socket)
            to.write(first)
            await asyncio.gather(_pipe(reader, to), _pipe(there, writer))
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as listening:
        try:
            yield listening.sockets[0].getsockname()[1]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def refusing(state: str, message: str) -> AsyncIterator[int]:
    """A port whose server refuses each login so, as PgBouncer and Supavisor do."""
    fields = b"".join(
        kind + text.encode() + b"\x00"
        for kind, text in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", state), (b"M", message))
    )
    said = fields + b"\x00"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            code, _first = await _start(reader)
            if code == _WANTS_TLS:
                writer.write(b"N")
                await _start(reader)
            writer.write(b"E" + struct.pack("!i", len(said) + 4) + said)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
