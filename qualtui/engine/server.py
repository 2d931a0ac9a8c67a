"""The engine's socket: snapshots out, requests in. A window that stalls costs one snapshot, nothing else."""

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from msgspec.structs import replace

from qualtui.engine.command_registry import refusal
from qualtui.engine.listening import SocketError, listening, owned, peer_answers
from qualtui.engine.peer import Peer
from qualtui.text.message import Saying, message
from qualtui.wire import (
    DETAILS,
    VERSION,
    Answer,
    Done,
    Goodbye,
    Hello,
    Overview,
    Publication,
    Refused,
    Reply,
    Request,
    Result,
    Subscribe,
    Welcome,
    WireError,
    frame,
    worse,
)
from qualtui.wire.commands import Capability

log = logging.getLogger(__name__)

GREETING = 5.0  # s for a client's first frame
AT_ONCE = 8  # running requests of one client
MOST = 200  # connections: beyond that descriptors would be lacking for the probes
LOOK = 1.0  # s between two looks at whether the socket still is ours

Handler = Callable[[Request], Awaitable[Answer]]
Latest = Callable[[], Awaitable[Publication]]


def shown(wanted: Subscribe, overview: Overview) -> tuple[str, ...]:
    """The agents whose details a subscription means now: those it names, and the worst off."""
    worst = sorted(overview.agents, key=worse, reverse=True)[: max(0, min(wanted.worst, DETAILS))]
    names = (*wanted.agents, *(agent.name for agent in worst))
    return tuple(dict.fromkeys(names))[:DETAILS]


class Server:
    """Serves the socket at `path`. `handle` answers requests; `publish` sends a snapshot to all that watch.

    `latest` gives what a window is sent first, and when it subscribes to other agents.
    """

    def __init__(
        self,
        path: Path,
        epoch: int,
        handle: Handler,
        latest: Latest,
        grant: Capability = Capability.ADMINISTER,
        *,
        clock: Callable[[], float] = time.time,
        own: Collection[int] = (),
    ) -> None:
        """`own`: the users whose connections may do all; those of others may do at most `grant`."""
        self._path = path
        self._epoch = epoch
        self._handle = handle
        self._latest = latest
        self.grant = grant
        self._clock = clock
        self._own = frozenset(own)
        self._peers: set[Peer] = set()
        self._connections = 0
        self._work: set[asyncio.Task[None]] = set()  # running requests; they outlive their window
        self.details: frozenset[str] = frozenset()  # the agents whose details were published last
        self.trouble: Saying = ""  # why no window can connect now
        self.remade = 0  # how often the socket was made again

    @property
    def windows(self) -> int:
        """How many windows are open."""
        return sum(peer.hello.window for peer in self._peers)

    @property
    def watched(self) -> bool:
        """Whether any connection wants snapshots."""
        return any(peer.hello.watch for peer in self._peers)

    def publish(self, publication: Publication) -> None:
        """Send the overview to every watching peer, with the details that it subscribed to."""
        named: set[str] = set()
        for peer in self._peers:
            if peer.hello.watch:
                names = shown(peer.hello.wanted, publication.overview)
                named.update(names)
                peer.post(publication.frame(names))
        self.details = frozenset(named)

    async def serve(self, ready: asyncio.Event) -> None:
        """Listen until cancelled; then send every peer a goodbye. Raises SocketError.

        The lease makes this the only engine: a socket that exists already belongs to a dead one.
        """
        made = listening(self._path)
        mine = owned(self._path)
        server = await asyncio.start_unix_server(self._meet, sock=made)
        ready.set()
        try:
            while True:
                await asyncio.sleep(LOOK)
                if owned(self._path) == mine:
                    self.trouble = ""
                elif (again := self._again()) is not None:
                    server.close()  # existing connections stay open
                    server, mine = await asyncio.start_unix_server(self._meet, sock=again), owned(self._path)
                    self.remade += 1
                    log.warning("the socket %s was removed by another program; it was made again", self._path)
        finally:
            server.close()
            goodbye = frame(Goodbye("the engine has stopped"))
            for peer in tuple(self._peers):
                peer.writer.write(goodbye)
                peer.writer.close()
            if owned(self._path) == mine:  # else it is another engine's by now
                self._path.unlink(missing_ok=True)
            for task in self._work:
                task.cancel()
            await asyncio.gather(*self._work, return_exceptions=True)

    def _again(self) -> socket.socket | None:
        """Make the socket again; return None and set `trouble` if that fails or another program listens there."""
        try:
            if peer_answers(self._path):
                text = message("another program listens at {path}: check [store] socket", path=str(self._path))
                raise SocketError(text)  # noqa: TRY301 - handled like the others
            again = listening(self._path)
        except SocketError as error:
            trouble = message("no window can connect: {reason}", reason=error.said)
            if self.trouble != trouble:
                log.warning("%s", trouble)
            self.trouble = trouble
            return None
        self.trouble = ""
        return again

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self._connections += 1
        try:
            if self._connections > MOST:
                raise WireError("the engine has too many connections: close some windows")  # noqa: TRY301 - handled like all others
            await self._greet(peer)
            async with asyncio.TaskGroup() as tasks:
                if peer.hello.watch:
                    tasks.create_task(self._push(peer))
                await self._listen(peer)
        except* (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass
        except* WireError as group:
            with contextlib.suppress(ConnectionError):
                writer.write(frame(Goodbye(str(group.exceptions[0]))))
        finally:
            self._connections -= 1
            self._peers.discard(peer)
            peer.part()

    async def _greet(self, peer: Peer) -> None:
        async with asyncio.timeout(GREETING):
            first = await peer.greeting()
        if not isinstance(first.ask, Hello):
            raise WireError("the first frame must be a hello")
        peer.hello = first.ask
        most = Capability.ADMINISTER if peer.user() in self._own else self.grant
        peer.capability = min(first.ask.capability, most)
        welcome = Welcome(VERSION, os.getpid(), self._epoch, self._clock(), peer.capability)
        await peer.send(frame(welcome))
        self._peers.add(peer)
        if peer.hello.watch:
            await self._post_latest(peer)

    async def _post_latest(self, peer: Peer) -> None:
        publication = await self._latest()
        peer.post(publication.frame(shown(peer.hello.wanted, publication.overview)))

    async def _push(self, peer: Peer) -> None:
        while True:
            await peer.full.wait()
            peer.full.clear()
            if peer.box is not None:
                data, peer.box = peer.box, None
                await peer.send(data)

    async def _subscribe(self, peer: Peer, wanted: Subscribe) -> Answer:
        peer.hello = replace(peer.hello, wanted=wanted)
        if peer.hello.watch:
            await self._post_latest(peer)
        return Done("")

    async def _listen(self, peer: Peer) -> None:
        """Take requests. A command is finished even if its window goes away meanwhile."""
        slots = asyncio.Semaphore(AT_ONCE)
        while True:
            request = await peer.read()
            await slots.acquire()
            task = asyncio.create_task(self._answer(peer, request))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
            task.add_done_callback(lambda _: slots.release())

    async def _answer(self, peer: Peer, request: Request) -> None:
        answer: Answer
        try:
            if isinstance(request.ask, Subscribe):
                answer = await self._subscribe(peer, request.ask)
            else:
                answer = refusal(request.ask, peer.capability) or await self._handle(request)
        except Exception as error:
            log.exception("a request failed: %s", type(request.ask).__name__)
            answer = Refused(message("the engine failed ({kind}); read its log", kind=type(error).__name__))
        reply: Reply = Result(request.id, answer)
        with contextlib.suppress(ConnectionError):
            await peer.send(frame(reply))
