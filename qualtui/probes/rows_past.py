"""Reads once what the rows say of the 30 days before the first look, in small parts, beside the fast lane.

It answers no series: what it reads is no evidence of how the bot is, and goes where only charts look.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import asyncpg
import msgspec

from qualtui.config.values import Mapping as Names
from qualtui.database import DatabaseError, DatabaseReader, sql
from qualtui.database.kinds import Kind
from qualtui.database.statements import moment
from qualtui.model import Sample
from qualtui.probes.security import RowSecurity
from qualtui.probes.serial_database import SerialDatabase
from qualtui.probes.slow_lane import BOOKED, OFFERED
from qualtui.series.rows_past import COUNTED, HOUR, REACH, Hours, RowsPast, known_zeros, next_part, shares

LONGEST = 24 * HOUR  # s of rows in one statement; less where that takes too long
STATEMENT = 5.0  # s that one may take
REST = 5.0  # s between two parts at least
SHARE = 20.0  # ... and so many times what the part before took: 5 % of one of the server's processors at most
DONE = 6 * HOUR  # s between two looks at nothing
_COLUMNS = {
    "customers.answered_1h": "answered",
    "messages.sent_1h": "sent",
    "reply.p50": "p50",
    "reply.p95": "p95",
    "reply.follow_p50": "follow_p50",
    "reply.follow_p95": "follow_p95",
    "reply.first_p50": "first_p50",
    "reply.first_p95": "first_p95",
    COUNTED: "in_time",
}
_COUNTS = ("customers.answered_1h", "messages.sent_1h", COUNTED)
_SKIPPED = {Kind.PERMISSION, Kind.QUERY}  # the same every time: a right, a table or a column is missing


class RowsPastProbe:
    """One part a turn, the newest first; what was read is kept, so that a restart goes on where it was.

    `born`: when the fast lane looked first, None until it has. `within`: s within which an answer is in time.
    """

    series: tuple[str, ...] = ()

    def __init__(
        self,
        agent: str,
        turn: SerialDatabase,
        mapping: Names,
        timeout: float,
        within: float,
        born: Callable[[], float | None],
        load: Callable[[], Awaitable[bytes | None]],
        save: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self.name = f"{agent}/past"
        self.timeout = 2 * timeout  # as long for its turn as for its answers
        self._limit = timeout
        self._turn = turn
        self._mapping = mapping
        self._within = within
        self._born = born
        self._load = load
        self._save = save
        self._security = RowSecurity(("messages", "leads", "qualificacoes"), mapping)
        self._past: RowsPast | None = None
        self._longest = LONGEST
        self._rest = REST

    @property
    def interval(self) -> float:
        """Seconds between two parts; long once all is read."""
        return DONE if self._past is not None and self._past.complete else self._rest

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """Read the next part. A database that fails now is tried again: nothing waits for it."""
        del now
        born = self._born()
        if born is None or (self._past is not None and self._past.complete):
            return ()
        if self._past is None:
            self._past = await self._kept(born)
            if self._past is not None and self._past.complete:
                return ()
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with self._turn.read(self._limit, each=min(STATEMENT, self._limit / 2)) as reader:
                past = self._past or await self._begun(reader, born)
                self._past = await self._read(reader, past)
        except DatabaseError:
            self._rest = min(2 * self._rest, 600.0)
            return ()
        self._rest = max(REST, SHARE * (clock() - started))
        await self._save(msgspec.msgpack.encode(self._past))
        return ()

    async def close(self) -> None:
        """Gives back the connection."""
        await self._turn.close()

    async def _kept(self, born: float) -> RowsPast | None:
        """What an engine before this one has read, if it was of the same first look."""
        blob = await self._load()
        try:
            past = None if blob is None else msgspec.msgpack.decode(blob, type=RowsPast)
        except msgspec.DecodeError:
            return None
        return past if past is not None and past.until == born else None

    async def _begun(self, reader: DatabaseReader, born: float) -> RowsPast:
        """Where to begin: nothing is read of the time before the oldest row."""
        oldest = born
        if not await self._security.hidden(reader):
            rows = await reader.ask("oldest", self._sql("past_oldest"))
            oldest = born if rows[0]["at"] is None else float(rows[0]["at"])
        return RowsPast(max(born - REACH, min(oldest, born)) // HOUR * HOUR, born, born)

    async def _read(self, reader: DatabaseReader, past: RowsPast) -> RowsPast:
        """The past with its next part: first what became of the leads, then a day at a time."""
        if not past.leads_read:
            found = await self._conversion(reader, past)
            return msgspec.structs.replace(past.read(past.read_from, found), leads_read=True)
        begin, end = next_part(past, self._longest)
        try:
            replies, leads = await self._replies(reader, begin, end), await self._leads(reader, begin, end)
        except DatabaseError as error:
            if error.kind is not Kind.TIMEOUT or reader.lost:
                raise
            if self._longest > HOUR:
                self._longest = max(HOUR, self._longest / 2)
                return past
            return past.read(begin, {})  # an hour that can't be read in time stays unknown
        return past.read(begin, {**replies, **leads})

    async def _replies(self, reader: DatabaseReader, begin: float, end: float) -> Mapping[str, Hours]:
        mapping = self._mapping
        words = mapping.received, mapping.sent, self._within
        rows = await self._told(reader, "past_replies", moment(begin), moment(end), max(HOUR, end - begin), *words)
        if rows is None:
            return {}
        found: dict[str, Hours] = {
            series: {row["hour"]: row[column] for row in rows if row[column] is not None}
            for series, column in _COLUMNS.items()
        }
        return {**found, **{name: known_zeros(found[name], begin, end) for name in _COUNTS}}

    async def _leads(self, reader: DatabaseReader, begin: float, end: float) -> Mapping[str, Hours]:
        rows = await self._told(reader, "past_leads", moment(begin), moment(end))
        if rows is None:
            return {}
        return {"leads.created_1h": known_zeros({row["hour"]: row["created"] for row in rows}, begin, end)}

    async def _conversion(self, reader: DatabaseReader, past: RowsPast) -> Mapping[str, Hours]:
        mapping = self._mapping
        results = [mapping.qualified, BOOKED]
        times = moment(past.since), moment(past.until)
        try:
            rows = await self._told(reader, "past_conversion", *times, results, mapping.sent, list(OFFERED))
        except DatabaseError as error:
            if error.kind is not Kind.TIMEOUT or reader.lost:
                raise
            return {}
        return shares([(row["hour"], row["qualified"], row["assessed"]) for row in rows or ()], past)

    async def _told(self, reader: DatabaseReader, name: str, *args: object) -> list[asyncpg.Record] | None:
        """The rows; None where a right, a table or a column is missing. Raises DatabaseError."""
        try:
            return await reader.ask(name, self._sql(name), *args)
        except DatabaseError as error:
            if error.kind not in _SKIPPED or reader.lost:
                raise
            return None

    def _sql(self, name: str) -> str:
        return sql("qualtui.probes", name, self._mapping)
