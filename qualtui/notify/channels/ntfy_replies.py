"""The reply topic of an ntfy channel: read by short polls while a button can be pressed.

A poll is `GET /TOPIC/json?poll=1&since=...`: one JSON object a line, of which the events `message` count. `since`
is a moment of the server's clock in seconds, or a span. ntfy.sh allows one request in 5 s from one address.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from qualtui.config.values import ChannelSettings
from qualtui.http import Fetcher, FetchError
from qualtui.notify.channels.apprise_channel import NOT_UNDERSTOOD
from qualtui.notify.channels.exchange import decoded, unread
from qualtui.notify.channels.ntfy import NtfyAddress, ntfy_address, reply_topic
from qualtui.notify.channels.parsed import ParsedAddress
from qualtui.notify.channels.replies import ButtonPress, Replies
from qualtui.notify.channels.retry_after import http_age, http_time, requested_wait

EVERY = 10.0  # s between two polls
TIMEOUT = 10.0  # s for a poll
BACK = "15m"  # how far back the first poll looks: what was pressed before has lapsed
SEEN = 5000  # ids that are remembered
LARGEST = 1024 * 1024  # bytes of a poll: a stranger who floods the topic must not hide a press
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class _Line(msgspec.Struct, frozen=True):
    """What counts of a message."""

    event: str = ""
    id: str = ""
    time: int = 0
    message: str = ""


class NtfyReplies:
    """Implements ReplyReader."""

    always = False

    def __init__(self, name: str, settings: ChannelSettings) -> None:
        self.source = f"ntfy/{name}"
        self.channels = (name,)
        self._address = ParsedAddress(settings.url, ntfy_address)
        self._topic = reply_topic(settings)
        self._seen: dict[str, None] = {}

    async def read(self, place: str) -> Replies:
        """What was published since a place, `TIME:ID`."""
        address = await self._address.read()
        if address is None:
            return Replies(trouble=NOT_UNDERSTOOD.reason, wait=EVERY)
        since = place.partition(":")[0] or BACK
        fetcher = self._fetcher(address, since)
        try:
            answer = await fetcher.get()
        except FetchError as error:
            return Replies(trouble=error.said, wait=EVERY)
        finally:
            await fetcher.close()
        if answer.status != 200:
            wait = requested_wait(answer.status, answer.headers, http_time(answer.headers.get("date", "")) or 0.0)
            return Replies(trouble=unread(answer.status), wait=max(EVERY, wait))
        if answer.oddity:
            return Replies(trouble=answer.oddity, wait=EVERY)
        return self._found(answer.body, answer.headers, place)

    def _fetcher(self, address: NtfyAddress, since: str) -> Fetcher:
        url = f"{address.base}/{self._topic}/json?poll=1&since={quote(since, safe='')}"
        return Fetcher(url, address.headers, TIMEOUT, keep=False, limit=LARGEST)

    def _found(self, body: bytes, headers: Mapping[str, str], place: str) -> Replies:
        """The new presses, oldest first; what is no token of ours is only counted."""
        after, _colon, newest = place.partition(":")
        first = int(after) if after.isdigit() else 0
        lines = [line for raw in body.split(b"\n") if (line := decoded(raw, _Line)) is not None]
        fresh = sorted(
            (one for one in lines if one.event == "message" and one.id and one.time >= first),
            key=lambda one: one.time,
        )
        fresh = [one for one in fresh if one.id != newest and one.id not in self._seen]
        presses = tuple(
            ButtonPress(one.message, f"{one.time}:{one.id}", self.channels, http_age(headers, one.time))
            for one in fresh
            if TOKEN.fullmatch(one.message)
        )
        for one in fresh:
            self._seen[one.id] = None
        while len(self._seen) > SEEN:
            del self._seen[next(iter(self._seen))]
        on = f"{fresh[-1].time}:{fresh[-1].id}" if fresh else ""
        return Replies(presses, len(fresh) - len(presses), on, wait=EVERY)

    async def answer(self, press: ButtonPress, text: str) -> None:
        """ntfy shows nothing to who pressed: the incident's next notice says who has it."""

    async def close(self) -> None:
        """Holds nothing between two polls."""
