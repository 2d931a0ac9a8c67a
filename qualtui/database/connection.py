"""Bounded connections, and transactions that harm no other client: a read-only snapshot, or a short write."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import asyncpg

from qualtui.config.dsn import Driver, DsnError, driver
from qualtui.config.values import Secret
from qualtui.database.errors import translate
from qualtui.database.kinds import DatabaseError, Kind
from qualtui.database.opening import open_connection
from qualtui.text.message import message

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Session = PoolConnectionProxy[asyncpg.Record]  # subscriptable in its stubs alone

_LOST = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)  # TimeoutError is an OSError


class DatabaseReader:
    """One read-only snapshot of the database.

    `now` is the server's clock, read once; `read_at` the event loop's time when it came, after `travel` seconds.
    """

    def __init__(self, session: "Session", now: float, read_at: float, travel: float) -> None:
        self._session = session
        self.now = now
        self.read_at = read_at
        self.travel = travel

    @property
    def lost(self) -> bool:
        """The connection is gone: no further question can be answered."""
        return self._session.is_closed()

    async def ask(self, question: str, statement: str, *args: object) -> list[asyncpg.Record]:
        """The rows. DatabaseError names the question; after a statement's error the others go on."""
        try:
            return await self._session.fetch(statement, *args)
        except asyncpg.PostgresError as error:
            trouble = translate(error)
            if trouble.kind is Kind.GONE or self._session.is_closed():
                raise trouble from None
            # Nothing was written, so going back to the one savepoint loses nothing.
            await self._session.execute("ROLLBACK TO SAVEPOINT question")
            said = message("{question}: {reason}", question=question, reason=trouble.said)
            raise DatabaseError(trouble.kind, said) from None


class Database:
    """At most `size` connections to one DSN, opened at need. `async with`, or `close`."""

    def __init__(self, dsn: Secret, *, pooler: bool = False, connect_timeout: float = 5.0, size: int = 1) -> None:
        self._dsn = dsn
        self._cache = 0 if pooler else 50
        self._connect_timeout = connect_timeout
        self._size = min(size, 2)
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Gives the connections back: politely within half a second, else by force. Never raises."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(0.5):
                await pool.close()
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            pool.terminate()

    @contextlib.asynccontextmanager
    async def read(self, timeout: float, each: float | None = None) -> AsyncIterator[DatabaseReader]:
        """A REPEATABLE READ READ ONLY transaction that ends within `timeout` seconds. Raises DatabaseError.

        `each`: the seconds that one statement may take, where that is less.
        """
        begin = (
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
            f"SET LOCAL statement_timeout = {_milliseconds(each or timeout)};"
            f"SET LOCAL lock_timeout = {_milliseconds(min(timeout, 2.0))};"
            f"SET LOCAL idle_in_transaction_session_timeout = {_milliseconds(timeout + 5)};"
            "SAVEPOINT question"
        )
        async with self._transaction(begin, timeout) as session:
            clock = asyncio.get_running_loop().time
            started = clock()
            now = float(await session.fetchval("SELECT extract(epoch FROM now())::float8"))
            yield DatabaseReader(session, now, clock(), clock() - started)

    @contextlib.asynccontextmanager
    async def write(self, timeout: float) -> AsyncIterator["Session"]:
        """A transaction: committed where the block ends well, else rolled back. Raises DatabaseError."""
        begin = (
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
            f"SET LOCAL statement_timeout = {_milliseconds(timeout)};"
            f"SET LOCAL lock_timeout = {_milliseconds(min(timeout, 5.0))};"
            f"SET LOCAL idle_in_transaction_session_timeout = {_milliseconds(timeout + 5)}"
        )
        async with self._transaction(begin, timeout) as session:
            yield session

    @contextlib.asynccontextmanager
    async def _transaction(self, begin: str, timeout: float) -> AsyncIterator["Session"]:
        try:
            async with asyncio.timeout(timeout):
                pool, session = await self._acquire()
                try:
                    # One round trip; asyncpg's own transaction object would need four.
                    await session.execute(begin)
                    yield session
                    await session.execute("COMMIT")
                except BaseException as error:
                    await _abandon(session, polite=isinstance(error, Exception) and not isinstance(error, _LOST))
                    raise
                finally:
                    await pool.release(session, timeout=1.0)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
            raise translate(error) from None

    async def _acquire(self) -> "tuple[asyncpg.Pool[asyncpg.Record], Session]":
        try:
            if self._pool is None:
                self._pool = asyncpg.create_pool(
                    connect=partial(self._opened, driver(self._dsn.reveal())),
                    min_size=0,
                    max_size=self._size,
                    statement_cache_size=self._cache,
                    max_inactive_connection_lifetime=120.0,
                    server_settings={"application_name": "qualtui"},
                )
            pool = self._pool
            await pool  # opens it once; returns at once afterwards
            return pool, await pool.acquire()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            raise
        except (DsnError, ValueError, KeyError, IndexError, OverflowError):  # as asyncpg answers slips
            raise DatabaseError(Kind.CONFIG, message("the DSN is not valid")) from None

    async def _opened(self, to: Driver, _dsn: str | None, **given: Any) -> Any:
        return await open_connection(to, self._connect_timeout, **given)


async def _abandon(session: "Session", *, polite: bool) -> None:
    """Ends a transaction that went wrong: rolled back where the server talks, else by closing the connection."""
    if polite and not session.is_closed():
        try:
            async with asyncio.timeout(0.5):
                await session.execute("ROLLBACK")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            session.terminate()
    else:
        session.terminate()


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))
