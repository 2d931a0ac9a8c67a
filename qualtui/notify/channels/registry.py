"""The kinds of channels. A new one is a file and a line here."""

from collections.abc import Callable

import msgspec

from qualtui.config.values import ChannelSettings
from qualtui.notify.channels.apprise_channel import AppriseChannel, apprise_place, understood
from qualtui.notify.channels.channel import Channel, ChannelPlace


class ChannelKind(msgspec.Struct, frozen=True):
    """A kind of channel: what makes one, and what its settings show before anything is sent."""

    connect: Callable[[str, ChannelSettings], Channel]  # by name; nothing is opened yet
    understood: Callable[[ChannelSettings], bool]  # whether its address is one
    place: Callable[[ChannelSettings], ChannelPlace | None]  # where it connects to; None: known when it sends


KINDS: dict[str, ChannelKind] = {
    "apprise": ChannelKind(
        lambda name, settings: AppriseChannel(name, settings.url, float(settings.timeout)),
        lambda settings: understood(settings.url),
        lambda settings: apprise_place(settings.url),
    ),
}


def channel_kind(settings: ChannelSettings) -> ChannelKind:
    """The kind of a configured channel: all addresses are Apprise's so far."""
    del settings
    return KINDS["apprise"]


def channel_of(name: str, settings: ChannelSettings) -> Channel:
    """A configured channel."""
    return channel_kind(settings).connect(name, settings)
