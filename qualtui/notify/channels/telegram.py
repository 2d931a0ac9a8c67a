"""Telegram with a button under a message. Apprise sends to Telegram, too, but knows no buttons.

Facts: a text has at most 4,096 characters after its HTML is read; `callback_data` has 1 to 64 bytes.
"""

import html
from typing import Any

from qualtui.config.values import ChannelSettings
from qualtui.http import FetchError
from qualtui.notify.channels.apprise_channel import NOT_UNDERSTOOD
from qualtui.notify.channels.channel import ChannelLimits, ChannelMessage, ChannelPlace, Delivery
from qualtui.notify.channels.exchange import decoded, delivery_of, undelivered
from qualtui.notify.channels.families import LIMITS, ChannelFamily, ChannelLayout, laid_out
from qualtui.notify.channels.parsed import ParsedAddress
from qualtui.notify.channels.requests_waits import wait_in_body
from qualtui.notify.channels.telegram_api import HOST, TelegramAddress, called, telegram_address

_LAYOUT = ChannelLayout("NotifyTelegram", ChannelFamily.CHAT, LIMITS["NotifyTelegram"])


class TelegramChannel:
    """Implements Channel: a chat of a bot, whose notices can have a button."""

    def __init__(self, name: str, settings: ChannelSettings) -> None:
        self.name = name
        self.limits = ChannelLimits(float(settings.timeout), 1)
        self._address = ParsedAddress(settings.url, telegram_address)

    async def send(self, note: ChannelMessage) -> Delivery:
        """Send a message: accepted, refused, not understood, or in doubt."""
        address = await self._address.read()
        if address is None:
            return NOT_UNDERSTOOD
        try:
            answer = await called(address.bot, "sendMessage", telegram_payload(address, note), self.limits.timeout)
        except FetchError as error:
            return undelivered(error)
        return delivery_of(answer, wait_in_body(decoded(answer.body, dict)))

    def close(self) -> None:
        """Holds nothing between two messages."""


def telegram_payload(address: TelegramAddress, note: ChannelMessage) -> dict[str, Any]:
    """The message as `sendMessage` takes it: every character of the notice is text."""
    title, body = laid_out(_LAYOUT, note.title, note.body)
    text = f"<b>{html.escape(title, quote=False)}</b>"
    payload: dict[str, Any] = {
        "chat_id": address.chat_id,
        "text": f"{text}\n{html.escape(body, quote=False)}" if body else text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if address.topic:
        payload["message_thread_id"] = address.topic
    if address.silent:
        payload["disable_notification"] = True
    if note.button is not None:
        key = {"text": note.button.label, "callback_data": note.button.token}
        payload["reply_markup"] = {"inline_keyboard": [[key]]}
    return payload


def telegram_place(_settings: ChannelSettings) -> ChannelPlace:
    """Where it connects to."""
    return ChannelPlace(HOST, 443, "https")
