"""What does the agent say of itself at GET /metrics?"""

import asyncio

from qualtui.config.values import MetricsSettings as Settings
from qualtui.http import Fetcher, FetchError
from qualtui.model import EARLY, Sample
from qualtui.probes.probe import ProbeError
from qualtui.series.evidence import stale_after
from qualtui.text.message import Saying, Text, message
from qualtui.tracking.counters import NAMES, NOT_COUNTERS, CountersError, Looks, counters, sends_claimed, with_look


class MetricsProbe:
    """agent.*: the worker's own counters over the last hour, summed over its recyclings.

    What they were before the first look is not known, so the first answer has no values; nor has that after a
    gap of an hour.
    """

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/metrics"
        self.series = tuple(f"{agent}/{name}" for name in NAMES)
        self.interval = float(settings.interval)
        self.timeout = float(settings.timeout)
        self._agent = agent
        self._fetcher = Fetcher(settings.url, {}, self.timeout, keep=False)
        self._looks = Looks()

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answers. Raises ProbeError where there are no counters to be had."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            answer = await self._fetcher.get()
            if answer.status != 200:
                raise ProbeError(answer.words)
            if not (answer.whole and answer.plain):
                raise ProbeError(_odd(NOT_COUNTERS, answer.oddity))
            after = counters(answer.body)
        except FetchError as error:
            raise ProbeError(error.text) from None
        except CountersError as error:
            raise ProbeError(_odd(error.text, answer.oddity)) from None
        at = now + clock() - started
        self._looks = with_look(self._looks, after, now, at)
        answers = sends_claimed(self._looks, at, stale_after(self.interval, self.timeout))
        return tuple(
            Sample(f"{self._agent}/{name}", at, value, note, EARLY if value is None else "")
            for name, (value, note) in answers.items()
        )

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()


def _odd(problem: Text, oddity: Saying) -> Text:
    """What is wrong with an answer, and what it is instead, where that shows."""
    return message("{problem}: {oddity}", problem=problem, oddity=oddity) if oddity else problem
