"""A client of the engine's socket: the one way in which windows and commands talk to it."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from qualtui.text.message import Param, Saying, Text, message
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
from qualtui.wire.commands import Capability

CONNECT = 5.0  # s in which the engine must answer a greeting


class ClientError(Exception):
    """No engine, the engine went away, or it speaks another version; `said` is one line for people."""

    def __init__(self, said: Saying) -> None:
        super().__init__(str(said))
        self.said = said


class EngineNotRunningError(ClientError):
    """No engine listens on the socket."""


def knock(path: Path, who: str, capability: Capability = Capability.ADMINISTER) -> socket.socket | None:
    """Open a window's connection early, so that the engine answers while the window is still loading.

    Return None if no engine answers at once: the Client tries again and reports the error.
    """
    early = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    early.settimeout(0.2)
    try:
        early.connect(str(path))
        hello = Hello(VERSION, watch=True, window=True, who=who, capability=capability)
        early.sendall(frame(Request(0, hello, who)))
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
        capability: Capability = Capability.ADMINISTER,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`watch`: with snapshots, of which the details are those `wanted`; `window`: it counts as a viewer.

        `capability`: the most that the engine shall do for this connection.
        """
        self._path = path
        self._early = early  # from knock
        self._who = who
        self._wanted = wanted
        self._capability = capability
        self._clock = clock
        self._watch = watch
        self._window = window
        self._requests = 0
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._latest: Snapshot | None = None
        self._fresh = asyncio.Event()
        self._lost: Saying = ""
        self.ahead = 0.0  # s, the engine's clock minus ours
        self.welcome: Welcome

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(CONNECT):
                if self._early is not None:
                    self._reader, self._writer = await asyncio.open_unix_connection(sock=self._early)
                else:
                    self._reader, self._writer = await asyncio.open_unix_connection(str(self._path))
                    hello = Hello(
                        VERSION, self._watch, self._window, self._who, self._capability, wanted=self._wanted
                    )
                    self._send(Request(0, hello, self._who))
                payload = await self._payload()
            other = other_version(payload)
            first = read_reply(payload) if other is None else Goodbye(str(_other(other)))
        except (OSError, TimeoutError, asyncio.IncompleteReadError, WireError) as error:
            self._drop()
            absent = isinstance(error, FileNotFoundError | ConnectionRefusedError)
            kind = EngineNotRunningError if absent else ClientError
            path, reason = str(self._path), _reason(error)
            raise kind(message("no engine answers at {path}: {reason}", path=path, reason=reason)) from None
        if isinstance(first, Goodbye):
            self._drop()
            raise ClientError(first.reason)
        if not isinstance(first, Welcome):
            self._drop()
            raise ClientError(message("the program at {path} is not a qualtui engine", path=str(self._path)))
        self.welcome = first
        self.ahead = first.ahead(self._clock())
        self._task = asyncio.get_running_loop().create_task(self._receive())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._drop()

    @property
    def capability(self) -> Capability:
        """The most that the engine does for this connection."""
        return self.welcome.capability

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        """Yield each newer snapshot; raise ClientError when the engine goes away."""
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            if self._latest is not None:
                latest, self._latest = self._latest, None
                yield latest
            if self._lost:
                raise ClientError(self._lost)

    async def ask(self, ask: Command, timeout: float = 20.0) -> Answer:
        """Return the engine's answer; raise ClientError if it goes away or is silent for `timeout` seconds."""
        if self._lost:
            raise ClientError(self._lost)
        self._requests += 1
        number = self._requests
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[number] = future
        try:
            self._send(Request(number, ask, self._who))
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise ClientError(message("the engine did not answer within {limit:span}", limit=timeout)) from None
        except OSError as error:
            raise ClientError(message("lost the engine: {reason}", reason=_reason(error))) from None
        finally:
            self._answers.pop(number, None)

    def subscribe(self, wanted: Subscribe) -> None:
        """Subscribe to the details of these agents; the next snapshot comes at once."""
        self._requests += 1
        self._send(Request(self._requests, wanted, self._who))

    def _send(self, request: Request) -> None:
        self._writer.write(frame(request))

    async def _payload(self) -> bytes:
        return await self._reader.readexactly(length(await self._reader.readexactly(4)))

    async def _read(self) -> Reply:
        return read_reply(await self._payload())

    async def _receive(self) -> None:
        reason: Saying = message("the engine closed the connection")
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


def _other(version: int) -> Text:
    """Return the line about an engine of another version."""
    versions: dict[str, Param] = {"theirs": version, "ours": VERSION}
    if version < VERSION:
        return message(
            "the engine speaks version {theirs:whole}, this program {ours:whole}: "
            "restart the older one, the engine", **versions
        )  # fmt: skip
    return message(
        "the engine speaks version {theirs:whole}, this program {ours:whole}: "
        "restart the older one, this program", **versions
    )  # fmt: skip


def _reason(error: BaseException) -> Saying:
    """Return why a connection failed, without the path that the caller names."""
    if isinstance(error, FileNotFoundError):
        return message("there is no socket")
    if isinstance(error, ConnectionRefusedError):
        return message("no program listens")
    if isinstance(error, PermissionError):
        return message("you have no permission to open the socket")
    if isinstance(error, TimeoutError):
        return message("no answer within {limit:span}", limit=CONNECT)
    if isinstance(error, WireError):
        return message("the program there is not a qualtui engine")
    return type(error).__name__
