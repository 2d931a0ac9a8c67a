"""A client of the engine's socket: the one way in which windows and commands talk to it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Self

from qualtui.wire import (
    VERSION,
    WORST,
    Answer,
    Command,
    Goodbye,
    Hello,
    Pushed,
    Reply,
    Request,
    Result,
    Snapshot,
    Subscribe,
    Welcome,
    WireError,
    frame,
    length,
    other_version,
    read_reply,
)


class ClientError(Exception):
    """No engine, the engine went away, or it speaks another version; the text is one line for people."""


class NobodyListensError(ClientError):
    """There is no engine: nobody watches."""


def knock(path: Path, who: str) -> socket.socket | None:
    """Opens a window's connection ahead, so that the engine answers while the window is still being loaded.

    None where nobody answers at once: the Client will try, and tell.
    """
    early = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    early.settimeout(0.2)
    try:
        early.connect(str(path))
        early.sendall(frame(Request(0, Hello(VERSION, watch=True, window=True, who=who), who)))
    except OSError:
        early.close()
        return None
    early.setblocking(False)
    return early


class Client:
    """One connection. `async with Client(path, ...) as client`, then `snapshots()` and `ask()`."""

    def __init__(
        self,
        path: Path,
        *,
        who: str,
        watch: bool = False,
        window: bool = False,
        early: socket.socket | None = None,
        wanted: Subscribe = WORST,
    ) -> None:
        """`watch`: with snapshots, of which the details are those `wanted`; `window`: it counts as a viewer."""
        self._path = path
        self._early = early  # from knock
        self._who = who
        self._wanted = wanted
        self._watch = watch
        self._window = window
        self._asked = 0
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._latest: Snapshot | None = None
        self._fresh = asyncio.Event()
        self._lost = ""
        self.welcome: Welcome

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(5):
                if self._early is not None:
                    self._reader, self._writer = await asyncio.open_unix_connection(sock=self._early)
                else:
                    self._reader, self._writer = await asyncio.open_unix_connection(str(self._path))
                    hello = Hello(VERSION, self._watch, self._window, self._who, wanted=self._wanted)
                    self._send(Request(0, hello, self._who))
                payload = await self._payload()
            other = other_version(payload)
            first = read_reply(payload) if other is None else Goodbye(_other(other))
        except (OSError, TimeoutError, asyncio.IncompleteReadError, WireError) as error:
            self._drop()
            nobody = isinstance(error, FileNotFoundError | ConnectionRefusedError)
            kind = NobodyListensError if nobody else ClientError
            raise kind(f"no engine answers at {self._path}: {_word(error)}") from None
        if isinstance(first, Goodbye):
            self._drop()
            raise ClientError(first.reason)
        if not isinstance(first, Welcome):
            self._drop()
            raise ClientError(f"what answers at {self._path} is not a qualtui engine")
        self.welcome = first
        self._task = asyncio.get_running_loop().create_task(self._receive())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._drop()

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        """The newest snapshot, each time there is a newer one; ClientError when the engine goes away."""
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            if self._latest is not None:
                latest, self._latest = self._latest, None
                yield latest
            if self._lost:
                raise ClientError(self._lost)

    async def ask(self, ask: Command, timeout: float = 20.0) -> Answer:
        """The engine's answer; ClientError where it goes away or does not answer in `timeout` seconds."""
        if self._lost:
            raise ClientError(self._lost)
        self._asked += 1
        number = self._asked
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[number] = future
        try:
            self._send(Request(number, ask, self._who))
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise ClientError(f"the engine did not answer within {timeout:.0f}s") from None
        except OSError as error:
            raise ClientError(f"the engine went away: {_word(error)}") from None
        finally:
            self._answers.pop(number, None)

    def subscribe(self, wanted: Subscribe) -> None:
        """From now on snapshots carry the details of these agents; the next one comes at once."""
        self._asked += 1
        self._send(Request(self._asked, wanted, self._who))

    def _send(self, request: Request) -> None:
        self._writer.write(frame(request))

    async def _payload(self) -> bytes:
        return await self._reader.readexactly(length(await self._reader.readexactly(4)))

    async def _read(self) -> Reply:
        return read_reply(await self._payload())

    async def _receive(self) -> None:
        reason = "the engine closed the connection"
        try:
            while True:
                reply = await self._read()
                if isinstance(reply, Pushed):
                    self._latest = reply.snapshot
                    self._fresh.set()
                elif isinstance(reply, Result):
                    waiting = self._answers.get(reply.id)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(reply.answer)
                elif isinstance(reply, Goodbye):
                    reason = reply.reason
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        except WireError as error:
            reason = str(error)
        self._lost = reason
        self._fresh.set()
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(ClientError(reason))

    def _drop(self) -> None:
        writer = getattr(self, "_writer", None)
        if writer is not None:
            writer.transport.abort()


def _other(version: int) -> str:
    """The one line for an engine of another version."""
    older = "the engine" if version < VERSION else "this program"
    return f"the engine speaks version {version}, this program {VERSION}: restart the older one, {older}"


def _word(error: BaseException) -> str:
    """An error in a few words, without the path that the caller names already."""
    if isinstance(error, FileNotFoundError):
        return "there is no socket"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens"
    if isinstance(error, PermissionError):
        return "you may not open the socket"
    if isinstance(error, TimeoutError):
        return "no answer within 5s"
    if isinstance(error, WireError):
        return "what answers is not a qualtui engine"
    return type(error).__name__
