"""An event's body as bytes, and bytes as a body: types have versions, and old ones are upcast when read."""

from collections.abc import Callable
from typing import Any, get_args

import msgspec

from qualtui.model import (
    Acknowledged,
    CauseRevised,
    EventBody,
    FixFinished,
    FixStarted,
    FixStopped,
    Noted,
    NoticeDelivered,
    NoticeFailed,
    NoticeQueued,
    NoticeSending,
    Released,
    RuleChanged,
)
from qualtui.store.errors import StoreError
from qualtui.text import _

# The version that each type is written in, where it is not 1; a change that defaults do not cover raises it.
VERSIONS: dict[str, int] = {}

# (type, version) -> what makes the next version of its fields. The "type" in them may be changed as well.
Upcast = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: dict[tuple[str, int], Upcast] = {}

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[EventBody] = msgspec.msgpack.Decoder(EventBody)
_KNOWN = frozenset(event_kind.__struct_config__.tag for event_kind in get_args(EventBody))


def event_kind(body: EventBody) -> tuple[str, int]:
    """The body's type and the version that it is written in."""
    name = str(body.__struct_config__.tag)
    return name, VERSIONS.get(name, 1)


def encode(body: EventBody) -> bytes:
    """The body as MessagePack. Raises StoreError where it holds what can't be written."""
    try:
        return _encoder.encode(body)
    except (UnicodeEncodeError, OverflowError, TypeError, ValueError) as error:
        raise StoreError(_("an event can't be written: {what}").format(what=type(error).__name__)) from None


def decode(seq: int, name: str, version: int, payload: bytes) -> EventBody:
    """The body in a payload, upcast to the newest version. Raises StoreError."""
    try:
        if (name, version) not in UPCASTS and name in _KNOWN and version == VERSIONS.get(name, 1):
            return _decoder.decode(payload)
        return _upcast(seq, name, version, msgspec.msgpack.decode(payload, type=dict[str, Any]))
    except (msgspec.DecodeError, RecursionError):
        raise StoreError(_("event {seq} of the log can't be read: it is damaged").format(seq=seq)) from None


def _upcast(seq: int, name: str, version: int, fields: dict[str, Any]) -> EventBody:
    while (step := UPCASTS.get((name, version))) is not None:
        fields = step(fields)
        name, version = str(fields.get("type", name)), version + 1
    if name not in _KNOWN or version != VERSIONS.get(name, 1):
        raise StoreError(
            _("event {seq} of the log ({name}, version {version}) was written by a newer qualtui").format(
                seq=seq, name=name, version=version
            )
        )
    body: EventBody = msgspec.convert(fields, EventBody)
    return body


def number_of(body: EventBody) -> int:
    """The incident that the body names, 0: none."""
    match body:
        case (
            RuleChanged() | CauseRevised() | Acknowledged() | Released() | Noted() | NoticeQueued() | FixStarted()
        ):
            return body.number
    return 0


def about(body: EventBody) -> str:
    """The notice or run that the body speaks of, empty: none."""
    match body:
        case NoticeQueued() | NoticeSending() | NoticeDelivered() | NoticeFailed():
            return f"notice:{body.key}"
        case FixStarted() | FixFinished() | FixStopped():
            return f"run:{body.run}"
    return ""
