"""What can go wrong with the agent's PostgreSQL, in one line that leaks nothing; asyncpg's errors translated."""

import ssl

import asyncpg

from qualtui import dial
from qualtui.database.kinds import DatabaseError, Kind
from qualtui.database.refusals import meaning, remainder
from qualtui.dial import DialFault
from qualtui.text import _, clean, masked

__all__ = ["DatabaseError", "Kind", "translate"]


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
    if isinstance(error, TimeoutError) and error.errno is None:
        return DatabaseError(Kind.TIMEOUT, _("no answer in time"), silent=True)
    if isinstance(error, ssl.SSLError):
        return _tls(error)
    words = str(error)  # looked at, never shown: it may hold addresses
    if isinstance(error, FileNotFoundError):  # of a socket: the server that would make it does not run
        return DatabaseError(Kind.REFUSED, _("refused"))
    if "rejected SSL upgrade" in words:
        todo = _("enable TLS on the server, or write another sslmode into the DSN")
        return DatabaseError(Kind.CONFIG, _("the server has no TLS, the DSN demands it"), todo=todo)
    if "during SSL exchange" in words:
        return DatabaseError(Kind.REFUSED, _("the server answered the wish for TLS with an error"))
    known = dial.sort(error)
    if known is None:
        return DatabaseError(Kind.GONE, _("the connection was lost"))
    fault, text = known
    if fault is DialFault.BROKEN:
        return DatabaseError(Kind.GONE, _("the connection was lost"))
    return DatabaseError(_BY_FAULT[fault], text, silent=fault is DialFault.TIMEOUT)


_BY_FAULT = {DialFault.REFUSED: Kind.REFUSED, DialFault.TIMEOUT: Kind.TIMEOUT, DialFault.LOCAL: Kind.UNREACHABLE}


def _tls(error: ssl.SSLError) -> DatabaseError:
    """A handshake that failed: the database may be well, so it is no data, by its name."""
    found = dial.certificate(error)
    if found is None:
        reason = clean(str(getattr(error, "reason", None) or "").replace("_", " ").lower(), 60)
        text = _("TLS failed: {}").format(reason) if reason else _("TLS failed")
        return DatabaseError(Kind.CONFIG, text, todo=_("see sslmode in the DSN, and the server's TLS"))
    ours, name = found
    if ours:
        todo = _("see sslrootcert in the DSN (Supabase: its own root, prod-ca-2021.crt), and this machine's clock")
    else:
        todo = _("the certificate is the server's: have it renewed; see the host's name in the DSN")
    return DatabaseError(Kind.CONFIG, _("TLS failed: {}").format(name), todo=todo)


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


def _server_error(error: asyncpg.PostgresError) -> DatabaseError:
    state = str(getattr(error, "sqlstate", "") or "")
    message = str(error.args[0]) if error.args else ""
    severity = getattr(error, "severity_en", None) or getattr(error, "severity", None) or ""
    if known := meaning(state, message):
        return DatabaseError(known.kind, known.text, todo=known.todo)
    ended = severity in {"FATAL", "PANIC"}
    if ended and state in {"08P01", "XX000"}:  # how poolers refuse, for whatever reason
        return DatabaseError(Kind.REFUSED, _("the server refused: {}").format(remainder(message)))
    kind, text = _BY_STATE.get(state) or _BY_CLASS.get(state[:2]) or (Kind.QUERY, "")
    if not text and state[:2] in {"42", "0A"}:  # names of tables and columns; other classes quote values
        text = masked(clean(message, 120))
    return DatabaseError(kind, text or clean(f"{type(error).__name__} {state}"))
