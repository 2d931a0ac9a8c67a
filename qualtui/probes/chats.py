"""The gateway's own chats: who wrote last in each. Texts, names and pictures are dropped as they are read."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import TypeVar
from urllib.parse import quote

import msgspec

from qualtui.config.values import WahaProbe as Settings
from qualtui.fetch import Answer, Fetcher, FetchError
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.signals.chats import KEPT, SETTLE, Chat, Chats, Said, looked, number, taken
from qualtui.text import _

PAGE = 50  # chats a question
PAGES = 40  # a read of all takes no more
LOOKS = 5  # chats a read, of which the newest messages are read as well
MESSAGES = 20  # of these, so many
RECENT = 5.0  # s: chats that were read so shortly ago are as good as new
AGAIN = 120.0  # s: a read goes back so far behind the one before
WHOLE_EVERY = 600.0  # s between two reads that go back to the beginning
BODY = 8 * 1024 * 1024  # bytes of a page: engines add their own data to each message
LEAST_TIMEOUT = 20.0  # s: a page is slower than a status
_MILLISECONDS = 1e11  # a later date in seconds than any
_LATEST = 4e9  # s: what claims to be later is no date


_REFUSALS = {
    400: _("the gateway keeps no chats: NOWEB needs its store (config.noweb.store)"),
    401: _("unauthorized"),
    403: _("unauthorized"),
    404: _("the gateway has no chats overview: it is older than that, or the session is unknown"),
    422: _("the session is not WORKING"),
    501: _("the gateway's engine has no chats overview"),
}
T = TypeVar("T")


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    timestamp: float = 0.0
    from_me: bool = False
    ack: int | None = None
    body: str | None = None
    has_media: bool = False

    @property
    def at(self) -> float:
        """In seconds, where an engine gives milliseconds, too."""
        return self.timestamp / 1000 if self.timestamp > _MILLISECONDS else self.timestamp

    @property
    def counts(self) -> bool:
        """Whether somebody said something: a notice of the chat itself and a missed call have neither."""
        return 0 < self.at < _LATEST and (self.from_me or self.has_media or bool(self.body))

    def said(self) -> Said:
        """The message without its text."""
        return Said(self.at, self.from_me, self.ack)


class _Summary(msgspec.Struct, frozen=True, rename="camel"):
    id: str = ""
    last_message: _Message | None = None


_page = msgspec.json.Decoder(list[_Summary])
_messages = msgspec.json.Decoder(list[_Message])


class ChatsProbe:
    """waha.chats_waiting, and `chats` for the fast lane. `born`: chats older than this are nobody's (our clock).

    What the chats say is read in pages, newest first, as far back as the read before; at the start and every ten
    minutes as far back as `born` or a week.
    """

    def __init__(self, agent: str, settings: Settings, born: Callable[[], float | None]) -> None:
        self.name = f"{agent}/chats"
        self.series = (f"{agent}/waha.chats_waiting",)
        self.interval = float(settings.chats_interval)
        self.timeout = max(LEAST_TIMEOUT, float(settings.timeout))
        self.chats = Chats()
        self._ids: dict[str, str] = {}  # by number: the ids of chats that wait
        self._born = born
        self._headers = {} if settings.key is None else {"X-Api-Key": settings.key.reveal()}
        self._base = chats_url(settings)
        self._first = self._fetcher(overview(self._base), keep=True)
        self._whole_at = float("-inf")
        self._turn = asyncio.Lock()
        self._asked_at = (0.0, 0.0)  # when the newest read began, by our clock and by the loop's

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answer. Raises ProbeError where the gateway does not tell: what was known of the chats stays."""
        async with self._turn:
            return await self._ask(now)

    async def refresh(self) -> None:
        """Reads what is new, for one who is about to act on it; a gateway that does not tell changes nothing."""
        async with self._turn:
            began, started = self._asked_at
            now = began + asyncio.get_running_loop().time() - started
            if began and now - self.chats.read_at >= RECENT:
                with contextlib.suppress(ProbeError):
                    await self._ask(now)

    async def _ask(self, now: float) -> tuple[Sample, ...]:
        clock = asyncio.get_running_loop().time
        started = clock()
        self._asked_at = (now, started)
        told = self._born()
        born = now if told is None else told
        whole = now - self._whole_at >= WHOLE_EVERY
        start = max(now - KEPT, born) if whole else self.chats.read_at - AGAIN
        self.chats = await self._looked(await self._read(now, start), born)
        if whole:
            self._whole_at = now
        return (Sample(self.series[0], now + clock() - started, float(len(self.chats.waiting(born)))),)

    async def _read(self, now: float, start: float) -> Chats:
        chats = self.chats
        for page in range(PAGES):
            fetcher = self._fetcher(overview(self._base, page)) if page else self._first
            found = decoded(await self._asked(fetcher))
            self._ids |= {number(one.id): one.id for one in found}
            chats = taken(chats, _last_messages(found), now)
            oldest = min((one.last_message.at for one in found if one.last_message is not None), default=0.0)
            if len(found) < PAGE or oldest < start:
                break
        self._ids = {key: one for key, one in self._ids.items() if key in chats.open}
        return chats

    async def _looked(self, chats: Chats, born: float) -> Chats:
        """The chats, after the newest messages of a few that wait: their last one may not tell since when."""
        due = [key for key in chats.waiting(born) if not chats.open[key].looked and key in self._ids]
        found: dict[str, Chat] = {}
        for key in [key for key in due if chats.read_at - chats.open[key].last.at > SETTLE][:LOOKS]:
            chat = quote(self._ids[key], safe="")
            url = f"{self._base}/{chat}/messages?limit={MESSAGES}&downloadMedia=false"
            told = _decode(_messages, await self._asked(self._fetcher(url)))
            found[key] = looked(chats.open[key], [one.said() for one in told if one.counts])
        return chats.having(found, chats.read_at)

    def _fetcher(self, url: str, *, keep: bool = False) -> Fetcher:
        return Fetcher(url, self._headers, self.timeout / 2, keep=keep, limit=BODY)

    async def _asked(self, fetcher: Fetcher) -> Answer:
        try:
            return await fetcher.get()
        except FetchError as error:
            raise ProbeError(error.text) from None
        finally:
            if fetcher is not self._first:
                await fetcher.close()

    async def close(self) -> None:
        """Gives back the connection."""
        await self._first.close()


def chats_url(settings: Settings) -> str:
    """The address of the session's chats."""
    return f"{settings.url.rstrip('/')}/api/{quote(settings.session, safe='')}/chats"


def overview(base: str, page: int = 0, size: int = PAGE) -> str:
    """The address of a page of chats, newest first (WAHA: GET /api/{session}/chats/overview)."""
    return f"{base}/overview?limit={size}&offset={page * size}"


def decoded(answer: Answer) -> list[_Summary]:
    """The chats in an answer. Raises ProbeError, which says why there are none."""
    return _decode(_page, answer)


def _decode(decoder: msgspec.json.Decoder[list[T]], answer: Answer) -> list[T]:
    if answer.status in _REFUSALS:
        raise ProbeError(_REFUSALS[answer.status])
    if answer.status != 200:
        raise ProbeError(f"HTTP {answer.status}")
    if not (answer.whole and answer.plain):
        raise ProbeError(_("more than {} MB of chats").format(BODY // 2**20))
    try:
        return decoder.decode(answer.body)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise ProbeError(_("not the gateway's chats")) from None


def _last_messages(page: Iterable[_Summary]) -> list[tuple[str, Said]]:
    lasts = [(one.id, one.last_message) for one in page]
    return [(chat_id, last.said()) for chat_id, last in lasts if last is not None and last.counts]
