"""Tokens of buttons that acknowledge an incident: as those of links, but short, and bound to one channel. Pure.

A button's token is 51 characters: Telegram takes 64 bytes of callback data. It holds the beginnings of the
key's and the notice's hashes, incident, expiry, and 16 bytes of HMAC-SHA256 over all of it and the channel's name.
"""

import hashlib
import hmac
import struct
from collections.abc import Sequence

import msgspec

from qualtui.alerts.ack_token import LIFETIME, AckKey, TokenRefusal, token_bytes, token_text

LONGEST = 64  # characters that are looked at
_CLAIM = struct.Struct(">4sQI6s")  # key, incident, expiry, notice
_MAC = 16  # bytes


class ButtonClaim(msgspec.Struct, frozen=True):
    """What a button's token says: which incident, the mark of the notice that carried it, until when."""

    number: int
    notice: str
    expires: int


def button_token(number: int, notice: str, channel: str, key: AckKey, now: float) -> str:
    """Return the token of the button in a notice to a channel."""
    claim = _CLAIM.pack(_key_mark(key), number, int(now + LIFETIME), bytes.fromhex(notice_mark(notice)))
    return token_text(claim + _mac(key, channel, claim))


def button_claim(token: str, channel: str, keys: Sequence[AckKey], now: float) -> ButtonClaim | TokenRefusal:
    """Return what a token that came back through a channel says, or why it is not taken."""
    raw = token_bytes(token) if len(token) <= LONGEST else b""
    if len(raw) != _CLAIM.size + _MAC:
        return TokenRefusal.UNKNOWN
    claim, mac = raw[: _CLAIM.size], raw[_CLAIM.size :]
    signed = [hmac.compare_digest(_mac(key, channel, claim), mac) for key in keys]
    if not any(signed):
        return TokenRefusal.UNKNOWN
    key_mark, number, expires, notice = _CLAIM.unpack(claim)
    if key_mark != _key_mark(keys[signed.index(True)]):
        return TokenRefusal.UNKNOWN
    return ButtonClaim(number, notice.hex(), expires) if now <= expires else TokenRefusal.EXPIRED


def notice_mark(notice: str) -> str:
    """What names a notice in a token: the beginning of its key's hash."""
    return hashlib.sha256(notice.encode()).hexdigest()[:12]


def _key_mark(key: AckKey) -> bytes:
    return hashlib.sha256(key.id.encode()).digest()[:4]


def _mac(key: AckKey, channel: str, claim: bytes) -> bytes:
    signed = b"qualtui button\0" + claim + channel.encode("utf-8", "replace")
    return hmac.new(key.secret, signed, hashlib.sha256).digest()[:_MAC]
