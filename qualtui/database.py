"""The agent's PostgreSQL: bounded connections, safe transactions, errors that leak nothing.

Reading and writing go through `Database`; statements stand in .sql files whose names are mapped by `sql`.
"""

import asyncio
import contextlib
import errno
import re
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from types import TracebackType
from typing import TYPE_CHECKING, Self

import asyncpg

from qualtui.config.values import Mapping, Secret
from qualtui.text import _, clean, masked

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Session = PoolConnectionProxy[asyncpg.Record]  # subscriptable in its stubs alone

_PLACE = re.compile(r"\{\{([a-z_]+)(?:\.([a-z_]+))?\}\}")
_POOLER_CODE = re.compile(r"\((E[A-Z]{4,})\)")  # Supavisor names its refusals so
_LOCAL = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOBUFS,
    errno.EACCES,
    errno.EPERM,
}


_LOST = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)  # TimeoutError is an OSError


class Kind(StrEnum):
    """What went wrong. UNREACHABLE and CONFIG mean that the database was never asked."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    AUTH = "auth"
    NO_DATABASE = "no_database"
    PERMISSION = "permission"
    CONFIG = "config"
    QUERY = "query"
    GONE = "gone"
    UNREACHABLE = "unreachable"


class DatabaseError(Exception):
    """The database's answer was no, or none; the one-line text has no DSN, no detail and no row."""

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text


class Reader:
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
            raise DatabaseError(trouble.kind, f"{question}: {trouble.text}") from None


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
    async def read(self, timeout: float, each: float | None = None) -> AsyncIterator[Reader]:
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
            yield Reader(session, now, clock(), clock() - started)

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
                    self._dsn.reveal(),
                    min_size=0,
                    max_size=self._size,
                    timeout=self._connect_timeout,
                    statement_cache_size=self._cache,
                    max_inactive_connection_lifetime=120.0,
                    server_settings={"application_name": "qualtui"},
                )
            pool = self._pool
            await pool  # opens it once; returns at once afterwards
            return pool, await pool.acquire()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            raise
        except (ValueError, TypeError, KeyError, OverflowError):  # how asyncpg answers a DSN that is none
            raise DatabaseError(Kind.CONFIG, _("the DSN is not valid")) from None


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


def moment(at: float) -> datetime:
    """The instant as asyncpg wants it; exact to the microsecond."""
    return datetime.fromtimestamp(at, UTC)


def translate(error: BaseException) -> DatabaseError:
    """The error in one line that is safe to show: never the DSN, `.detail`, or a value from a row."""
    if isinstance(error, DatabaseError):
        return error
    if isinstance(error, asyncpg.PostgresError):
        return _server_error(error)
    if isinstance(error, asyncpg.ClientConfigurationError):
        return DatabaseError(Kind.CONFIG, _("the DSN is not valid"))
    if isinstance(error, asyncpg.DataError | asyncpg.UnsupportedClientFeatureError):
        return DatabaseError(Kind.QUERY, _("a value has another type than the column"))
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError):
        return DatabaseError(Kind.GONE, _("the connection was lost"))
    return _network_error(error)


def _network_error(error: BaseException) -> DatabaseError:
    if isinstance(error, TimeoutError):
        return DatabaseError(Kind.TIMEOUT, _("no answer in time"))
    if isinstance(error, ssl.SSLError):
        return DatabaseError(Kind.CONFIG, _("TLS failed: the certificate is not trusted here"))
    if isinstance(error, socket.gaierror):
        return DatabaseError(Kind.UNREACHABLE, _("the server's name could not be looked up"))
    number = error.errno if isinstance(error, OSError) else None
    words = str(error)  # looked at, never shown: it may hold addresses
    if isinstance(error, ConnectionRefusedError | FileNotFoundError) or "Connect call failed" in words:
        return DatabaseError(Kind.REFUSED, _("refused"))
    if "SSL upgrade" in words:
        return DatabaseError(Kind.CONFIG, _("the server has no TLS, the DSN demands it"))
    if number in _LOCAL:
        return DatabaseError(Kind.UNREACHABLE, _("no route to the server from here"))
    return DatabaseError(Kind.GONE, _("the connection was lost"))


_BY_STATE = {
    "3D000": (Kind.NO_DATABASE, _("there is no such database")),
    "42501": (Kind.PERMISSION, ""),
    "21000": (Kind.QUERY, _("more than one row where one value should be")),
    "22P02": (Kind.QUERY, _("a text where a number should be")),
    "22003": (Kind.QUERY, _("a number out of range")),
    "25006": (Kind.PERMISSION, _("the transaction is read-only")),
    "57014": (Kind.TIMEOUT, _("cancelled by its time limit")),
    "55P03": (Kind.TIMEOUT, _("a lock was not free in time")),
    "57P01": (Kind.GONE, _("the server ended the connection")),
    "57P02": (Kind.GONE, _("the server crashed")),
    "57P03": (Kind.REFUSED, _("the server is starting up or shutting down")),
    "53300": (Kind.REFUSED, _("too many connections")),
    "25P03": (Kind.GONE, _("the server ended an idle transaction")),
    "08P01": (Kind.CONFIG, _("the server does not accept the connection's parameters")),
    "42704": (Kind.CONFIG, ""),
}
_BY_CLASS = {
    "28": (Kind.AUTH, _("the login was rejected")),
    "08": (Kind.GONE, _("the connection was lost")),
}
_BY_POOLER = {
    "EMAXCONN": Kind.REFUSED,
    "EMAXCONNSESSION": Kind.REFUSED,
    "ENOTFOUND": Kind.AUTH,
    "ECHECKOUTTIMEOUT": Kind.TIMEOUT,
}


def _server_error(error: asyncpg.PostgresError) -> DatabaseError:
    state = str(getattr(error, "sqlstate", "") or "")
    message = str(error.args[0]) if error.args else ""
    code = _POOLER_CODE.search(message)
    if code is not None:
        kind = _BY_POOLER.get(code.group(1), Kind.REFUSED)
        return DatabaseError(kind, _("the pooler refused: {code}").format(code=code.group(1)))
    kind, text = _BY_STATE.get(state) or _BY_CLASS.get(state[:2]) or (Kind.QUERY, "")
    if not text and state[:2] in {"42", "0A"}:  # names of tables and columns; other classes quote values
        text = masked(clean(message, 120))
    return DatabaseError(kind, text or clean(f"{type(error).__name__} {state}"))


@lru_cache(maxsize=128)
def _file(package: str, name: str) -> str:
    return resources.files(package).joinpath("sql", f"{name}.sql").read_text("utf-8")


def sql(package: str, file: str, mapping: Mapping) -> str:
    """The statement in PACKAGE/sql/FILE.sql, its {{table}} and {{table.column}} mapped and quoted.

    Raises DatabaseError (config) where a mapped name cannot be an identifier.
    """

    def identifier(found: re.Match[str]) -> str:
        name, column = found.groups()
        if column is None:
            return table(name, mapping)
        return _quoted(mapping.names.get(f"{name}.{column}", column))

    return _PLACE.sub(identifier, _file(package, file))


def table(name: str, mapping: Mapping) -> str:
    """The mapped and quoted name of a table, for a parameter that is a name."""
    return ".".join(_quoted(part) for part in _parts(mapping.names.get(name, name)))


def _parts(name: str) -> list[str]:
    parts = name.split(".")
    if len(parts) > 2:
        raise DatabaseError(Kind.CONFIG, _("a mapped table is TABLE or SCHEMA.TABLE: {}").format(clean(name)))
    return parts


def _quoted(name: str) -> str:
    if not name or "\x00" in name or len(name.encode("utf-8", "replace")) > 63:
        raise DatabaseError(Kind.CONFIG, _("not a name of a table or column: {!r}").format(clean(name)))
    return '"' + name.replace('"', '""') + '"'
