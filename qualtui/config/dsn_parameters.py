"""The parameters of a PostgreSQL address: which have a meaning here, and what to write in place of others."""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec

MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_STRICT = ("require", "verify-ca", "verify-full")
_VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_BOOLEAN = ("0", "1")

# The driver's own, with the values that it takes; None: any.
_DRIVERS: dict[str, tuple[str, ...] | None] = {
    **dict.fromkeys(("host", "port", "dbname", "database", "user", "password", "passfile", "service"), None),
    **dict.fromkeys(("sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "krbsrvname"), None),
    "sslmode": MODES,
    "sslnegotiation": ("postgres", "direct"),
    "ssl_min_protocol_version": _VERSIONS,
    "ssl_max_protocol_version": _VERSIONS,
    "target_session_attrs": ("any", "primary", "standby", "prefer-standby", "read-write", "read-only"),
    "gsslib": ("gssapi", "sspi"),
}
# libpq's, which the driver would send to the server as settings; done here in its place.
_KEEPING = ("keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout")
OURS = ("hostaddr", "connect_timeout", "keepalives", *_KEEPING)
# libpq's that ask for nothing beyond what happens anyway, with the values of which that is so; None: any.
DROPPED: dict[str, tuple[str, ...] | None] = {
    "channel_binding": ("prefer", "disable"),
    "gssencmode": ("prefer", "disable"),
    "fallback_application_name": None,
    "client_encoding": ("utf8", "UTF8", "utf-8", "UTF-8", "auto"),
    "sslcompression": _BOOLEAN,
    "sslsni": ("1",),
    "requiressl": ("0",),
    "load_balance_hosts": ("disable",),
}
# The server's own settings that a client sends at its start.
_SETTINGS = {
    *("application_name", "search_path", "options", "role", "timezone", "datestyle", "intervalstyle", "work_mem"),
    *("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"),
    *("transaction_timeout", "default_transaction_read_only", "default_transaction_isolation", "row_security"),
    *(
        "default_transaction_deferrable",
        "extra_float_digits",
        "client_min_messages",
        "jit",
        "geqo",
        "bytea_output",
    ),
    *("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "plan_cache_mode"),
}
_POOLER = "no ?{}= (that is another client's); write pooler = true beside it"
_TLS = "sslmode=require (encrypted) or sslmode=verify-full&sslrootcert=FILE (the server is verified, too), not {}="
_CONNECTIONS = "no ?{}= (that is another client's): two connections at most are opened here"
_SCHEMA = "search_path=NAME in place of {}=NAME"
_REMEDIES = {
    **dict.fromkeys(("pgbouncer", "supa", "prepareThreshold", "statement_cache_size"), _POOLER),
    **dict.fromkeys(("prepared_statements", "prepared_statement_cache_size"), _POOLER),
    **dict.fromkeys(("ssl", "sslaccept", "requiressl", "tls", "usessl", "useSSL"), _TLS),
    **dict.fromkeys(("connection_limit", "pool_timeout", "pool_size", "max_conns", "maxconns"), _CONNECTIONS),
    **dict.fromkeys(("schema", "currentSchema"), _SCHEMA),
    "socket_timeout": "no ?{}= (that is another client's); write timeout = beside it",
    "require_auth": "no ?{}=: the driver can't limit how the server requests the password",
}
_VALUES = {
    (
        "sslmode",
        "no-verify",
    ): "sslmode=require: encrypted, but the server is not verified (as no-verify does)",
    ("channel_binding", "require"): "channel_binding=prefer, or none: the driver cannot demand it; "
    "sslmode=verify-full makes sure of the right server",
    ("gssencmode", "require"): "no gssencmode=require: the driver cannot encrypt by GSSAPI; write sslmode=require",
}
_NAME = re.compile(r"[A-Za-z_]{1,40}")


class KeepAlive(msgspec.Struct, frozen=True):
    """TCP keep-alive of the connection: seconds, and the tries; None: the system's."""

    on: bool = True
    idle: int | None = None
    interval: int | None = None
    count: int | None = None
    user_timeout: int | None = None  # ms


def keep_alive(params: Mapping[str, str]) -> KeepAlive:
    """As the parameters say; 0 is the system's own value."""
    idle, interval, tries, user = (int(params.get(name, "0") or 0) or None for name in _KEEPING)
    return KeepAlive(params.get("keepalives", "1") != "0", idle, interval, tries, user)


def wrong(params: Mapping[str, str], *, mode: str, password: bool) -> str:
    """What should stand there in place of the first parameter that the driver would refuse; empty: all is well."""
    for name, value in params.items():
        if said := _parameter(name, value):
            return said
    if params.get("sslnegotiation") == "direct" and mode not in _STRICT:
        return "sslmode=require or stricter with sslnegotiation=direct"
    return _files(params, mode, password=password)


def _parameter(name: str, value: str) -> str:
    if said := _VALUES.get((name, value)):
        return said
    for known in (_DRIVERS, DROPPED):
        if name in known:
            values = known[name]
            if values is None or value in values:
                return ""
            return _REMEDIES[name].format(name) if name in _REMEDIES else f"{name} as one of {', '.join(values)}"
    if name == "keepalives":
        return "" if value in _BOOLEAN else "keepalives=0 or 1"
    if name in OURS:
        digits = name == "hostaddr" or (value.isascii() and value.isdigit() and int(value) < 2**31)
        return "" if digits else f"{name} as a whole number"
    if name in _REMEDIES:
        return _REMEDIES[name].format(name)
    if name.lower() in _SETTINGS or ("." in name and name.replace(".", "_").isidentifier()):
        return ""
    if not _NAME.fullmatch(name):  # it may be a piece of a password
        return "parameters that PostgreSQL knows; a user and password percent-encoded (? as %3F)"
    from qualtui.config.errors import nearest

    near = nearest(name, [*_DRIVERS, *OURS, *DROPPED, *_SETTINGS])
    meant = f" (is {near} meant?)" if near.startswith('"') else ""
    return (
        f"no ?{name}=, which neither driver nor server knows{meant}; a server's setting: ?options=-c%20NAME=VALUE"
    )


def _files(params: Mapping[str, str], mode: str, *, password: bool) -> str:
    root = params.get("sslrootcert") or os.environ.get("PGSSLROOTCERT", "")
    if root == "system":
        return "" if mode == "verify-full" else "sslmode=verify-full with sslrootcert=system"
    if mode in _STRICT:
        home = _home(".postgresql/root.crt")
        if not root and mode != "require" and (home is None or not home.is_file()):
            return f"sslrootcert=FILE (or sslrootcert=system) with sslmode={mode} (the server's authority)"
        for name, path in (("sslrootcert", root), ("sslcrl", params.get("sslcrl", ""))):
            if said := _certificates(name, path):
                return said
    for name in ("sslcert", "sslkey") if mode != "disable" else ():
        if said := _certificates(name, params.get(name, "")):
            return said
    passfile = params.get("passfile", "")
    if passfile and not password:
        if said := _readable("passfile", passfile):
            return said
        if stat.S_IMODE(Path(passfile).stat().st_mode) & 0o077:
            return "a passfile that only you can read (chmod 600)"
    return _service(params.get("service", ""))


def _certificates(name: str, path: str) -> str:
    if not path:
        return ""
    if said := _readable(name, path):
        return said
    if name == "sslrootcert":
        import ssl

        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
        except (ssl.SSLError, OSError, ValueError):
            return f"certificates (PEM) in the file of {name}"
    return ""


def _readable(name: str, path: str) -> str:
    """What is wrong with a file; only a regular one is opened, so that none makes us wait."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return f"a file at the path of {name}: there is none, or it may not be looked at"
    if not stat.S_ISREG(found.st_mode):
        return f"a regular file at the path of {name}"
    return "" if os.access(path, os.R_OK) else f"a file that may be read at the path of {name}"


def _service(name: str) -> str:
    if not name:
        return ""
    named = os.environ.get("PGSERVICEFILE")
    file = Path(named) if named else _home(".pg_service.conf")
    try:
        known = file is not None and file.is_file() and f"[{name}]" in file.read_text("utf-8").split()
    except (OSError, UnicodeError, ValueError):
        known = False
    return "" if known else "a service that stands in ~/.pg_service.conf (or the file of PGSERVICEFILE)"


def _home(path: str) -> Path | None:
    try:
        return Path.home() / path
    except (RuntimeError, KeyError):
        return None
