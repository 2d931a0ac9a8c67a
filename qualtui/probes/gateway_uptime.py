"""How long has the gateway's server been running?"""

import asyncio

from qualtui.config.values import GatewaySettings as Settings
from qualtui.http import Fetcher, FetchError
from qualtui.model import Sample
from qualtui.probes.json_series import json_number
from qualtui.probes.probe import ProbeError
from qualtui.text import _

EVERY = 60.0  # s: a restart is seen by what is left of the uptime, however seldom one looks


class GatewayUptimeProbe:
    """gateway.uptime from GET /api/server/status; the note says when it fell: the server was restarted."""

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/uptime"
        self.series = (f"{agent}/gateway.uptime",)
        self.interval = EVERY
        self.timeout = float(settings.timeout)
        headers = {} if settings.key is None else {"X-Api-Key": settings.key.reveal()}
        self._fetcher = Fetcher(f"{settings.url.rstrip('/')}/api/server/status", headers, self.timeout, keep=True)
        self._last: float | None = None

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answer. Raises ProbeError where there is none: gateway.up tells what that means."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            answer = await self._fetcher.get()
        except FetchError as error:
            raise ProbeError(error.text) from None
        seconds = json_number(answer, "/uptime") / 1000
        restarted = self._last is not None and seconds < self._last
        self._last = seconds
        return (Sample(self.series[0], now + clock() - started, seconds, _("restarted") if restarted else ""),)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()
