"""The doctor's examination for windows: bounded, one at a time, and not soon again."""

import asyncio
from collections.abc import AsyncIterator, Callable

from qualtui.config.values import Config
from qualtui.model.findings import Finding, skipped
from qualtui.text import _
from qualtui.wire import EXAMINING, Findings

REST = 30.0  # s between two examinations: each asks the bot seven times, and its replies wait meanwhile
ORDER = 5.0  # s of the limit that are left to end what is under way

Time = Callable[[], float]
Examine = Callable[[Config, Time, float], AsyncIterator[Finding]]


def _doctor(config: Config, time: Time, most: float) -> AsyncIterator[Finding]:
    from qualtui.doctor.run import run_doctor

    return run_doctor(config, time, most)


class DoctorRunner:
    """Examines the present configuration; who asks while that runs, or soon after, is told the same."""

    def __init__(self, clock: Time, run_doctor: Examine = _doctor, limit: float = EXAMINING) -> None:
        self._clock = clock
        self._examine = run_doctor
        self._limit = limit  # s
        self._turn = asyncio.Lock()
        self._config = Config(agents={})
        self._last: Findings | None = None

    def use(self, config: Config) -> None:
        """Takes a configuration; what was found with another one lapses."""
        self._config = config
        self._last = None

    async def findings(self) -> Findings:
        """A new examination, or the last one where that is younger than REST."""
        async with self._turn:
            last, config = self._last, self._config
            if last is not None and 0 <= self._clock() - last.at < REST:
                return last
            began = self._clock()
            found = await self._found(config)
            now = self._clock()
            told = Findings(tuple(found), now, max(0.0, now - began), now + REST)
            if config is self._config:
                self._last = told
            return told

    async def _found(self, config: Config) -> list[Finding]:
        found: list[Finding] = []
        try:
            async with asyncio.timeout(self._limit):
                async for finding in self._examine(config, self._clock, self._limit - ORDER):
                    found.append(finding)
        except TimeoutError:
            why = _("not done within {:g}s: what is missing here was not looked at").format(self._limit)
            found.append(skipped("doctor", _("examination"), why, _("`qualtui doctor` waits longer")))
        return found
