"""The slow lane: exact counts, and the rows' figures as they are written (S2, S3)."""

import asyncio

import msgspec

from qualtui.config.values import Mapping
from qualtui.database import Database, DatabaseError, Reader, sql
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError


class _Question(msgspec.Struct, frozen=True):
    """A statement and the series that its columns answer."""

    name: str
    statement: str
    args: tuple[str, ...]
    answers: dict[str, str]  # column -> series without the agent


def _questions(mapping: Mapping) -> tuple[_Question, ...]:
    def question(name: str, args: tuple[str, ...], **answers: str) -> _Question:
        return _Question(name, sql("qualtui.probes", f"slow_{name}", mapping), args, answers)

    return (
        question("leads_unprocessed", (mapping.new,), value="row.leads_unprocessed"),
        question("sessions_active", (), value="sessions.active"),
        question("sessions_stuck", (), value="row.sessions_stuck"),
        question(
            "sessions_situation",
            (mapping.sent,),
            waiting_client="sessions.waiting_client",
            never_messaged="sessions.never_messaged",
        ),
    )


class SlowLaneProbe:
    """Exact counts on an interval and a budget of their own: a question gets at most half of the timeout."""

    def __init__(self, agent: str, database: Database, mapping: Mapping, interval: float, timeout: float) -> None:
        self.name = f"{agent}/counts"
        self.interval = interval
        self.timeout = timeout
        self._agent = agent
        self._database = database
        self._questions = _questions(mapping)
        self.series = tuple(
            f"{agent}/{series}" for question in self._questions for series in question.answers.values()
        )

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """Each question's answer, or None with the reason. Raises ProbeError where the database fails."""
        clock = asyncio.get_running_loop().time
        started = clock()
        values: dict[str, tuple[float | None, str]] = {}
        try:
            async with self._database.read(self.timeout, each=self.timeout / 2) as reader:
                for question in self._questions:
                    values.update(await self._answer(reader, question))
        except DatabaseError as error:
            raise ProbeError(error.text) from None
        at = now + clock() - started
        return tuple(Sample(f"{self._agent}/{name}", at, *answer) for name, answer in values.items())

    async def _answer(self, reader: Reader, question: _Question) -> dict[str, tuple[float | None, str]]:
        try:
            rows = await reader.ask(question.name, question.statement, *question.args)
        except DatabaseError as error:
            if reader.lost:
                raise
            return dict.fromkeys(question.answers.values(), (None, error.text))
        return {series: (float(rows[0][column]), "") for column, series in question.answers.items()}

    async def close(self) -> None:
        """Gives back the connection."""
        await self._database.close()
