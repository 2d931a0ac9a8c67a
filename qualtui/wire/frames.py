"""Frames: 4 bytes that tell a length, big-endian, and so many bytes of MessagePack.

One holds a `Request` (to the engine) or a `Reply` (from it). The version of both sides is compared in Hello and
Welcome.
"""

import struct

import msgspec

from qualtui.wire.answers import Answer
from qualtui.wire.commands import Command
from qualtui.wire.views import Snapshot

VERSION = 1
FRAME_LIMIT = 8 * 1024 * 1024  # bytes; a longer frame is not ours


class WireError(Exception):
    """A peer sent something that is not this protocol; the text says what."""


class Request(msgspec.Struct, frozen=True):
    """One frame to the engine. `id` comes back in the Result."""

    id: int
    ask: Command
    who: str = ""


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """First frame of the engine."""

    version: int
    pid: int
    epoch: int


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
