"""What can go wrong with the agent's PostgreSQL, in one line that leaks nothing; asyncpg's errors translated."""

import errno
import re
import socket
import ssl
from enum import StrEnum

import asyncpg

from qualtui.text import _, clean, masked

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
    """The database's answer was no, or none; the one-line text has no DSN, no detail and no row.

    `silent`: nothing came back at all; a time limit that the server itself tells of is an answer.
    """

    def __init__(self, kind: Kind, text: str, *, silent: bool = False) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.silent = silent


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
        return DatabaseError(Kind.TIMEOUT, _("no answer in time"), silent=True)
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
