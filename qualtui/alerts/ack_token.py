"""Tokens of links that acknowledge an incident: HMAC-SHA256 over key id, incident, notice and expiry. Pure."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from enum import StrEnum

import msgspec

LIFETIME = 24 * 3600.0  # s for which a link can be used
KEY_LIFETIME = 30 * 86400.0  # s after which a new key signs
LONGEST = 600  # characters of a token that are looked at
_MAC = 32  # bytes


class AckKey(msgspec.Struct, frozen=True):
    """A signing key. Its repr shows no secret."""

    id: str
    secret: bytes
    made_at: float

    def __repr__(self) -> str:
        return f"AckKey({self.id!r}, ***)"


class AckClaim(msgspec.Struct, frozen=True, array_like=True):
    """What a token says: which key signed it, and whose notice about which incident carries it, until when."""

    key_id: str
    number: int
    notice: str
    expires: int


class TokenRefusal(StrEnum):
    """Why a token is not taken."""

    UNKNOWN = "unknown"  # no token, not ours, or signed by a key that is gone
    EXPIRED = "expired"


def token_for(number: int, notice: str, key: AckKey, now: float) -> str:
    """Return the token of a notice."""
    claim = msgspec.msgpack.encode(AckClaim(key.id, number, notice, int(now + LIFETIME)))
    return token_text(claim + _mac(key, claim))


def claim_of(token: str, keys: Sequence[AckKey], now: float) -> AckClaim | TokenRefusal:
    """Return what a token says, or why it is not taken. Nothing is read before its signature is right."""
    raw = token_bytes(token)
    if len(raw) <= _MAC:
        return TokenRefusal.UNKNOWN
    body, mac = raw[:-_MAC], raw[-_MAC:]
    signed = [hmac.compare_digest(_mac(key, body), mac) for key in keys]
    if not any(signed):
        return TokenRefusal.UNKNOWN
    try:
        claim = msgspec.msgpack.decode(body, type=AckClaim)
    except msgspec.DecodeError:
        return TokenRefusal.UNKNOWN
    if claim.key_id != keys[signed.index(True)].id:
        return TokenRefusal.UNKNOWN
    return claim if now <= claim.expires else TokenRefusal.EXPIRED


def token_mark(token: str) -> str:
    """Return what names a token in the log and in limits, without being one."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:32]


def keys_at(keys: Sequence[AckKey], fresh: AckKey, now: float) -> tuple[AckKey, ...]:
    """Return the keys to keep, the signing one first: `fresh` where there is none, or the newest is old.

    The one before stays, so that links that it signed work to their end.
    """
    if not keys or abs(now - keys[0].made_at) > KEY_LIFETIME:
        return (fresh, *keys[:1])
    return tuple(keys[:2])


def _mac(key: AckKey, claim: bytes) -> bytes:
    return hmac.new(key.secret, b"qualtui acknowledge\0" + claim, hashlib.sha256).digest()


def token_text(raw: bytes) -> str:
    """Return bytes as a token is written."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token_bytes(token: str) -> bytes:
    """The bytes of a token in its one spelling; none where it has another."""
    if not token or len(token) > LONGEST or not token.isascii():
        return b""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if token_text(raw) == token else b""
