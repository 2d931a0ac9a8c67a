"""The fault sessions-stuck: a few sessions whose stored contexto makes the bot fail, until each is closed."""

import asyncio
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from qualtui.demo.pace import HOUR, Pace
from qualtui.demo.persona import persona
from qualtui.demo.sqlfile import demo_sql
from qualtui.demo.traffic import Customer, Traffic

_BEGAN = 3 * HOUR  # virtual seconds ago
_PAST_LIMIT = 2400.0  # virtual seconds: beyond the cleanup's 30 minutes
_LOOK = 1.0
_FIRST_NUMBER = 98_000
_COUNT = 4
_PATIENT = 5  # of the times to write again, all but the last are over ...
_AGAIN = 2400.0  # ... and that one is late: a new text would make the session young again


Recall = Callable[[Iterable[tuple[str, float, bool]]], None]  # Gateway.recall


class StuckSessions:
    """Damages sessions in the database, and lets their customers write again once a session is closed."""

    def __init__(self, pace: Pace, seed: int, traffic: Traffic, recall: Recall) -> None:
        self.on = False
        self.dsn = ""  # the superuser's, once the database stands
        self._pace = pace
        self._rng = random.Random(seed + 2)  # noqa: S311 - invented customers
        self._traffic = traffic
        self._recall = recall
        self._round = 0
        self._stuck: dict[UUID, Customer] = {}

    async def start(self) -> None:
        """Four customers who have waited past the cleanup's limit. Raises asyncpg's errors."""
        connection = await asyncpg.connect(self.dsn, timeout=5)
        try:
            for index in range(_COUNT):
                await self._damage(connection, index)
        finally:
            await connection.close()
        self._round += 1
        self.on = True

    async def _damage(self, connection: "asyncpg.Connection[asyncpg.Record]", index: int) -> None:
        someone = persona(self._rng, 0.0, _FIRST_NUMBER + (self._round * _COUNT + index) % 1000)
        now = datetime.now(UTC)
        began = now - timedelta(seconds=self._pace.real(_BEGAN + 60 * index))
        wrote = now - timedelta(seconds=self._pace.real(_PAST_LIMIT + 60 * index))
        await connection.execute(demo_sql("faults/close_sessions"), someone.phone)
        session = await connection.fetchval(
            demo_sql("faults/stuck_customer"), someone.name, someone.phone, began, wrote
        )
        self._recall([(someone.phone, wrote.timestamp(), False)])
        customer = self._traffic.add(someone, waiting=_PAST_LIMIT)
        customer.again = _PATIENT
        self._stuck[session] = customer
        self._traffic.write_again(customer, _AGAIN)

    async def stop(self) -> None:
        """Repairs what is still damaged; whoever waits writes again. Raises asyncpg's errors."""
        connection = await asyncpg.connect(self.dsn, timeout=5)
        try:
            await connection.execute(demo_sql("faults/repair_sessions"))
        finally:
            await connection.close()
        for customer in self._stuck.values():
            if customer.waiting_since is not None:
                self._traffic.prompt(customer)
        self._stuck.clear()
        self.on = False

    async def run(self) -> None:
        """Looks whether somebody closed a stuck session: its customer then writes again."""
        while True:
            await asyncio.sleep(_LOOK)
            if self._stuck:
                try:
                    await self._look()
                except (OSError, TimeoutError, asyncpg.PostgresError):
                    continue  # the database is stopped, too

    async def _look(self) -> None:
        connection = await asyncpg.connect(self.dsn, timeout=5)
        try:
            rows = await connection.fetch(demo_sql("faults/closed_phones"), list(self._stuck))
        finally:
            await connection.close()
        closed = {row["telefone"] for row in rows}
        for session, customer in tuple(self._stuck.items()):
            if customer.persona.phone in closed:
                del self._stuck[session]
                self._traffic.prompt(customer)
