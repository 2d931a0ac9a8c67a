"""One post to the webhook, read from its body: what it is, who wrote it, when. Pure.

The shapes are the gateway's: `event`, `session`, `timestamp` (ms) and a `payload` with `id`, `from`,
`fromMe`, `timestamp` (s), `body`. The bot itself looks at the payload alone, never at `event`.
"""

import hashlib
from enum import StrEnum
from typing import Any

import msgspec

FAR = 10.0**11  # s: a larger time is in milliseconds

# Events that the bot can't handle: it answers 500 to those without a sender, and takes the others for a message.
_NOT_MESSAGES = ("message.ack", "message.reaction", "session.", "presence.", "group.", "label.", "call.", "state.")


class PostKind(StrEnum):
    """What a post is to the bot."""

    MESSAGE = "message"  # a customer's, or an unknown kind that has a sender
    OWN = "own message"
    ACK = "ack"
    STATUS = "status"  # of the session, and every other event without a sender
    REACTION = "reaction"
    GROUP = "group"
    BROADCAST = "broadcast"
    NEWSLETTER = "newsletter"
    UNREADABLE = "unreadable"


class WebhookEvent(msgspec.Struct, frozen=True):
    """A post. `chat` is empty where it names no sender, `at` None where it bears no time."""

    kind: PostKind
    key: str  # the same for each delivery of one message
    chat: str = ""
    session: str = ""
    text: str = ""
    at: float | None = None  # seconds since 1970, by the gateway's clock


def read_event(body: bytes) -> WebhookEvent:
    """The event in a body of UTF-8 JSON; whatever else comes is UNREADABLE, and no exception."""
    try:
        outer = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        outer = None
    payload = outer.get("payload") if isinstance(outer, dict) else None
    if not isinstance(outer, dict) or not isinstance(payload, dict | None):
        return WebhookEvent(PostKind.UNREADABLE, _digest(body))
    payload = payload or {}
    chat, session = _text(payload.get("from")), _text(outer.get("session"))
    named = _id(payload.get("id"))
    return WebhookEvent(
        kind=_kind(_text(outer.get("event")), payload, chat),
        key=f"{session}/{named}" if named else _digest(body),
        chat=chat,
        session=session,
        text=_text(payload.get("body")),
        at=_time(payload.get("timestamp"), outer.get("timestamp")),
    )


def _kind(name: str, payload: dict[str, Any], chat: str) -> PostKind:
    if name == "message.ack":
        return PostKind.ACK
    if name == "message.reaction":
        return PostKind.REACTION
    if name.startswith(_NOT_MESSAGES) or not chat:
        return PostKind.STATUS
    if payload.get("fromMe"):
        return PostKind.OWN
    _user, _at, server = chat.rpartition("@")
    by_server = {"g.us": PostKind.GROUP, "newsletter": PostKind.NEWSLETTER, "broadcast": PostKind.BROADCAST}
    return by_server.get(server, PostKind.MESSAGE)


def _id(value: object) -> str:
    """A message's id: a text, or an object that holds it, by the gateway's engine."""
    if isinstance(value, dict):
        value = value.get("_serialized") or value.get("id")
    return _text(value)


def _time(*values: object) -> float | None:
    for value in values:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < FAR * 1000:
            return float(value) if value < FAR else value / 1000
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _digest(body: bytes) -> str:
    return f"body/{hashlib.sha256(body).hexdigest()}"
