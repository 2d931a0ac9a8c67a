"""The dead-man's switch: a URL that is pinged while the engine is well, so that its silence is noticed."""

import asyncio
import logging
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from qualtui.config.values import Secret
from qualtui.engine.own_health import OwnHealth
from qualtui.http import Fetcher, FetchError
from qualtui.text.message import Saying, message

log = logging.getLogger(__name__)

EVERY = 60.0  # s between two pings
UNSIGHTED = 5.0  # s until the next look, while nothing is known of the outside
TIMEOUT = 10.0  # s for a ping
PATIENCE = 300.0  # s of failing pings before a banner


class PingSignal(StrEnum):
    """What is sent: ALIVE, FAIL for a known fault of our own, SILENT while nothing is known."""

    ALIVE = "alive"
    FAIL = "fail"
    SILENT = "silent"


def signal_for(health: OwnHealth) -> PingSignal:
    """Return what to send: who cannot see must not say that all is watched."""
    if health.fault:
        return PingSignal.FAIL
    return PingSignal.ALIVE if health.sighted else PingSignal.SILENT


def fail_url(url: str) -> str:
    """Return the address for a failure: `/fail` behind the path, as healthchecks.io has it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/fail"))


class DeadManSwitch:
    """Pings in a separate task: it delays nothing, and a failure is logged and shown, never raised."""

    def __init__(
        self, health: Callable[[], OwnHealth], clock: Callable[[], float], *, every: float = EVERY
    ) -> None:
        self._health = health
        self._clock = clock
        self._every = every
        self._failing_since: float | None = None
        self._reason: Saying = ""

    @property
    def trouble(self) -> Saying:
        """Empty, or one line: the pings do not arrive."""
        since = self._failing_since
        if since is None or self._clock() - since < PATIENCE:
            return ""
        age = self._clock() - since
        return message("the dead-man's switch is not reached for {age:span}: {why}", age=age, why=self._reason)

    async def run(self, url: Secret | None) -> None:
        """Ping until cancelled; nothing where there is no URL."""
        self._failing_since = None
        if url is None or not url.reveal():
            return
        ways = {
            PingSignal.ALIVE: Fetcher(url.reveal(), {}, TIMEOUT, keep=False),
            PingSignal.FAIL: Fetcher(fail_url(url.reveal()), {}, TIMEOUT, keep=False),
        }
        try:
            while True:
                way = ways.get(signal_for(self._health()))
                if way is None:
                    await asyncio.sleep(min(UNSIGHTED, self._every))
                    continue
                self._note(await _pinged(way))
                await asyncio.sleep(self._every)
        finally:
            for way in ways.values():
                await way.close()

    def _note(self, reason: Saying) -> None:
        if not reason:
            self._failing_since = None
            return
        if self._failing_since is None:
            self._failing_since = self._clock()
            log.warning("the dead-man's switch is not reached: %s", reason)
        self._reason = reason


async def _pinged(way: Fetcher) -> Saying:
    """Why a ping did not arrive; empty where it did. Without its address, which is a secret."""
    try:
        answer = await way.get()
    except FetchError as error:
        return error.said
    if 200 <= answer.status < 300:
        return ""
    return message("HTTP {status:whole}", status=answer.status)
