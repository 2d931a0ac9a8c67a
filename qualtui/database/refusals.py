"""What a server or a pooler means by a refusal, by SQLSTATE and by known words: poolers use general codes."""

import re
from typing import NamedTuple

from qualtui.database.kinds import Kind
from qualtui.text import _, clean


class Meaning(NamedTuple):
    """A refusal's kind, its text for people, and the next step (empty: that of its kind)."""

    kind: Kind
    text: str
    todo: str = ""


_ROOM = Meaning(
    Kind.REFUSED,
    _("no more clients are let in: the connection limit is reached"),
    _("see who holds connections (pg_stat_activity, the pooler's clients), raise the limit or the pool size"),
)
_UNKNOWN = Meaning(
    Kind.AUTH,
    _("the pooler knows no such project or user"),
    _("is the project paused? (Supabase: restore it.) Behind the pooler the user is ROLE.PROJECT"),
)
_LOGIN = Meaning(Kind.AUTH, _("the login was rejected"))
_BEHIND = Meaning(
    Kind.REFUSED,
    _("the pooler does not reach the database behind it"),
    _("see the database itself: does it run, is it paused, has it connections left?"),
)
_NO_TLS = Meaning(
    Kind.CONFIG, _("the server demands TLS"), _("write sslmode=require (or verify-full) into the DSN")
)
_ADDRESS = Meaning(
    Kind.AUTH,
    _("the server does not let this address and user in"),
    _("see its pg_hba.conf, or the project's list of allowed addresses"),
)
_SLOT = Meaning(Kind.TIMEOUT, _("the pooler had no server connection free in time"), _ROOM.todo)
_STARTING = Meaning(Kind.REFUSED, _("the server is starting up or shutting down"))
_TRIES = Meaning(
    Kind.AUTH,
    _("too many rejected logins: the pooler blocks for a while"),
    _("correct user and password in the DSN, then wait some minutes"),
)
_PAUSED = Meaning(
    Kind.REFUSED,
    _("the database is paused or disabled"),
    _("wake it in the provider's console (Supabase: restore)"),
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
    (r"no such database", Meaning(Kind.NO_DATABASE, _("there is no such database"))),
    (r"starting up|shutting down|recovery mode|not yet accepting|not accepting", _STARTING),
)
_PARAMETER = re.compile(r"unsupported startup parameter[^:]*: ([a-z_.]{1,60})", re.IGNORECASE)
_WORD = re.compile(r"[(\[]?[A-Za-z][A-Za-z_'/-]*[)\].,:;!?]*|\d{1,4}[).,;]?|-")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`")
# At these a message is about the connection, and quotes no row.
_GENERAL = ("08", "28", "53", "57", "XX", "3D", "0A")


def meaning(state: str, message: str) -> Meaning | None:
    """What a refusal means by its words; None where they say nothing that is known."""
    if state[:2] not in _GENERAL:
        return None
    if found := _PARAMETER.search(message):
        text = _("the pooler does not take the parameter {}").format(clean(found[1], 60))
        return Meaning(Kind.CONFIG, text, _("take it out of the DSN; each question sets its own limits"))
    low = message[:400].lower()
    return next((known for words, known in _WORDS if re.search(words, low)), None)


def remainder(message: str) -> str:
    """What may be shown of a text that nobody knows: plain words and small numbers; all else may be a name."""
    bare = _QUOTED.sub("…", clean(message, 160))
    words = [word if _WORD.fullmatch(word) else "…" for word in bare.split()]
    return clean(re.sub(r"…( …)+", "…", " ".join(words)), 120)
