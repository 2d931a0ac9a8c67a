"""The database's server: does it answer, which version, free connections, and its time limits."""

import asyncpg

from qualtui.config.values import DatabaseSettings
from qualtui.database import DatabaseError, Kind
from qualtui.doctor.http_request import milliseconds
from qualtui.model.findings import Finding, failed, ok, warning
from qualtui.text import clean
from qualtui.text.message import Saying, message

OLDEST = 130000  # server_version_num: older ones get no security fixes
ROOM = 5  # connections


def unreachable(check: str, what: Saying, error: DatabaseError) -> Finding:
    """Why we can't connect to the database, and the next step."""
    todo = {
        Kind.REFUSED: message("check that the server runs, its port, and its connection limit"),
        Kind.TIMEOUT: message("check the network and the firewalls; on Supabase: is the project paused?"),
        Kind.AUTH: message(
            "check user and password in the DSN; behind Supabase's pooler the user is ROLE.PROJECT"
        ),
        Kind.NO_DATABASE: message("check the database's name in the DSN"),
        Kind.PERMISSION: message("check the role's rights: docs/roles.sql"),
        Kind.CONFIG: message("check the DSN: qualtui config check"),
        Kind.UNREACHABLE: message(
            "check the host in the DSN and this machine's network: a direct Supabase host needs IPv6"
        ),
        Kind.QUERY: message("check the names in [agents.NAME.mapping]"),
        Kind.GONE: message("read the server's log"),
    }[error.kind]
    return failed(check, what, error.text, error.todo or todo)


def server_reach_finding(facts: asyncpg.Record, travel: float) -> Finding:
    """The server that answered."""
    check, what = "database.reach", message("database")
    version = clean(facts["version"].split()[0], 20)
    why = message("PostgreSQL {version} answers in {took}", version=version, took=milliseconds(travel))
    if facts["number"] < OLDEST:
        return warning(check, what, why, message("plan an upgrade: versions before 13 get no security fixes"))
    return ok(check, what, why)


def room_finding(facts: asyncpg.Record) -> Finding:
    """Whether there are connections left for the engine."""
    check, what = "database.room", message("connections")
    left = facts["most"] - facts["reserved"] - facts["used"]
    limit = facts["role_limit"]
    if 0 <= limit < 4:
        why = message(
            "the role {role} may open {limit}; qualtui needs 4: a pool of 2, a fix, the doctor",
            role=clean(facts["role"]),
            limit=limit,
        )
        return warning(check, what, why, message("ALTER ROLE ... CONNECTION LIMIT 4"))
    why = message("{left} of {limit} free", left=max(0, left), limit=facts["most"])
    if left < ROOM:
        todo = message("see who holds them: SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1")
        return warning(check, what, why, todo)
    return ok(check, what, why)


def limits_finding(facts: asyncpg.Record, settings: DatabaseSettings) -> Finding:
    """Whether the role's own time limit is shorter than ours."""
    check, what = "database.limits", message("time limits")
    theirs = facts["statement_timeout"] / 1000
    longest = max(float(settings.timeout), float(settings.slow_timeout))
    if 0 < theirs < longest:
        why = message(
            "each statement sets its own; the role's of {theirs:seconds} is shorter than ours of {ours:seconds}",
            theirs=theirs,
            ours=longest,
        )
        return ok(check, what, why)
    if not theirs:
        return ok(check, what, message("each statement sets its own; the role has none"))
    return ok(check, what, message("each statement sets its own; the role's is {theirs:seconds}", theirs=theirs))


def primary_finding(facts: asyncpg.Record) -> Finding | None:
    """A writing DSN must lead to a server that accepts writes."""
    if not facts["replica"]:
        return None
    check, what = "write.primary", message("writing role's server")
    return failed(
        check, what, message("is a replica: it accepts no writes"), message("point write_dsn at the primary")
    )
