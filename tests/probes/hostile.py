"""Servers on loopback that misbehave on purpose."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def body(content: bytes, head: bytes = JSON) -> Script:
    """A plain answer with this body."""
    return raw(head + b"Content-Length: %d\r\n\r\n" % len(content) + content)


def raw(words: bytes) -> Script:
    """These bytes, then the end."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await writer.drain()

    return script


def reset(words: bytes = b"") -> Script:
    """These bytes, then a connection that is torn down."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await writer.drain()
        writer.transport.abort()

    return script


def forever(words: bytes, pause: float, first: bytes = JSON + b"Content-Length: 104857600\r\n\r\n") -> Script:
    """A head, then the same bytes again and again until the other side goes."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while not writer.is_closing():
            writer.write(words)
            await writer.drain()
            await asyncio.sleep(pause)

    return script


@contextlib.asynccontextmanager
async def serving(script: Script, read: bool = True) -> AsyncIterator[str]:
    """The URL of a server that runs the script for each connection."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            if read:
                await reader.readuntil(b"\r\n\r\n")
            await script(reader, writer)
            writer.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
