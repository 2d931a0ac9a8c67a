"""A database that several probes ask one after the other, so that they take one connection between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from qualtui.database import Database, DatabaseReader


class SerialDatabase:
    """One connection at a time, for probes that may wait for each other; no other lane waits for them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.lock = asyncio.Lock()

    @asynccontextmanager
    async def read(self, timeout: float, each: float | None = None) -> AsyncIterator[DatabaseReader]:
        """A reader, once it is its turn; the wait is not counted. Raises DatabaseError."""
        async with self.lock, self.database.read(timeout, each=each) as reader:
            yield reader

    async def close(self) -> None:
        """Gives back the connection; the first to close does it for all."""
        await self.database.close()
