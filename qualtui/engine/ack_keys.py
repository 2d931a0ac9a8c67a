"""The keys that sign acknowledge links, in a file beside the store that only the engine's user can read."""

import contextlib
import logging
import os
import secrets
from pathlib import Path

import msgspec

from qualtui.alerts.ack_token import AckKey, keys_at

log = logging.getLogger(__name__)

SUFFIX = ".ack-keys"


class AckKeys:
    """Reads the keys once, writes them where a new one is due. Where the file fails they end with the engine."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + SUFFIX)
        self._keys: tuple[AckKey, ...] | None = None

    def at(self, now: float) -> tuple[AckKey, ...]:
        """The keys, the signing one first."""
        known = self._read() if self._keys is None else self._keys
        keys = keys_at(known, AckKey(secrets.token_hex(4), secrets.token_bytes(32), now), now)
        if keys != known:
            self._write(keys)
        self._keys = keys
        return keys

    def _read(self) -> tuple[AckKey, ...]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=tuple[AckKey, ...])
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError) as error:
            log.warning("acknowledge links: the keys cannot be read, new ones are made (%s)", type(error).__name__)
            return ()

    def _write(self, keys: tuple[AckKey, ...]) -> None:
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            with contextlib.suppress(FileNotFoundError):
                fresh.unlink()
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(keys))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            log.warning("the keys of acknowledge links cannot be kept: %s", error.strerror)
