"""Who reads a channel's notices: its language, and the time zone of the clocks in them."""

from qualtui.config.hours import zone_of
from qualtui.config.values import Config
from qualtui.text import catalogue_of
from qualtui.text.message import TextReader


def channel_reader(config: Config, channel: str) -> TextReader:
    """The reader of a channel: its own language; the zone of `[screen]`, else this machine's."""
    settings = config.notify.channels.get(channel)
    return TextReader(catalogue_of(settings.language if settings is not None else ""), zone_of(config.screen.zone))
