"""What a channel is for the engine: a name, its limits, and one call that sends a message."""

from enum import StrEnum
from typing import Protocol

import msgspec

from qualtui.model import Severity
from qualtui.text.message import Saying


class MessageKind(StrEnum):
    """What a message is about: services colour by it, and close their own incident when it is resolved."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"
    RESOLVED = "resolved"
    TEST = "test"


class MessageButton(msgspec.Struct, frozen=True):
    """A button under a message; who presses it sends the token back. Its repr shows no token."""

    label: str
    token: str

    def __repr__(self) -> str:
        return f"MessageButton({self.label!r}, ***)"


class ChannelMessage(msgspec.Struct, frozen=True):
    """One message. `about`: the incident's key, for services with incidents; `key`: the same in each try.

    `first`: the key of the incident's first message here, for services with threads; empty: it is this one.
    `button`: for channels that have buttons; the others leave it out.
    """

    title: str
    body: str
    kind: MessageKind
    about: str = ""
    key: str = ""
    first: str = ""
    button: MessageButton | None = None


class Delivery(msgspec.Struct, frozen=True):
    """What became of a send. `reason` empty: accepted; else why not, without URL, recipient or secret."""

    reason: Saying = ""
    final: bool = False  # a retry can't help
    doubt: bool = False  # it may have arrived all the same
    asked: float = 0.0  # s that the service asks us to wait before the next try

    @property
    def accepted(self) -> bool:
        """Whether the channel took the message; whether a person has read it, no one can say."""
        return not self.reason


class ChannelLimits(msgspec.Struct, frozen=True):
    """How long a send may take, in seconds, and how many may hang before further ones are refused."""

    timeout: float
    hanging: int


class ChannelPlace(msgspec.Struct, frozen=True):
    """Where a channel connects to. `scheme`: http or https where the environment's proxy counts."""

    host: str
    port: int
    scheme: str = ""


class Channel(Protocol):
    """A named destination of notices."""

    @property
    def name(self) -> str:
        """The NAME of its table in the configuration."""

    @property
    def limits(self) -> ChannelLimits:
        """What bounds a send."""

    async def send(self, note: ChannelMessage) -> Delivery:
        """Send a message. Never raises; what hangs is given up at the timeout and delays no other channel."""

    def close(self) -> None:
        """Let go of what it holds, after what it was given; never waits."""


def message_kind(kind: str, severity: Severity) -> MessageKind:
    """The kind of a notice's message, by the notice's own kind and its severity."""
    if kind in {"resolved", "test"}:
        return MessageKind(kind)
    return MessageKind(severity.value)
