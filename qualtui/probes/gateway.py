"""Is the WhatsApp gateway there, and is its session able to send?"""

import asyncio

from qualtui.config.values import GatewaySettings as Settings
from qualtui.gateways.gateway import GatewayError, GatewayFault, SessionState
from qualtui.gateways.registry import gateway_of
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError


class GatewayProbe:
    """gateway.up, gateway.working (its note is the status), gateway.seconds, three flags. Only WORKING can send.

    A gateway that is refused, silent or in error cannot send: working is 0. One that rejects our key may
    well be working: None.
    """

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/gateway"
        words = ("up", "working", "seconds", "needs_human", "silent", "session_starting")
        self.series = tuple(f"{agent}/gateway.{word}" for word in words)
        self.interval = float(settings.interval)
        self.timeout = float(settings.timeout)
        self._gateway = gateway_of(settings, keep=True)

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answers. Raises ProbeError where we could not ask."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            status = await self._gateway.status()
        except GatewayError as error:
            raise ProbeError(str(error)) from None
        note, known = str(status.note), status.can_send is not None
        silent = status.fault is GatewayFault.SILENT
        starting = status.state is SessionState.STARTING
        can_send = None if status.can_send is None else float(status.can_send)
        at = now + clock() - started
        return (
            Sample(self.series[0], at, float(status.up), "" if status.up else note),
            Sample(self.series[1], at, can_send, note),
            Sample(self.series[2], at, status.seconds, "" if status.seconds is not None else note),
            Sample(self.series[3], at, float(status.needs_human) if status.up and known else None, note),
            Sample(self.series[4], at, float(silent), note if silent else ""),
            Sample(self.series[5], at, float(starting) if known else None, note),
        )

    async def close(self) -> None:
        """Gives back the connection."""
        await self._gateway.close()
