"""The kinds of channels. A new one is a file and a line here."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

import msgspec

from qualtui.config.values import ChannelSettings
from qualtui.notify.channels.apprise_channel import AppriseChannel, apprise_place, understood
from qualtui.notify.channels.channel import Channel, ChannelPlace
from qualtui.notify.channels.ntfy import NtfyChannel, ntfy_address, ntfy_place
from qualtui.notify.channels.ntfy_replies import NtfyReplies
from qualtui.notify.channels.replies import ReplyReader
from qualtui.notify.channels.telegram import TelegramChannel, telegram_place
from qualtui.notify.channels.telegram_api import telegram_address
from qualtui.notify.channels.telegram_replies import TelegramReplies


class ChannelKind(msgspec.Struct, frozen=True):
    """A kind of channel: what makes one, and what its settings show before anything is sent."""

    connect: Callable[[str, ChannelSettings], Channel]  # by name; nothing is opened yet
    understood: Callable[[ChannelSettings], bool]  # whether its address is one
    place: Callable[[ChannelSettings], ChannelPlace | None]  # where it connects to; None: known when it sends
    buttons: bool = False  # whether its messages can have one


KINDS: dict[str, ChannelKind] = {
    "apprise": ChannelKind(
        lambda name, settings: AppriseChannel(name, settings.url, float(settings.timeout)),
        lambda settings: not settings.buttons and understood(settings.url),
        lambda settings: apprise_place(settings.url),
    ),
    "ntfy": ChannelKind(NtfyChannel, lambda settings: ntfy_address(settings.url) is not None, ntfy_place, True),
    "telegram": ChannelKind(
        TelegramChannel, lambda settings: telegram_address(settings.url) is not None, telegram_place, True
    ),
}
WITH_BUTTONS = {"ntfy": "ntfy", "ntfys": "ntfy", "tgram": "telegram"}  # by the scheme of the address


def kind_name(settings: ChannelSettings) -> str:
    """The name of a configured channel's kind: all addresses are Apprise's, but for those with buttons."""
    scheme = urlsplit(settings.url.reveal()).scheme.lower()
    return WITH_BUTTONS.get(scheme, "apprise") if settings.buttons else "apprise"


def channel_kind(settings: ChannelSettings) -> ChannelKind:
    """The kind of a configured channel."""
    return KINDS[kind_name(settings)]


def channel_of(name: str, settings: ChannelSettings) -> Channel:
    """A configured channel."""
    return channel_kind(settings).connect(name, settings)


def reply_readers(channels: Mapping[str, ChannelSettings]) -> tuple[ReplyReader, ...]:
    """What reads the replies of the configured channels: one a topic of ntfy, one a bot of Telegram."""
    readers: list[ReplyReader] = []
    bots: dict[str, list[tuple[str, ChannelSettings]]] = {}
    for name, settings in channels.items():
        match kind_name(settings):
            case "ntfy":
                readers.append(NtfyReplies(name, settings))
            case "telegram":
                bots.setdefault(_bot(settings), []).append((name, settings))
    return (*readers, *(TelegramReplies(bot.partition(":")[0], mine) for bot, mine in bots.items()))


def _bot(settings: ChannelSettings) -> str:
    """What two channels of one bot have alike: the token, up to the chat."""
    return re.split("[/?]", unquote(settings.url.reveal()).partition("://")[2])[0]
