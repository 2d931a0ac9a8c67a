"""Who a chat is: the phones behind hidden ids, looked up a few at a time."""

import asyncio
from collections.abc import Iterable

from qualtui.gateways.gateway import Gateway
from qualtui.tracking.identity import HIDDEN, chat_key

LINKS = 50  # ids looked up in a read
AGAIN = 120.0  # s until an id that no phone is known of is looked up again
KEPT = 20_000  # ids remembered


class Lids:
    """Which phones hidden ids stand for, as far as the gateway knows."""

    def __init__(self, gateway: Gateway, limit: float) -> None:
        """`limit`: seconds that the look-ups of a read may take together."""
        self._gateway = gateway
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
            self._found[key] = (await self._gateway.phone(key), now)
        while len(self._found) > KEPT:
            self._found.pop(next(iter(self._found)))
        return {key: phone for key, (phone, _at) in self._found.items() if phone}

    def _told(self, key: str, now: float) -> bool:
        phone, at = self._found.get(key, ("", float("-inf")))
        return bool(phone) or 0 <= now - at < AGAIN
