"""How long has the gateway's server been running?"""

import asyncio

from qualtui.config.values import GatewaySettings as Settings
from qualtui.gateways.gateway import GatewayError
from qualtui.gateways.registry import gateway_of
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.text import _

EVERY = 60.0  # s: a restart is seen by what is left of the uptime, however seldom one looks


class GatewayUptimeProbe:
    """gateway.uptime; the note says when it fell: the server was restarted."""

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/uptime"
        self.series = (f"{agent}/gateway.uptime",)
        self.interval = EVERY
        self.timeout = float(settings.timeout)
        self._gateway = gateway_of(settings, keep=True)
        self._last: float | None = None

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answer. Raises ProbeError where there is none: gateway.up shows what that means."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            seconds = await self._gateway.uptime()
        except GatewayError as error:
            raise ProbeError(str(error)) from None
        restarted = self._last is not None and seconds < self._last
        self._last = seconds
        return (Sample(self.series[0], now + clock() - started, seconds, _("restarted") if restarted else ""),)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._gateway.close()
