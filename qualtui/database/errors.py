"""What can go wrong with the agent's PostgreSQL, in one line that leaks nothing; asyncpg's errors translated."""

import ssl

import asyncpg

from qualtui import dial
from qualtui.database.kinds import DatabaseError, Kind
from qualtui.database.refusals import meaning, remainder
from qualtui.dial import DialFault
from qualtui.text import clean, masked
from qualtui.text.message import Saying, message

__all__ = ["DatabaseError", "Kind", "translate"]


def translate(error: BaseException) -> DatabaseError:
    """The error in one line that is safe to show: never the DSN, `.detail`, or a value from a row."""
    if isinstance(error, DatabaseError):
        return error
    if isinstance(error, asyncpg.PostgresError):
        return _server_error(error)
    if isinstance(error, asyncpg.ClientConfigurationError):
        return DatabaseError(Kind.CONFIG, message("the DSN is not valid"))
    if isinstance(error, asyncpg.DataError | asyncpg.UnsupportedClientFeatureError):
        return DatabaseError(Kind.QUERY, message("a value has another type than the column"))
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError):
        return DatabaseError(Kind.GONE, message("the connection was lost"))
    return _network_error(error)


def _network_error(error: BaseException) -> DatabaseError:
    if isinstance(error, TimeoutError) and error.errno is None:
        return DatabaseError(Kind.TIMEOUT, message("no answer in time"), silent=True)
    if isinstance(error, ssl.SSLError):
        return _tls(error)
    words = str(error)  # never shown: it may hold addresses
    if isinstance(error, FileNotFoundError):  # of a socket: the server that would make it does not run
        return DatabaseError(Kind.REFUSED, message("refused"))
    if "rejected SSL upgrade" in words:
        todo = message("enable TLS on the server, or set another sslmode in the DSN")
        return DatabaseError(Kind.CONFIG, message("the server has no TLS, the DSN demands it"), todo=todo)
    if "during SSL exchange" in words:
        return DatabaseError(Kind.REFUSED, message("the server answered the request for TLS with an error"))
    known = dial.sort(error)
    if known is None:
        return DatabaseError(Kind.GONE, message("the connection was lost"))
    fault, text = known
    if fault is DialFault.BROKEN:
        return DatabaseError(Kind.GONE, message("the connection was lost"))
    return DatabaseError(_BY_FAULT[fault], text, silent=fault is DialFault.TIMEOUT)


_BY_FAULT = {DialFault.REFUSED: Kind.REFUSED, DialFault.TIMEOUT: Kind.TIMEOUT, DialFault.LOCAL: Kind.UNREACHABLE}


def _tls(error: ssl.SSLError) -> DatabaseError:
    """A handshake that failed: the database may be well, so it is no data, by its name."""
    found = dial.certificate(error)
    if found is None:
        reason = clean(str(getattr(error, "reason", None) or "").replace("_", " ").lower(), 60)
        text = message("TLS failed: {reason}", reason=reason) if reason else message("TLS failed")
        return DatabaseError(Kind.CONFIG, text, todo=message("check sslmode in the DSN, and the server's TLS"))
    ours, name = found
    if ours:
        todo = message("check sslrootcert in the DSN (Supabase: prod-ca-2021.crt) and this machine's clock")
    else:
        todo = message("renew the server's certificate, and check the host's name in the DSN")
    return DatabaseError(Kind.CONFIG, message("TLS failed: {reason}", reason=name), todo=todo)


_BY_STATE: dict[str, tuple[Kind, Saying]] = {
    "3D000": (Kind.NO_DATABASE, message("there is no such database")),
    "42501": (Kind.PERMISSION, ""),
    "21000": (Kind.QUERY, message("more than one row, expected one value")),
    "22P02": (Kind.QUERY, message("a text, expected a number")),
    "22003": (Kind.QUERY, message("a number out of range")),
    "25006": (Kind.PERMISSION, message("the transaction is read-only")),
    "57014": (Kind.TIMEOUT, message("cancelled by its time limit")),
    "55P03": (Kind.TIMEOUT, message("a lock was not free in time")),
    "57P01": (Kind.GONE, message("the server ended the connection")),
    "57P02": (Kind.GONE, message("the server crashed")),
    "57P03": (Kind.REFUSED, message("the server is starting up or shutting down")),
    "53300": (Kind.REFUSED, message("too many connections")),
    "25P03": (Kind.GONE, message("the server ended an idle transaction")),
    "08P01": (Kind.CONFIG, message("the server does not accept the connection's parameters")),
    "42704": (Kind.CONFIG, ""),
}
_BY_CLASS: dict[str, tuple[Kind, Saying]] = {
    "28": (Kind.AUTH, message("the login was rejected")),
    "08": (Kind.GONE, message("the connection was lost")),
}


def _server_error(error: asyncpg.PostgresError) -> DatabaseError:
    state = str(getattr(error, "sqlstate", "") or "")
    words = str(error.args[0]) if error.args else ""
    severity = getattr(error, "severity_en", None) or getattr(error, "severity", None) or ""
    if known := meaning(state, words):
        return DatabaseError(known.kind, known.text, todo=known.todo)
    ended = severity in {"FATAL", "PANIC"}
    if ended and state in {"08P01", "XX000"}:  # how poolers refuse, for whatever reason
        return DatabaseError(Kind.REFUSED, message("the server refused: {reason}", reason=remainder(words)))
    kind, text = _BY_STATE.get(state) or _BY_CLASS.get(state[:2]) or (Kind.QUERY, "")
    if not text and state[:2] in {"42", "0A"}:  # names of tables and columns; other classes quote values
        text = masked(clean(words, 120))
    return DatabaseError(kind, text or clean(f"{type(error).__name__} {state}"))
