"""What a server or a pooler means by a refusal, by SQLSTATE and by known words: poolers use general codes."""

import re
from typing import NamedTuple

from qualtui.database.kinds import Kind
from qualtui.text import clean
from qualtui.text.message import Saying, Text, message


class Meaning(NamedTuple):
    """A refusal's kind, its text for people, and the next step (empty: that of its kind)."""

    kind: Kind
    text: Text
    todo: Saying = ""


_ROOM = Meaning(
    Kind.REFUSED,
    message("the connection limit is reached: no more clients are accepted"),
    message("see who holds connections (pg_stat_activity, the pooler's clients), or raise the pool size"),
)
_UNKNOWN = Meaning(
    Kind.AUTH,
    message("the pooler knows no such project or user"),
    message("is the project paused? Supabase: restore it. Behind the pooler the user is ROLE.PROJECT"),
)
_LOGIN = Meaning(Kind.AUTH, message("the login was rejected"))
_BEHIND = Meaning(
    Kind.REFUSED,
    message("the pooler does not reach the database behind it"),
    message("check the database itself: does it run, is it paused, are connections left?"),
)
_NO_TLS = Meaning(
    Kind.CONFIG, message("the server demands TLS"), message("set sslmode=require (or verify-full) in the DSN")
)
_ADDRESS = Meaning(
    Kind.AUTH,
    message("the server does not accept this address and user"),
    message("check its pg_hba.conf, or the project's list of allowed addresses"),
)
_SLOT = Meaning(Kind.TIMEOUT, message("the pooler had no server connection free in time"), _ROOM.todo)
_STARTING = Meaning(Kind.REFUSED, message("the server is starting up or shutting down"))
_TRIES = Meaning(
    Kind.AUTH,
    message("too many rejected logins: the pooler blocks for a while"),
    message("correct user and password in the DSN, then wait some minutes"),
)
_PAUSED = Meaning(
    Kind.REFUSED,
    message("the database is paused or disabled"),
    message("start it in the provider's console (Supabase: restore)"),
)

# Looked for in this order, in small letters. PgBouncer says these under 08P01, Supavisor under XX000.
_WORDS: tuple[tuple[str, Meaning], ...] = (
    (r"max_client_conn|max clients|max client conn|maxclientsin|emaxconn", _ROOM),
    (r"no more connections|too many (clients|connections)|connection slots|connection limit", _ROOM),
    (r"tenant or user not found|enotfound|(tenant|user|project)\b.*\bnot found|tenant.*not exist", _UNKNOWN),
    (r"echeckouttimeout|check ?out|query_wait_timeout", _SLOT),
    (r"circuit ?breaker|too many authentication errors", _TRIES),
    (r"allow_list|not allowed to connect from|address not allowed|eaddrnotallowed", _ADDRESS),
    (r"no encryption|ssl off|ssl connection is required|ssl required|tls required", _NO_TLS),
    (r"no pg_hba\.conf entry|pg_hba\.conf rejects", _ADDRESS),
    (r"server login has been failing|server_login_retry|cannot connect to server|connect failed", _BEHIND),
    (
        r"database not available|dbhandler|server conn crashed|failed to connect to (the )?(server|database)",
        _BEHIND,
    ),
    (r"is disabled|is paused|has been paused|suspended|compute.*(quota|disabled)", _PAUSED),
    (r"no such user|no such role|authentication failed|wrong password|auth(entication)? (query )?failed", _LOGIN),
    (r"no such database", Meaning(Kind.NO_DATABASE, message("there is no such database"))),
    (r"starting up|shutting down|recovery mode|not yet accepting|not accepting", _STARTING),
)
_PARAMETER = re.compile(r"unsupported startup parameter[^:]*: ([a-z_.]{1,60})", re.IGNORECASE)
_WORD = re.compile(r"[(\[]?[A-Za-z][A-Za-z_'/-]*[)\].,:;!?]*|\d{1,4}[).,;]?|-")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`")
# At these a message is about the connection, and quotes no row.
_GENERAL = ("08", "28", "53", "57", "XX", "3D", "0A")


def meaning(state: str, words: str) -> Meaning | None:
    """Return what a refusal means, by its words; None if they are unknown."""
    if state[:2] not in _GENERAL:
        return None
    if found := _PARAMETER.search(words):
        text = message("the pooler does not accept the parameter {parameter}", parameter=clean(found[1], 60))
        return Meaning(Kind.CONFIG, text, message("remove it from the DSN; each statement sets its own limits"))
    low = words[:400].lower()
    return next((known for pattern, known in _WORDS if re.search(pattern, low)), None)


def remainder(words: str) -> str:
    """Return what may be shown of an unknown text: plain words and small numbers; the rest may be a name."""
    bare = _QUOTED.sub("…", clean(words, 160))
    kept = [word if _WORD.fullmatch(word) else "…" for word in bare.split()]
    return clean(re.sub(r"…( …)+", "…", " ".join(kept)), 120)
