"""Names for senders that say nothing without the key: HMAC-SHA256 of the chat's id, shortened.

Where no key is configured one is drawn and kept beside the ledger, so that all workers and the next start use the
same names.
"""

import contextlib
import hmac
import os
import secrets
from pathlib import Path

LENGTH = 16  # hex digits: 64 bits, so that ten million senders do not collide
_SIZE = 32  # bytes of a key that is drawn


class Pseudonyms:
    """Names senders by one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, chat: str) -> str:
        """The name of a chat."""
        return hmac.digest(self._key, chat.encode(errors="replace"), "sha256").hex()[:LENGTH]


def drawn_key(path: Path) -> bytes:
    """The key in a file, drawn where there is none. Where no file can be: one for this process alone."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, secrets.token_bytes(_SIZE))
            os.fsync(descriptor)
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)  # whole or not at all, and never over another worker's
        finally:
            os.close(descriptor)
            fresh.unlink()
    with contextlib.suppress(OSError):
        found = path.read_bytes()
        if len(found) >= _SIZE:
            return found
    return secrets.token_bytes(_SIZE)
