"""The engine's socket: snapshots out, requests in. A window that stalls costs one snapshot, nothing else."""

import asyncio
import contextlib
import logging
import os
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from msgspec.structs import replace

from qualtui import __version__
from qualtui.engine.command_registry import refusal
from qualtui.text.message import Saying, Text, message
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
    length,
    other_version,
    read_request,
    worse,
)
from qualtui.wire.commands import Capability

log = logging.getLogger(__name__)

GREETING = 5.0  # s for a client's first frame
AT_ONCE = 8  # requests of one client under way
REQUEST_LIMIT = 64 * 1024  # bytes; the longest request is a note
MOST = 200  # connections: beyond that descriptors would be lacking for the probes
LOOK = 1.0  # s between two looks at whether the socket still is ours
KNOCK = 0.2  # s for another program to take a connection
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid
MODE = 0o660  # the store's group may look

Handler = Callable[[Request], Awaitable[Answer]]
Latest = Callable[[], Awaitable[Publication]]


class SocketError(Exception):
    """The socket can't be made; `said` is the reason in one line."""

    def __init__(self, said: Text) -> None:
        super().__init__(str(said))
        self.said = said


def shown(wanted: Subscribe, overview: Overview) -> tuple[str, ...]:
    """The agents whose details a subscription means now: those it names, and the worst off."""
    worst = sorted(overview.agents, key=worse, reverse=True)[: max(0, min(wanted.worst, DETAILS))]
    names = (*wanted.agents, *(agent.name for agent in worst))
    return tuple(dict.fromkeys(names))[:DETAILS]


class _Peer:
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
        self._peers: set[_Peer] = set()
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
        peer = _Peer(reader, writer)
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
            _part(writer)

    async def _greet(self, peer: _Peer) -> None:
        async with asyncio.timeout(GREETING):
            first = await peer.greeting()
        if not isinstance(first.ask, Hello):
            raise WireError("the first frame must be a hello")
        peer.hello = first.ask
        most = Capability.ADMINISTER if peer.user() in self._own else self.grant
        peer.capability = min(first.ask.capability, most)
        await peer.send(frame(Welcome(VERSION, os.getpid(), self._epoch, __version__, self._clock())))
        self._peers.add(peer)
        if peer.hello.watch:
            await self._post_latest(peer)

    async def _post_latest(self, peer: _Peer) -> None:
        publication = await self._latest()
        peer.post(publication.frame(shown(peer.hello.wanted, publication.overview)))

    async def _push(self, peer: _Peer) -> None:
        while True:
            await peer.full.wait()
            peer.full.clear()
            if peer.box is not None:
                data, peer.box = peer.box, None
                await peer.send(data)

    async def _subscribe(self, peer: _Peer, wanted: Subscribe) -> Answer:
        peer.hello = replace(peer.hello, wanted=wanted)
        if peer.hello.watch:
            await self._post_latest(peer)
        return Done("")

    async def _listen(self, peer: _Peer) -> None:
        """Take requests. A command is finished even if its window goes away meanwhile."""
        slots = asyncio.Semaphore(AT_ONCE)
        while True:
            request = await peer.read()
            await slots.acquire()
            task = asyncio.create_task(self._answer(peer, request))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
            task.add_done_callback(lambda _: slots.release())

    async def _answer(self, peer: _Peer, request: Request) -> None:
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


def _part(writer: asyncio.StreamWriter) -> None:
    """Close; at once if the other side reads nothing, else the connection would stay open for ever."""
    if writer.transport.get_write_buffer_size():
        writer.transport.abort()
    else:
        writer.close()


def owned(path: Path) -> tuple[int, int] | None:
    """Return what identifies a socket beyond its name; None if there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def peer_answers(path: Path) -> bool:
    """Return whether a program listens on the socket; never waits for long."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(KNOCK)
        try:
            probe.connect(str(path))
        except TimeoutError:
            return True  # it listens and has no time
        except OSError:
            return False
    return True


def listening(path: Path) -> socket.socket:
    """A listening socket, MODE from its first moment whatever the umask. Raises SocketError."""
    made = socket.socket(socket.AF_UNIX)
    try:
        if path.exists():
            _remove(path)
        os.fchmod(made.fileno(), 0o600)
        made.bind(str(path))
        path.chmod(MODE)
        made.listen(MOST)
    except OSError as error:
        made.close()
        reason = error.strerror or str(error)
        raise SocketError(
            message("the engine can't listen at {path}: {reason}", path=str(path), reason=reason)
        ) from None
    return made


def _remove(path: Path) -> None:
    """Removes a dead engine's socket, and nothing else."""
    if not path.is_socket():
        raise FileExistsError(0, "there is a file that is not a socket; check [store] socket")
    path.unlink()
