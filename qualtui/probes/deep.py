"""What does the agent's own deep health check say of each of its services (S21)?"""

import asyncio
from typing import NamedTuple

from qualtui.config.values import HealthSettings as Settings
from qualtui.http import Answer, Failure, Fetcher, FetchError
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.probes.services import NOTHING_SAID, HealthAnswer, health_answer, not_json
from qualtui.text.message import Saying, message

NAMED = 5  # services that are named


class DeepVerdict(NamedTuple):
    """How many services are broken (None: not known), in a few words, and all that was said."""

    broken: float | None
    note: Saying
    said: HealthAnswer = NOTHING_SAID


class DeepProbe:
    """deep.up; deep.broken: how many services are not well, named in its note; deep.database, .gateway, .silent.

    A refusal, an error status or silence is a fresh 0 of deep.up. Silence alone says of no service that it is
    broken: a bot that replies to somebody has no time for it.
    """

    def __init__(self, agent: str, settings: Settings) -> None:
        self.name = f"{agent}/deep"
        self.series = tuple(f"{agent}/deep.{word}" for word in ("up", "broken", "database", "gateway", "silent"))
        self.interval = float(settings.deep_interval)
        self.timeout = float(settings.timeout)
        self._fetcher = Fetcher(settings.deep, {}, self.timeout, keep=False)

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answers. Raises ProbeError where we could not ask, or the agent has no such check."""
        clock = asyncio.get_running_loop().time
        started = clock()
        silent = False
        try:
            verdict = deep_verdict(await self._fetcher.get())
        except FetchError as error:
            if error.failure is Failure.LOCAL:
                raise ProbeError(error.text) from None
            silent = error.failure is Failure.TIMEOUT
            verdict = DeepVerdict(None if silent else 1.0, error.text)
        at = now + clock() - started
        up, broken, database, gateway, unheard = self.series
        return (
            Sample(up, at, float(verdict.broken == 0), verdict.note),
            Sample(broken, at, verdict.broken, verdict.note),
            Sample(database, at, verdict.said.link("database"), verdict.note),
            Sample(gateway, at, verdict.said.link("gateway"), verdict.note),
            Sample(unheard, at, float(silent), verdict.note if silent else ""),
        )

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()


def deep_verdict(answer: Answer) -> DeepVerdict:
    """What an answer says. Raises ProbeError where the agent has no such check.

    Where only the whole is called bad, by its word or its status, something is broken: one service at least.
    """
    if answer.status in (404, 405, 501):
        raise ProbeError(message("the agent has no deep health check"))
    wrong = "" if answer.status == 200 else answer.words
    said = health_answer(answer)
    if said is None:
        return DeepVerdict(1.0, wrong or not_json(answer))
    empty = said.word is None and not said.services
    silent = message("says nothing") if empty else ""
    note: Saying = ", ".join(said.broken[:NAMED]) or wrong or said.bad or silent
    return DeepVerdict(float(max(len(said.broken), bool(note))), note, said)
