"""One connection to a window or a command."""

import asyncio
import socket
import struct

from qualtui.wire import VERSION, Hello, Request, WireError, length, other_version, read_request
from qualtui.wire.commands import Capability

REQUEST_LIMIT = 64 * 1024  # bytes; the longest request is a note
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class Peer:
    """One connection. `box` is its one-slot mailbox: the newest snapshot not yet sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.hello = Hello(0, False, False)
        self.capability = Capability.VIEW
        self.box: bytes | None = None
        self.full = asyncio.Event()
        self._turn = asyncio.Lock()

    def user(self) -> int:
        """The user id of the process at the other end, as the kernel knows it."""
        made = self.writer.get_extra_info("socket")
        found = made.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        return int(_CREDENTIALS.unpack(found)[1])

    async def send(self, data: bytes) -> None:
        """Writes one frame; waits while the peer does not read. Raises ConnectionError where it is gone."""
        async with self._turn:
            if self.writer.is_closing():
                raise ConnectionResetError
            self.writer.write(data)
            await self.writer.drain()

    async def read(self) -> Request:
        """The next request. Raises IncompleteReadError at the end, WireError for anything else."""
        head = await self.reader.readexactly(4)
        return read_request(await self.reader.readexactly(length(head, REQUEST_LIMIT)))

    async def greeting(self) -> Request:
        """The first request. Raises as `read`, and WireError for one of another version."""
        head = await self.reader.readexactly(4)
        payload = await self.reader.readexactly(length(head, REQUEST_LIMIT))
        if (other := other_version(payload)) is not None:
            older = "engine" if other > VERSION else "window"
            raise WireError(
                f"this engine speaks version {VERSION}, you speak {other}: restart the older one, the {older}"
            )
        return read_request(payload)

    def post(self, data: bytes) -> None:
        """Leaves a snapshot for the peer; an unsent older one is replaced."""
        self.box = data
        self.full.set()

    def part(self) -> None:
        """Closes; at once where the other side reads nothing, or the connection would stay forever."""
        if self.writer.transport.get_write_buffer_size():
            self.writer.transport.abort()
        else:
            self.writer.close()
