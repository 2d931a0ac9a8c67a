"""The database's server: is it there, which version, is there room on it, whose limits are shorter than ours?"""

import asyncpg

from qualtui.config.values import DatabaseSettings
from qualtui.database import DatabaseError, Kind
from qualtui.doctor.http_request import milliseconds
from qualtui.model.findings import Finding, failed, ok, warning
from qualtui.text import _, clean

OLDEST = 130000  # server_version_num: older ones get no security fixes
ROOM = 5  # connections


def unreachable(check: str, what: str, error: DatabaseError) -> Finding:
    """Why the database does not let us in, and what to do."""
    todo = {
        Kind.REFUSED: _("see that the server runs, its port, and its connection limit"),
        Kind.TIMEOUT: _("see the network and firewall between; Supabase: is the project paused?"),
        Kind.AUTH: _("see user and password in the DSN; behind Supabase's pooler the user is ROLE.PROJECT"),
        Kind.NO_DATABASE: _("see the database's name in the DSN"),
        Kind.PERMISSION: _("see the role's rights: docs/roles.sql"),
        Kind.CONFIG: _("see the DSN: qualtui config check"),
        Kind.UNREACHABLE: _(
            "see the host in the DSN and this machine's network: a direct Supabase host needs IPv6"
        ),
        Kind.QUERY: _("see the mapping in [agents.NAME.mapping]"),
        Kind.GONE: _("see the server's log"),
    }[error.kind]
    return failed(check, what, error.text, error.todo or todo)


def server_reach_finding(facts: asyncpg.Record, travel: float) -> Finding:
    """The server that answered."""
    check, what = "database.reach", _("database")
    told = _("PostgreSQL {} answers in {}").format(clean(facts["version"].split()[0], 20), milliseconds(travel))
    if facts["number"] < OLDEST:
        return warning(check, what, told, _("plan its upgrade: versions before 13 get no security fixes"))
    return ok(check, what, told)


def room_finding(facts: asyncpg.Record) -> Finding:
    """Whether there are connections left for the engine."""
    check, what = "database.room", _("connections")
    left = facts["most"] - facts["reserved"] - facts["used"]
    limit = facts["role_limit"]
    if 0 <= limit < 4:
        why = _("the role {} may open {}: a pool of 2, a fix and a doctor are 4").format(
            clean(facts["role"]), limit
        )
        return warning(check, what, why, _("ALTER ROLE ... CONNECTION LIMIT 4"))
    told = _("{} of {} left").format(max(0, left), facts["most"])
    if left < ROOM:
        return warning(
            check, what, told, _("see who holds them: SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1")
        )
    return ok(check, what, told)


def limits_finding(facts: asyncpg.Record, settings: DatabaseSettings) -> Finding:
    """Whether the role's own time limit cuts our questions short."""
    check, what = "database.limits", _("time limits")
    theirs = facts["statement_timeout"] / 1000
    longest = max(float(settings.timeout), float(settings.slow_timeout))
    if 0 < theirs < longest:
        why = _("the role's statement_timeout of {:g} s is shorter than slow_timeout = {:g} s").format(
            theirs, longest
        )
        return ok(check, what, why + _("; each question sets its own"))
    if not theirs:
        return ok(check, what, _("each question sets its own; the role has none to fall back on"))
    return ok(check, what, _("each question sets its own; the role's is {:g} s").format(theirs))


def primary_finding(facts: asyncpg.Record) -> Finding | None:
    """A writing DSN must lead to a server that takes writes."""
    if not facts["replica"]:
        return None
    check, what = "write.primary", _("writing role's server")
    return failed(check, what, _("is a replica: it takes no writes"), _("point write_dsn at the primary"))
