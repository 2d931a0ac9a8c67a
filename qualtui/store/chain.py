"""The hash chain over the log: each event proves all before it, and keeps proving them after an erasure.

An event's link covers the salted hash of its payload, not the payload: with the salt gone, no one can guess what
was said from the hash, and the chain still holds.
"""

import hashlib
import os

import msgspec

GENESIS = bytes(32)  # what the first event links to
SALT = 16  # bytes


class Sealed(msgspec.Struct, frozen=True):
    """What the chain covers of one event."""

    seq: int
    at: float
    type: str
    version: int
    epoch: int
    key: str
    payload_hash: bytes


_encode = msgspec.msgpack.Encoder().encode


def new_salt() -> bytes:
    """Random bytes for one event."""
    return os.urandom(SALT)


def hash_payload(salt: bytes, payload: bytes) -> bytes:
    """SHA-256 of salt and payload."""
    return hashlib.sha256(salt + payload).digest()


def link(before: bytes, sealed: Sealed) -> bytes:
    """SHA-256 of the link before and of what this event seals, in a form that can be read in one way only."""
    return hashlib.sha256(before + _encode(sealed)).digest()
