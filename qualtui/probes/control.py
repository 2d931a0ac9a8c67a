"""Does an unrelated target answer? It separates a failure of our network from one of theirs."""

import asyncio

from qualtui.config.values import ControlSettings as Settings
from qualtui.http import Fetcher, FetchError
from qualtui.model import Sample
from qualtui.text.message import Saying


class ControlProbe:
    """control.up: 1 for any HTTP answer, 0 for none, whoever's fault: that is what it is for."""

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/control"
        self.series = (f"{agent}/control.up",)
        self.interval = float(settings.interval)
        self.timeout = float(settings.timeout)
        self._fetcher = Fetcher(settings.url, {}, self.timeout, keep=False)

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answer; it is never unknown."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            await self._fetcher.get()
            up: float = 1.0
            note: Saying = ""
        except FetchError as error:
            up, note = 0.0, error.text
        return (Sample(self.series[0], now + clock() - started, up, note),)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()
