"""Presses of buttons in Telegram, read by long polls of `getUpdates`: one reader a bot, for a second is refused.

An update is confirmed by an `offset` above its id; Telegram keeps what is not for 24 h. A press carries no time. A
second reader, or a webhook, is answered with 409. `answerCallbackQuery` has at most 200 characters of text.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from qualtui.answer import Answer
from qualtui.config.values import ChannelSettings
from qualtui.http import FetchError
from qualtui.notify.channels.apprise_channel import NOT_UNDERSTOOD
from qualtui.notify.channels.exchange import decoded, unread
from qualtui.notify.channels.parsed import ParsedAddress
from qualtui.notify.channels.replies import ButtonPress, Replies
from qualtui.notify.channels.requests_waits import wait_in_body
from qualtui.notify.channels.retry_after import requested_wait
from qualtui.notify.channels.telegram_api import TelegramAddress, called, telegram_address
from qualtui.text import clean
from qualtui.text.message import message

LONG = 25  # s for which Telegram keeps a poll open
TIMEOUT = 35.0  # s for a poll
SHORT = 10.0  # s for an answer to who pressed
MOST = 20  # updates of one poll; each repeats its message, so
LARGEST = 1024 * 1024  # bytes of an answer
CONFLICT_WAIT = 30.0  # s until the next try beside another program
TEXT = 200  # characters that an answer to a press has


class _Chat(msgspec.Struct, frozen=True):
    id: int = 0
    username: str = ""


class _Message(msgspec.Struct, frozen=True):
    chat: _Chat = _Chat()


class _User(msgspec.Struct, frozen=True):
    id: int = 0


class _Query(msgspec.Struct, frozen=True):
    id: str = ""
    data: str = ""
    message: _Message | None = None
    user: _User = msgspec.field(name="from", default_factory=_User)


class _Update(msgspec.Struct, frozen=True):
    update_id: int
    callback_query: _Query | None = None


class _Updates(msgspec.Struct, frozen=True):
    result: list[_Update]
    ok: bool = False


class TelegramReplies:
    """Implements ReplyReader for all channels of one bot."""

    always = True

    def __init__(self, bot: str, channels: Sequence[tuple[str, ChannelSettings]]) -> None:
        self.source = f"telegram/{bot}"  # its public number: update ids are each bot's own
        self.channels = tuple(name for name, _settings in channels)
        self._addresses = [(name, ParsedAddress(one.url, telegram_address)) for name, one in channels]
        self._known: list[tuple[str, TelegramAddress]] = []

    async def read(self, place: str) -> Replies:
        """What was pressed since an update."""
        if not self._known:
            found = [(name, await address.read()) for name, address in self._addresses]
            self._known = [(name, address) for name, address in found if address is not None]
        if not self._known:
            return Replies(trouble=NOT_UNDERSTOOD.reason, wait=CONFLICT_WAIT)
        ask: dict[str, Any] = {"timeout": LONG, "limit": MOST, "allowed_updates": ["callback_query"]}
        if place.isdigit():
            ask["offset"] = int(place) + 1
        try:
            answer = await called(self._known[0][1].bot, "getUpdates", ask, TIMEOUT, LARGEST)
        except FetchError as error:
            return Replies(trouble=error.said)
        return self._found(answer) if answer.status == 200 else _refused(answer)

    def _found(self, answer: Answer) -> Replies:
        updates = decoded(answer.body, _Updates)
        if updates is None or not updates.ok:
            return Replies(trouble=answer.oddity or message("it is not an answer of Telegram"))
        presses, strangers = [], 0
        for update in updates.result:
            if update.callback_query is None:
                continue
            press = self._press(str(update.update_id), update.callback_query)
            if press is None:
                strangers += 1
            else:
                presses.append(press)
        newest = max((update.update_id for update in updates.result), default=None)
        return Replies(tuple(presses), strangers, "" if newest is None else str(newest))

    def _press(self, place: str, query: _Query) -> ButtonPress | None:
        """A press in a configured chat; None for a stranger's."""
        if query.message is None or not query.data:
            return None
        chat = query.message.chat
        names = {str(chat.id), f"@{chat.username}".lower()}
        here = tuple(name for name, address in self._known if address.chat.lower() in names)
        if not here:
            return None
        return ButtonPress(query.data, place, here, personal=chat.id == query.user.id, handle=query.id)

    async def answer(self, press: ButtonPress, text: str) -> None:
        """Show the result over the chat; a press that is older than some seconds can't be answered any more."""
        if not self._known or not press.handle:
            return
        said = {"callback_query_id": press.handle, "text": clean(text, TEXT), "show_alert": True}
        try:
            await called(self._known[0][1].bot, "answerCallbackQuery", said, SHORT)
        except FetchError:
            return

    async def close(self) -> None:
        """Holds nothing between two polls."""


def _refused(answer: Answer) -> Replies:
    if answer.status == 409:
        return Replies(trouble=unread(409), conflict=True, wait=CONFLICT_WAIT)
    in_body = wait_in_body(decoded(answer.body, dict))
    return Replies(trouble=unread(answer.status), wait=requested_wait(answer.status, answer.headers, 0.0, in_body))
