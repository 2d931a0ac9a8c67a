"""A real engine in a separate process, and what its socket and its store say."""

import asyncio
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path

import psutil

from qualtui.client import Client, ClientError
from qualtui.model import Event
from qualtui.store.errors import StoreError
from qualtui.store.sqlite import SqliteReader
from qualtui.wire import Snapshot

START = 30.0  # s until an engine's socket answers, or it refuses to start, on a busy machine


class NotSeenError(Exception):
    """Something awaited did not happen in its time; the text says what."""


class Engine:
    """`qualtui watch` on a configuration; its log lies beside it."""

    def __init__(self, process: asyncio.subprocess.Process, config: Path) -> None:
        self.process = process
        self.config = config
        self.socket = config.with_name("qualtui.sock")
        self.log = config.with_name("engine.log")

    @property
    def pid(self) -> int:
        """Of the process."""
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal; nothing where it has ended."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    async def ended(self, within: float = 5.0) -> int:
        """The exit code, once it has ended. Raises TimeoutError."""
        async with asyncio.timeout(within):
            return await self.process.wait()

    async def kill(self) -> None:
        """SIGKILL, and its end awaited."""
        self.signal(signal.SIGKILL)
        await self.process.wait()

    def client(self, who: str = "ana", *, watch: bool = True) -> Client:
        """A connection, not yet opened."""
        return Client(self.socket, who=who, watch=watch, window=watch)

    def cpu_seconds(self) -> float:
        """CPU seconds so far."""
        times = psutil.Process(self.pid).cpu_times()
        return times.user + times.system

    def resident(self) -> int:
        """Resident bytes."""
        return int(psutil.Process(self.pid).memory_info().rss)


async def started(config: Path, *options: str, env: dict[str, str] | None = None) -> Engine:
    """Starts an engine and does not wait for it."""
    with config.with_name("engine.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "qualtui", "--config", str(config), "watch", *options),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "QUALTUI_USER": "ana", "QUALTUI_DEBUG": "1", **(env or {})},
        )
    return Engine(process, config)


@asynccontextmanager
async def engine_on(config: Path, *options: str) -> AsyncIterator[Engine]:
    """An engine that answers; killed at the end if it still runs."""
    engine = await started(config, *options)
    try:
        await answers(engine)
        yield engine
    finally:
        await engine.kill()


async def answers(engine: Engine) -> None:
    """Waits until the engine's socket answers. Raises NotSeenError."""
    deadline = time.monotonic() + START
    while True:
        try:
            async with engine.client(watch=False):
                return
        except ClientError:
            if engine.process.returncode is not None:
                last = engine.log.read_text(errors="replace").strip().rpartition("\n")[2]
                raise NotSeenError(f"the engine ended at its start: {last}") from None
            if time.monotonic() > deadline:
                raise NotSeenError("the engine's socket does not answer") from None
            await asyncio.sleep(0.02)


async def seen(client: Client, holds: Callable[[Snapshot], bool], within: float, what: str) -> Snapshot:
    """The first snapshot for which the condition holds. Raises NotSeenError."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            async for snapshot in client.snapshots():
                if holds(snapshot):
                    return snapshot
    raise NotSeenError(f"not seen within {within:g}s: {what}")


async def eventually(holds: Callable[[], bool], within: float, what: str, every: float = 0.01) -> None:
    """Asks until it holds. Raises NotSeenError."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise NotSeenError(f"not seen within {within:g}s: {what}")
        await asyncio.sleep(every)


class Log:
    """The store of a configuration, read beside its engine; beside the configuration, or at `path`."""

    def __init__(self, config: Path, path: Path | None = None) -> None:
        self.path = path or config.with_name("qualtui.db")

    def events(self) -> tuple[Event, ...]:
        """All events; none where there is no store yet."""
        try:
            with SqliteReader.look(self.path) as reader:
                return reader.events(limit=100_000)
        except StoreError:
            return ()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While it lasts nobody can write: an engine that wants to waits, and after 2 s goes on from memory."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    def times(self, series: str, since: float, until: float) -> list[float]:
        """When a series was answered."""
        with SqliteReader.look(self.path) as reader:
            return [at for at, _ in reader.window(series, since, until)]

    def whole(self) -> bool:
        """Whether the chain of the log is unbroken."""
        with SqliteReader.look(self.path) as reader:
            return reader.verify() is None
