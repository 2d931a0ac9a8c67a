"""Is the gateway deaf: do no messages come in although this hour of the week would bring some?"""

import asyncio

from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, DatabaseReader, sql
from qualtui.model import EARLY, Sample
from qualtui.probes.probe import ProbeError
from qualtui.probes.serial_database import SerialDatabase
from qualtui.series.seasonality import Seasonality, expected, learned
from qualtui.text.message import message

LEARN_EVERY = 6 * 3600.0  # s: four weeks of messages are counted then


class InboundSilenceProbe:
    """inbound.expected: how many customers the learned rhythm would have brought since the last one wrote."""

    def __init__(
        self, agent: str, turn: SerialDatabase, mapping: Mapping, interval: float, timeout: float
    ) -> None:
        self.name = f"{agent}/deaf"
        self.series = (f"{agent}/inbound.expected",)
        self.interval = interval
        self.timeout = 2 * timeout  # as long for its turn as for its answer
        self._limit = timeout
        self._turn = turn
        self._received = mapping.received
        self._rhythm_sql = sql("qualtui.probes", "inbound_rhythm", mapping)
        self._newest_sql = sql("qualtui.probes", "inbound_newest", mapping)
        self._rhythm = Seasonality()

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answer; None while there is less than a week to learn from. Raises ProbeError."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with self._turn.read(self._limit) as reader:
                if not self._rhythm.enough or not 0 <= reader.now - self._rhythm.until < LEARN_EVERY:
                    self._rhythm = await self._learn(reader)
                rows = await reader.ask("messages", self._newest_sql, self._received)
                server_now = reader.now
        except DatabaseError as error:
            raise ProbeError(error.text) from None
        at = now + clock() - started
        if not self._rhythm.enough or not rows:
            why = message("less than a week of messages to learn from")
            return (Sample(self.series[0], at, None, why, EARLY),)
        return (Sample(self.series[0], at, expected(self._rhythm, rows[0]["at"], server_now)),)

    async def _learn(self, reader: DatabaseReader) -> Seasonality:
        rows = await reader.ask("rhythm", self._rhythm_sql, self._received)
        counts = {row["hour_of_week"]: row["customers"] for row in rows}
        since = min((row["since"] for row in rows), default=reader.now)
        return learned(counts, since, reader.now)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._turn.close()
