"""Frames: 4 bytes of length, big-endian, then that many bytes of MessagePack.

One holds a `Request` (to the engine) or a `Reply` (from it). Each side compares the version in the other's first
frame before it reads anything else of it: frames of another version need not be understood.
"""

import struct
from collections.abc import Callable

import msgspec

from qualtui.wire.answers import Answer
from qualtui.wire.commands import Capability, Command, Subscribe
from qualtui.wire.views import AgentDetail, Overview, Snapshot

VERSION = 2
AGREE = 2.0  # s; a busy machine reads a welcome so much later than it was written
FRAME_LIMIT = 8 * 1024 * 1024  # bytes; a longer frame is not ours


class WireError(Exception):
    """A peer sent something that is not this protocol; the text says what."""


class Request(msgspec.Struct, frozen=True):
    """One frame to the engine. `id` comes back in the Result."""

    id: int
    ask: Command | Subscribe
    who: str = ""


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """First frame of the engine. `version` is the wire's; `at` is the engine's clock.

    `capability`: the most that this connection may do.
    """

    version: int
    pid: int
    epoch: int
    at: float | None = None
    capability: Capability = Capability.ADMINISTER

    def ahead(self, now: float) -> float:
        """Seconds that the engine's clock is ahead of the reader's, which says `now`; 0 if they agree."""
        between = 0.0 if self.at is None else self.at - now
        return between if abs(between) > AGREE else 0.0


class Pushed(msgspec.Struct, frozen=True, tag="snapshot"):
    """A new snapshot."""

    snapshot: Snapshot


class Result(msgspec.Struct, frozen=True, tag="result"):
    """Answer to the request with this id."""

    id: int
    answer: Answer


class Goodbye(msgspec.Struct, frozen=True, tag="goodbye"):
    """The engine closes the connection, and says why."""

    reason: str


Reply = Welcome | Pushed | Result | Goodbye

_LENGTH = struct.Struct(">I")
_encoder = msgspec.msgpack.Encoder()
_request = msgspec.msgpack.Decoder(Request)
_reply: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def frame(message: Request | Reply) -> bytes:
    """The message as one frame."""
    payload = _encoder.encode(message)
    return _LENGTH.pack(len(payload)) + payload


class Publication:
    """One overview on its way to many windows: what they share is encoded once, each agent's detail once."""

    def __init__(self, overview: Overview, detail: Callable[[str], AgentDetail | None]) -> None:
        self.overview = overview
        self._detail = detail
        self._shared: dict[str, msgspec.Raw] | None = None
        self._details: dict[str, msgspec.Raw] = {}
        self._frames: dict[tuple[str, ...], bytes] = {}

    def frame(self, agents: tuple[str, ...]) -> bytes:
        """The frame of a `Pushed` with the details of these agents; those without any are left out."""
        if agents not in self._frames:
            details = [one for one in map(self._encoded, agents) if one is not None]
            body = {"type": "snapshot", "snapshot": {**self._common(), "details": details}}
            payload = _encoder.encode(body)
            self._frames[agents] = _LENGTH.pack(len(payload)) + payload
        return self._frames[agents]

    def _common(self) -> dict[str, msgspec.Raw]:
        if self._shared is None:
            names = self.overview.__struct_fields__
            values = {name: getattr(self.overview, name) for name in names if name != "details"}
            self._shared = {name: msgspec.Raw(_encoder.encode(value)) for name, value in values.items()}
        return self._shared

    def _encoded(self, agent: str) -> msgspec.Raw | None:
        if agent not in self._details:
            found = self._detail(agent)
            if found is None:
                return None
            self._details[agent] = msgspec.Raw(_encoder.encode(found))
        return self._details[agent]


class _Versioned(msgspec.Struct):
    """The part of Hello and Welcome that every version shares."""

    type: str
    version: int


class _Greeting(msgspec.Struct):
    ask: _Versioned


def other_version(payload: bytes) -> int | None:
    """The version that a first frame (Hello or Welcome) names, where it is not ours; None where it is."""
    try:
        try:
            named = msgspec.msgpack.decode(payload, type=_Greeting).ask
        except msgspec.DecodeError:
            named = msgspec.msgpack.decode(payload, type=_Versioned)
    except (msgspec.DecodeError, RecursionError):
        return None
    ours = named.type not in {"hello", "welcome"} or named.version == VERSION
    return None if ours else named.version


def length(head: bytes, limit: int = FRAME_LIMIT) -> int:
    """The payload's length from a frame's first four bytes; WireError where it is over the limit."""
    size: int = _LENGTH.unpack(head)[0]
    if size > limit:
        raise WireError(f"a frame of {size} bytes is over the limit of {limit}")
    return size


def read_request(payload: bytes) -> Request:
    """The request in a payload; WireError where it is none."""
    try:
        return _request.decode(payload)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WireError(f"not a request: {error}") from None


def read_reply(payload: bytes) -> Reply:
    """The reply in a payload; WireError where it is none."""
    try:
        return _reply.decode(payload)
    except (msgspec.DecodeError, RecursionError) as error:
        raise WireError(f"not a reply: {error}") from None
