"""An archive's manifest: what is in it, with a digest of each part, signed by a key that stays on the machine."""

import hashlib
import hmac
import re

import msgspec

from qualtui.backup.errors import BackupError
from qualtui.store.facts import StoreFacts
from qualtui.text.message import message

FORM = 1  # of the archive: another one is refused
MANIFEST_LIMIT = 1024 * 1024  # bytes
MOST_PARTS = 2000

_NAME = re.compile(r"[a-z0-9][A-Za-z0-9_-]{0,39}(?:[./][A-Za-z0-9_-][A-Za-z0-9._-]{0,63}){0,3}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class PartEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part as it lies in the archive: its size in bytes and the SHA-256 of these bytes."""

    name: str
    size: int
    sha256: str
    encrypted: bool = False


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an archive holds. `missing`: what could not be read when it was taken, and why."""

    form: int = FORM
    name: str  # of the archive's file
    taken_at: float
    version: str  # of qualtui
    store: StoreFacts
    parts: tuple[PartEntry, ...]
    missing: tuple[str, ...] = ()

    def part(self, name: str) -> PartEntry | None:
        """Return a part by its name."""
        return next((one for one in self.parts if one.name == name), None)


def encoded(manifest: Manifest) -> bytes:
    """Return the bytes that are signed. Raises BackupError where it would be too large to be read again."""
    content = msgspec.json.encode(manifest)
    if len(content) > MANIFEST_LIMIT or len(manifest.parts) > MOST_PARTS:
        raise BackupError(message("the backup has too many parts"))
    return content


def signature(content: bytes, key: bytes) -> bytes:
    """Return the HMAC-SHA256 of a manifest's bytes, in hex."""
    return hmac.new(key, content, hashlib.sha256).hexdigest().encode()


def proved(content: bytes, signed: bytes, key: bytes) -> Manifest:
    """Return the manifest if `key` signed its bytes. Nothing in it is read before that. Raises BackupError."""
    if not hmac.compare_digest(signature(content, key), signed):
        raise BackupError(
            message("the manifest is not signed with this store's key: it was changed, or is another store's")
        )
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError:
        raise BackupError(message("the manifest was written by another version of qualtui")) from None
    names = {part.name for part in manifest.parts}
    sound = len(names) == len(manifest.parts) <= MOST_PARTS and all(
        _NAME.fullmatch(part.name) and _DIGEST.fullmatch(part.sha256) and part.size >= 0 for part in manifest.parts
    )
    if manifest.form != FORM or not sound:
        raise BackupError(message("the manifest was written by another version of qualtui"))
    return manifest
