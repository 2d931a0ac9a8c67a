"""Opens a connection to PostgreSQL: a host's addresses side by side, our faults kept apart."""

import asyncio
import errno
import os
import socket
from typing import Any

import asyncpg

from qualtui import dial
from qualtui.config.dsn import Driver, KeepAlive
from qualtui.database.kinds import DatabaseError, Kind
from qualtui.text.message import Saying, message

_OPTIONS = (  # by the field of KeepAlive; not every system has each
    ("idle", "TCP_KEEPIDLE"),
    ("interval", "TCP_KEEPINTVL"),
    ("count", "TCP_KEEPCNT"),
    ("user_timeout", "TCP_USER_TIMEOUT"),
)

_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}  # the file that was to be opened is not to blame


async def open_connection(to: Driver, limit: float, loop: asyncio.AbstractEventLoop, **given: Any) -> Any:
    """A connection. Raises what asyncpg raises, and DatabaseError where a file of ours is missing."""
    most = min(limit, to.connect_timeout) if to.connect_timeout else limit
    way = _Way(loop, to, most / to.hosts)
    if to.system_trust:
        given["ssl"] = _trust()
    try:
        return await asyncpg.connect(to.dsn, loop=way, timeout=limit, **given)  # type: ignore[call-overload]
    except OSError as error:
        if way.dialled or isinstance(error, TimeoutError) or error.errno in _EXHAUSTED:
            raise
        why = os.strerror(error.errno).lower() if error.errno else ""
        raise _unreadable(why) from None
    except asyncpg.ClientConfigurationError as error:
        if "certificate file" in str(error):
            raise _unreadable(message("there is no file sslrootcert")) from None
        raise


def _trust() -> Any:
    try:
        return dial.trust()
    except OSError:
        raise DatabaseError(Kind.CONFIG, message("this machine's certificates can't be read")) from None


def _unreadable(why: Saying) -> DatabaseError:
    """Return the error for a certificate or key that the DSN names and that can't be read."""
    text = message("a certificate or key named in the DSN can't be read")
    if why:
        text = message("a certificate or key named in the DSN can't be read: {reason}", reason=why)
    todo = message("check the files of sslrootcert, sslcert, sslkey and sslcrl in the DSN")
    return DatabaseError(Kind.CONFIG, text, todo=todo)


class _Way:
    """The event loop as asyncpg sees it: all its own but how it connects.

    asyncpg tries a name's addresses one after the other within one time limit, so that a silent one hides the
    others. Names stay what they are for TLS; `hostaddr` is dialled in a host's place.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, to: Driver, limit: float) -> None:
        self._loop = loop
        self._to = to
        self._limit = limit
        self.dialled = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def __eq__(self, other: object) -> bool:
        return other is self or other is self._loop

    def __hash__(self) -> int:
        return hash(self._loop)

    async def create_connection(self, factory: Any, host: str, port: int, *, ssl: Any = None) -> Any:
        """A connection to the first of the host's addresses that takes one."""
        self.dialled = True
        plain = await dial.connected(self._to.addresses.get(host, host), port, self._limit)
        try:
            _keep_alive(plain, self._to.keep_alive)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return await self._loop.create_connection(
                factory, sock=plain, ssl=ssl, server_hostname=host if ssl else None
            )
        except BaseException:
            plain.close()
            raise

    async def create_unix_connection(self, factory: Any, path: str) -> Any:
        """A connection to the server's socket."""
        self.dialled = True
        return await self._loop.create_unix_connection(factory, path)


def _keep_alive(plain: socket.socket, wanted: KeepAlive) -> None:
    """Set the keep-alive options, so that a connection that a router dropped is noticed."""
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(wanted.on))
    for field, option in _OPTIONS:
        value, number = getattr(wanted, field), getattr(socket, option, None)
        if value is not None and number is not None:
            plain.setsockopt(socket.IPPROTO_TCP, number, value)
