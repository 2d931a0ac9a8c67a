"""An event's body as bytes, and bytes as a body: types have versions, and old ones are upcast when read."""

from typing import Any, Union

import msgspec

from qualtui.eventlog.family import Upcast
from qualtui.eventlog.registry import FAMILIES, KINDS
from qualtui.model import EventBody
from qualtui.text.message import Text, message

# The version that each type is written in.
VERSIONS: dict[str, int] = {kind.name: kind.version for kind in KINDS.values()}

# (type, version) -> what makes the next version of its fields.
UPCASTS: dict[tuple[str, int], Upcast] = {key: step for family in FAMILIES for key, step in family.upcasts.items()}

_ANY: Any = Union[tuple(KINDS)]  # noqa: UP007 - made of what the registry lists
_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[EventBody] = msgspec.msgpack.Decoder(_ANY)


class EventError(Exception):
    """An event can't be written or read; `text` is one line for people."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


def event_kind(body: EventBody) -> tuple[str, int]:
    """The body's type and the version that it is written in."""
    name = KINDS[type(body)].name
    return name, VERSIONS[name]


def encode(body: EventBody) -> bytes:
    """The body as MessagePack. Raises EventError where it holds what can't be written."""
    try:
        return _encoder.encode(body)
    except (UnicodeEncodeError, OverflowError, TypeError, ValueError) as error:
        raise EventError(message("an event can't be written: {what}", what=type(error).__name__)) from None


def decode(seq: int, name: str, version: int, payload: bytes) -> EventBody:
    """The body in a payload, upcast to the newest version. Raises EventError."""
    try:
        if (name, version) not in UPCASTS and version == VERSIONS.get(name):
            return _decoder.decode(payload)
        return _upcast(seq, name, version, msgspec.msgpack.decode(payload, type=dict[str, Any]))
    except (msgspec.DecodeError, RecursionError):
        raise EventError(message("event {seq:whole} of the log can't be read: it is damaged", seq=seq)) from None


def _upcast(seq: int, name: str, version: int, fields: dict[str, Any]) -> EventBody:
    while (step := UPCASTS.get((name, version))) is not None:
        fields = step(fields)
        name, version = str(fields.get("type", name)), version + 1
    if version != VERSIONS.get(name):
        raise EventError(
            message(
                "event {seq:whole} of the log ({name}, version {version:whole}) was written by a newer qualtui",
                seq=seq,
                name=name,
                version=version,
            )
        )
    body: EventBody = msgspec.convert(fields, _ANY)
    return body


def number_of(body: EventBody) -> int:
    """The incident that the body names, 0: none."""
    number = KINDS[type(body)].number
    return 0 if number is None else number(body)


def about(body: EventBody) -> str:
    """The notice or run that the body speaks of, empty: none."""
    subject = KINDS[type(body)].about
    return "" if subject is None else subject(body)
