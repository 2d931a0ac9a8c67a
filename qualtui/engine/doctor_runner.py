"""The doctor for windows: bounded in time, one run at a time, and not again soon."""

import asyncio
from collections.abc import AsyncIterator, Callable

from qualtui.config.values import Config
from qualtui.model.findings import Finding, skipped
from qualtui.text.message import message
from qualtui.wire import EXAMINING, Findings

REST = 30.0  # s between two runs: each sends the bot seven requests, and its replies wait meanwhile
ORDER = 5.0  # s of the limit left for finishing the running check

Time = Callable[[], float]
RunDoctor = Callable[[Config, Time, float], AsyncIterator[Finding]]


def _doctor(config: Config, time: Time, most: float) -> AsyncIterator[Finding]:
    from qualtui.doctor.run import run_doctor

    return run_doctor(config, time, most)


class DoctorRunner:
    """Checks the present configuration; requests during a run, or soon after it, get the same result."""

    def __init__(self, clock: Time, run_doctor: RunDoctor = _doctor, limit: float = EXAMINING) -> None:
        self._clock = clock
        self._run_doctor = run_doctor
        self._limit = limit  # s
        self._turn = asyncio.Lock()
        self._config = Config(agents={})
        self._last: Findings | None = None

    def use(self, config: Config) -> None:
        """Take a configuration; findings on another one are dropped."""
        self._config = config
        self._last = None

    async def findings(self) -> Findings:
        """New findings, or the last ones if they are younger than REST."""
        async with self._turn:
            last, config = self._last, self._config
            if last is not None and 0 <= self._clock() - last.at < REST:
                return last
            began = self._clock()
            found = await self._found(config)
            now = self._clock()
            findings = Findings(tuple(found), now, max(0.0, now - began), now + REST)
            if config is self._config:
                self._last = findings
            return findings

    async def _found(self, config: Config) -> list[Finding]:
        found: list[Finding] = []
        try:
            async with asyncio.timeout(self._limit):
                async for finding in self._run_doctor(config, self._clock, self._limit - ORDER):
                    found.append(finding)
        except TimeoutError:
            why = message(
                "not finished within {limit:seconds}: what is missing here was not checked", limit=self._limit
            )
            found.append(skipped("doctor", message("doctor"), why, message("qualtui doctor waits longer")))
        return found
