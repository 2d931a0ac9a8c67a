"""Does the agent's database answer, how fast, and does its clock agree with ours?"""

import asyncio

from qualtui.database import Database, DatabaseError, Kind
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.text.message import Saying, message

NOT_ASKED = {Kind.UNREACHABLE, Kind.CONFIG}  # the failure is on our side of the wire
REFUSALS = {Kind.REFUSED, Kind.AUTH, Kind.NO_DATABASE}


class DatabaseProbe:
    """db.up, db.silent, db.refused, db.seconds, db.skew.

    It shares its pool with the lanes, of which one may leave it a connection free: waiting behind both for the
    whole timeout is no answer in time, too.
    """

    def __init__(self, agent: str, database: Database, interval: float, timeout: float) -> None:
        self.name = f"{agent}/database"
        self.series = tuple(f"{agent}/db.{word}" for word in ("up", "silent", "refused", "seconds", "skew"))
        self.interval = interval
        self.timeout = timeout
        self._database = database

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answers. A refusal or silence is 0; raises ProbeError where the database was never asked."""
        clock = asyncio.get_running_loop().time
        started = clock()
        up, silent, refused, seconds, skew = self.series
        try:
            async with self._database.read(self.timeout) as reader:
                travel = reader.travel
                ours = now + (reader.read_at - started) - travel / 2
                theirs = reader.now
        except DatabaseError as error:
            if error.kind in NOT_ASKED:
                raise ProbeError(error.text) from None
            at = now + clock() - started
            note: Saying = error.text
            if error.kind is Kind.TIMEOUT:
                note = message("no answer in {limit:number}s", limit=self.timeout)
            bad = Sample(up, at, 0.0, note), Sample(silent, at, float(error.silent), note if error.silent else "")
            turned_away = Sample(refused, at, float(error.kind in REFUSALS), str(error.todo))
            return *bad, turned_away, Sample(seconds, at, None, note), Sample(skew, at, None, note)
        at = now + clock() - started
        good = Sample(up, at, 1.0), Sample(silent, at, 0.0), Sample(refused, at, 0.0)
        return *good, Sample(seconds, at, travel), Sample(skew, at, theirs - ours)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._database.close()
