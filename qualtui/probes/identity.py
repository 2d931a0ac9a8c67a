"""Who a chat is: the phones behind hidden ids, and whether the gateway knows its own."""

import asyncio
from collections.abc import Callable, Iterable
from urllib.parse import quote

import msgspec

from qualtui.config.values import GatewaySettings
from qualtui.http import Fetcher, FetchError
from qualtui.tracking.identity import HIDDEN, chat_key

LINKS = 50  # ids looked up in a read
AGAIN = 120.0  # s until an id that no phone is known of is looked up again
KEPT = 20_000  # ids remembered


class _Link(msgspec.Struct, frozen=True):
    pn: str | None = None


class _Owner(msgspec.Struct, frozen=True):
    status: str = ""
    me: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_link = msgspec.json.Decoder(_Link)
_owner = msgspec.json.Decoder(_Owner)


class Lids:
    """Which phones hidden ids stand for (WAHA: GET /api/{session}/lids/{lid}), as far as the gateway knows."""

    def __init__(self, settings: GatewaySettings, fetcher: Callable[[str], Fetcher], limit: float) -> None:
        """`limit`: seconds that the look-ups of a read may take together."""
        self._base = f"{settings.url.rstrip('/')}/api/{quote(settings.session, safe='')}/lids"
        self._fetcher = fetcher
        self._limit = limit
        self._found: dict[str, tuple[str, float]] = {}  # by id: the number, empty where unknown, and when asked

    async def phones(self, ids: Iterable[str], now: float) -> dict[str, str]:
        """By hidden id the number that it stands for: all that are known, after a look for some of `ids`."""
        clock = asyncio.get_running_loop().time
        until = clock() + self._limit
        hidden = {key for one in ids if (key := chat_key(one)).endswith(HIDDEN)}
        due = sorted(
            (key for key in hidden if not self._told(key, now)), key=lambda key: self._found.get(key, ("", 0.0))[1]
        )
        for key in due[:LINKS]:
            if clock() > until:
                break
            self._found[key] = (await self._ask(key), now)
        while len(self._found) > KEPT:
            self._found.pop(next(iter(self._found)))
        return {key: phone for key, (phone, _at) in self._found.items() if phone}

    def _told(self, key: str, now: float) -> bool:
        phone, at = self._found.get(key, ("", float("-inf")))
        return bool(phone) or 0 <= now - at < AGAIN

    async def _ask(self, key: str) -> str:
        fetcher = self._fetcher(f"{self._base}/{quote(key, safe='')}")
        try:
            answer = await fetcher.get()
            if answer.status != 200 or not (answer.whole and answer.plain):
                return ""
            found = chat_key(_link.decode(answer.body).pn or "")
        except (FetchError, msgspec.DecodeError, RecursionError, UnicodeError):
            return ""
        finally:
            await fetcher.close()
        return "" if found.endswith(HIDDEN) else found


async def nameless(fetcher: Fetcher) -> bool:
    """Whether a session says WORKING and belongs to nobody (`me: null`); False where it does not tell."""
    try:
        answer = await fetcher.get()
        if answer.status != 200 or not (answer.whole and answer.plain):
            return False
        told = _owner.decode(answer.body)
    except (FetchError, msgspec.DecodeError, RecursionError, UnicodeError):
        return False
    finally:
        await fetcher.close()
    return told.status == "WORKING" and told.me is not msgspec.UNSET and bytes(told.me) == b"null"
