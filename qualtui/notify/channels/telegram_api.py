"""Telegram's Bot API as far as channels use it (core.telegram.org/bots/api).

A method is `POST https://api.telegram.org/bot<token>/<method>` with JSON. Its answer is `{"ok": true, "result"}`,
or `{"ok": false, "error_code", "description", "parameters": {"retry_after"}}` under the status of `error_code`.
"""

from typing import Any

import msgspec

from qualtui.answer import Answer
from qualtui.config.values import Secret
from qualtui.http import Fetcher
from qualtui.notify.channels.apprise_channel import plugin_of

HOST = "api.telegram.org"


class TelegramAddress(msgspec.Struct, frozen=True):
    """What a tgram:// address says: one bot, one chat. Its repr shows nothing secret."""

    bot: str
    chat: str  # a number, or @name of a channel or group
    topic: int = 0  # of a forum
    silent: bool = False

    def __repr__(self) -> str:
        return "TelegramAddress(***)"

    @property
    def chat_id(self) -> int | str:
        """The chat as the API takes it."""
        return self.chat if self.chat.startswith("@") else int(self.chat)


class TelegramAnswer(msgspec.Struct, frozen=True):
    """What every answer of the API has."""

    ok: bool = False
    description: str = ""
    parameters: dict[str, Any] = {}


def telegram_address(url: Secret) -> TelegramAddress | None:
    """Read a tgram:// address of one chat; None for any other."""
    plugin = plugin_of(url)
    if type(plugin).__name__ != "NotifyTelegram" or len(plugin.targets) != 1:
        return None
    chat, topic = plugin.targets[0]
    return TelegramAddress(str(plugin.bot_token), str(chat), int(topic or 0), bool(plugin.silent))


def method(bot: str, name: str, timeout: float, limit: int = 64 * 1024) -> Fetcher:
    """Requests to a method of a bot."""
    return Fetcher(f"https://{HOST}/bot{bot}/{name}", {}, timeout, keep=False, limit=limit)


async def called(bot: str, name: str, payload: dict[str, Any], timeout: float, limit: int = 64 * 1024) -> Answer:
    """The answer of a method, called once. Raises FetchError."""
    fetcher = method(bot, name, timeout, limit)
    try:
        return await fetcher.post(msgspec.json.encode(payload))
    finally:
        await fetcher.close()
