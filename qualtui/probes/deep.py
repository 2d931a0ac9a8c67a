"""What does the agent's own deep health check say of each of its services (S21)?"""

import asyncio

import msgspec

from qualtui.config.values import HealthProbe as Settings
from qualtui.fetch import Answer, Fetcher, FetchError
from qualtui.model import Sample
from qualtui.probes.http import WELL
from qualtui.probes.probe import ProbeError
from qualtui.text import _, clean

NAMED = 5  # services that are named


class _Service(msgspec.Struct, frozen=True):
    status: str = ""


class _Body(msgspec.Struct, frozen=True):
    status: str = ""
    services: dict[str, _Service] = {}


_body = msgspec.json.Decoder(_Body)


class DeepProbe:
    """deep.up, and deep.broken: how many services are not well, the note naming them."""

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/deep"
        self.series = (f"{agent}/deep.up", f"{agent}/deep.broken")
        self.interval = float(settings.deep_interval)
        self.timeout = float(settings.timeout)
        self._fetcher = Fetcher(settings.deep, {}, self.timeout, keep=False)

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answers. Raises ProbeError where it cannot be asked: no answer at all is /health's to tell."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            answer = await self._fetcher.get()
        except FetchError as error:
            raise ProbeError(error.text) from None
        up, broken, note = judged(answer)
        at = now + clock() - started
        return Sample(self.series[0], at, up, note), Sample(self.series[1], at, broken, note)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()


def judged(answer: Answer) -> tuple[float, float | None, str]:
    """Up, broken services, and which. Raises ProbeError where the agent has no such check.

    An error status with a body tells of its services; without one, how many are broken is not known.
    """
    if answer.status in (404, 405, 501):
        raise ProbeError(_("the agent has no deep health check"))
    try:
        body = _body.decode(answer.body) if answer.whole and answer.plain else None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        body = None
    if body is None:
        return 0.0, None, f"HTTP {answer.status}" if answer.status != 200 else "not JSON"
    broken = [
        clean(f"{name} {service.status}", 40)
        for name, service in body.services.items()
        if service.status.lower() not in WELL
    ]
    well = answer.status == 200 and body.status.lower() in WELL and not broken
    return float(well), float(len(broken)), ", ".join(broken[:NAMED])
