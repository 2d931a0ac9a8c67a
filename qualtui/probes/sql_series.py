"""A user's own figure out of the agent's database: one statement that gives one number."""

import asyncio
import re

import asyncpg

from qualtui.config.values import Mapping
from qualtui.config.values import OwnSeries as Settings
from qualtui.database import DatabaseError, DatabaseReader, Kind, sql
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.probes.security import hides, hides_maybe, sees
from qualtui.probes.serial_database import SerialDatabase
from qualtui.text.message import message

QUESTION = "the statement"  # in errors and logs
_GUARDED = re.compile(r'row-level security policy for table ("[^"]+")')


class SqlSeriesProbe:
    """user.NAME from `sql`: without a value wherever the statement gives no number; true and false are 1 and 0.

    Read only, and inside one expression: the server itself refuses a second statement, column or row.
    """

    def __init__(self, agent: str, name: str, settings: Settings, turn: SerialDatabase) -> None:
        self.name = f"{agent}/user.{name}"
        self.series = (self.name,)
        self.interval = float(settings.interval)
        self._limit = float(settings.timeout)
        self.timeout = 2 * self._limit  # as long for its turn as for its answer
        # A comment at the statement's end must not swallow the bracket.
        asked = f"(\n{settings.sql.strip().rstrip(';')}\n)"
        self._sql = sql("qualtui.probes", "own_number", Mapping()).replace("$statement", asked)
        self._security = sql("qualtui.probes", "row_security", Mapping())
        self._turn = turn

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The number. Raises ProbeError where there is none."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(self._limit):
                await self._turn.lock.acquire()
        except TimeoutError:
            raise ProbeError(message("the other statements took all the time")) from None
        try:
            value = await self._asked()
        finally:
            self._turn.lock.release()
        return (Sample(self.series[0], now + clock() - started, value),)

    async def _asked(self) -> float:
        try:
            async with self._turn.database.read(self._limit) as reader:
                rows = await self._rows(reader)
        except DatabaseError as error:
            late = error.kind is Kind.TIMEOUT
            text = message("no answer in {limit:number}s", limit=self._limit) if late else error.text
            raise ProbeError(text) from None
        value = rows[0][0] if rows else None
        if value is None:
            raise ProbeError(message("the statement gives nothing"))
        return float(value)

    async def _rows(self, reader: DatabaseReader) -> list[asyncpg.Record]:
        """The rows; ProbeError where row security hides those of a table from us, for then a zero is none."""
        await reader.ask(QUESTION, "SET LOCAL row_security = off")  # an error instead of fewer rows
        try:
            return await reader.ask(QUESTION, self._sql)
        except DatabaseError as error:
            guarded = _GUARDED.search(error.text)
            if guarded is None:
                raise
        # The way back to the savepoint has switched it on again: a policy may well let us see what we ask for.
        security = await reader.ask("row security", self._security, [guarded[1]])
        if not any(row["policy"] for row in security):
            raise ProbeError(hides(guarded[1]))
        if not await sees(reader, QUESTION, guarded[1].strip('"')):
            raise ProbeError(hides_maybe(guarded[1]))
        return await reader.ask(QUESTION, self._sql)

    async def close(self) -> None:
        """Gives back the connection; the first of an agent's statements does it for all."""
        await self._turn.database.close()
