"""RefusedPost bodies, encrypted, for some days: a key that was typed wrong refuses real customers.

Each body is sealed by AES-GCM under a key from `[ring] key`. The ring is bounded in bytes and in time.
"""

import contextlib
import hashlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_HEAD = struct.Struct("<dI")  # received, length of the sealed part
_NONCE = 12


class RefusedPost(msgspec.Struct, frozen=True):
    """A refused body, with the headers that say who signed it."""

    received: float
    body: bytes
    headers: tuple[tuple[str, str], ...]
    why: str


class Ring:
    """Two files, the newer and the older half of the bound: the older goes when the newer is full."""

    def __init__(self, folder: Path, key: bytes, size: int, keep: float) -> None:
        self._folder = folder
        self._seal = AESGCM(hashlib.sha256(b"qualtui guard ring\0" + key).digest())
        self._half = size // 2
        self._keep = keep

    def add(self, refused: RefusedPost) -> None:
        """Keep a body. Raises OSError."""
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._seal.encrypt(nonce, msgspec.msgpack.encode(refused), None)
        record = _HEAD.pack(refused.received, len(sealed)) + sealed
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        newer = self._folder / "ring.new"
        with contextlib.suppress(FileNotFoundError):
            if newer.stat().st_size + len(record) > self._half:
                newer.replace(self._folder / "ring.old")
        descriptor = os.open(newer, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, record)
        finally:
            os.close(descriptor)

    def all(self, now: float) -> Iterator[RefusedPost]:
        """The bodies that are kept, the oldest first; what can't be opened is left out."""
        for name in ("ring.old", "ring.new"):
            with contextlib.suppress(FileNotFoundError):
                yield from self._in((self._folder / name).read_bytes(), now)

    def expire(self, now: float) -> None:
        """Remove a file of which every body is older than `keep`."""
        for name in ("ring.old", "ring.new"):
            path = self._folder / name
            with contextlib.suppress(FileNotFoundError):
                if now - path.stat().st_mtime > self._keep:
                    path.unlink()

    def _in(self, content: bytes, now: float) -> Iterator[RefusedPost]:
        at = 0
        while at + _HEAD.size <= len(content):
            received, length = _HEAD.unpack_from(content, at)
            sealed = content[at + _HEAD.size : at + _HEAD.size + length]
            at += _HEAD.size + length
            if now - received > self._keep or len(sealed) < length:
                continue
            with contextlib.suppress(InvalidTag, msgspec.DecodeError):
                opened = self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
                yield msgspec.msgpack.decode(opened, type=RefusedPost)
