"""Does the agent answer GET /health, and how fast?"""

import asyncio

from qualtui.config.values import HealthSettings as Settings
from qualtui.http import Answer, Failure, Fetcher, FetchError
from qualtui.model import UNSAID, Sample
from qualtui.probes.probe import ProbeError
from qualtui.probes.services import NOTHING_SAID, HealthAnswer, health_answer, not_json
from qualtui.text import clean
from qualtui.text.message import Saying, message

NAMED = 5  # services that are named

_WORDS = ("up", "refused", "seconds", "silent", "database", "gateway")


class HealthProbe:
    """health.up, .refused, .seconds, .silent, and what it says of .database and .gateway.

    A refusal, an error status, silence, or a service that the agent calls broken is a fresh 0.

    Each request opens a new connection: the agent's worker keeps none, and a kept one would be found
    closed by every second recycling.
    """

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/health"
        self.series = tuple(f"{agent}/health.{word}" for word in _WORDS)
        self.interval = float(settings.interval)
        self.timeout = float(settings.timeout)
        self._fetcher = Fetcher(settings.url, {}, self.timeout, keep=False)

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answers. Raises ProbeError where we could not ask: no name, no route, no trusted certificate."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            answer = await self._fetcher.get()
        except FetchError as error:
            if error.failure is Failure.LOCAL:
                raise ProbeError(error.text) from None
            # Silence took at least this long; a refusal says nothing about the time of an answer.
            seconds = error.seconds if error.failure is Failure.TIMEOUT else None
            refused = error.failure is Failure.REFUSED
            silent = error.failure is Failure.TIMEOUT
            return self._samples(now + clock() - started, False, refused, seconds, error.text, silent=silent)
        note = health_samples(answer)
        said = health_answer(answer) or NOTHING_SAID
        return self._samples(now + clock() - started, not note, False, answer.seconds, note, said=said)

    def _samples(
        self,
        at: float,
        up: bool,
        refused: bool,
        seconds: float | None,
        note: Saying,
        *,
        silent: bool = False,
        said: HealthAnswer = NOTHING_SAID,
    ) -> tuple[Sample, ...]:
        names = self.series
        return (
            Sample(names[0], at, float(up), note),
            Sample(names[1], at, float(refused), note if refused else ""),
            Sample(names[2], at, seconds, note if seconds is None else ""),
            Sample(names[3], at, float(silent), note if silent else ""),
            _said(names[4], at, said.link("database"), up, note),
            _said(names[5], at, said.link("gateway"), up, note),
        )

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()


def _said(series: str, at: float, well: float | None, up: bool, note: Saying) -> Sample:
    """What /health says of a service; an answer that is well need not name it."""
    if well is None and up:
        return Sample(series, at, None, message("/health does not say how it is"), UNSAID)
    return Sample(series, at, well, note)


def health_samples(answer: Answer) -> Saying:
    """What is wrong with an answer of /health, in a few words; empty: nothing.

    A JSON object without a status says nothing against itself; the services that it calls down are named.
    """
    said = health_answer(answer)
    broken = ", ".join(said.down[:NAMED]) if said else ""
    if answer.status != 200:
        return (
            message("HTTP {status}: {broken}", status=str(answer.status), broken=broken)
            if broken
            else answer.words
        )
    if not answer.whole:
        return message("more than 64 kB")
    if said is None:
        return not_json(answer)
    return clean(broken or said.bad)
