"""Is a transaction pooler between us and the database, and does the configuration say so?

Two connections of ours share a backend only behind one: asyncpg's prepared statements then fail at random.
"""

from qualtui.config.values import DatabaseSettings, Mapping
from qualtui.database import Database, DatabaseError, sql
from qualtui.model.findings import Finding, failed, ok, warning
from qualtui.text import _

PORT = 6543  # of Supabase's transaction pooler


async def shared(settings: DatabaseSettings) -> bool | None:
    """Whether two connections got one backend, or one got two; None where it could not be tried."""
    timeout = float(settings.timeout)
    async with (
        Database(settings.dsn, pooler=True, connect_timeout=timeout) as one,
        Database(settings.dsn, pooler=True, connect_timeout=timeout) as other,
    ):
        try:
            first = await _backend(one, timeout)
            async with other.read(timeout) as reader:
                rows = await reader.ask("backend", sql("qualtui.doctor", "backend", Mapping()))
                # While it is held, the first connection must be on another, or still on its own.
                held, again = int(rows[0]["pid"]), await _backend(one, timeout / 2)
        except DatabaseError:
            return None
    return held == first or again != first


def pooling_findings(pooled: bool | None, port: int, *, said: bool) -> Finding:
    """What was found against `pooler = ` of the configuration."""
    check, what = "database.pooler", _("pooler")
    if pooled and not said:
        why = _("a transaction pooler, and the configuration says none: questions will fail at random")
        return failed(check, what, why, _("write pooler = true in [agents.NAME.database]"))
    if pooled:
        return ok(check, what, _("a transaction pooler, as the configuration says"))
    if pooled is None or port == PORT:
        if said:
            return ok(check, what, _("not told; the configuration is ready for one"))
        why = _("not told; port {} is that of Supabase's transaction pooler").format(port)
        if port == PORT:
            return warning(check, what, why, _("write pooler = true in [agents.NAME.database]"))
        why = _("not told: a second connection was not given")
        return warning(check, what, why, _("see the role's CONNECTION LIMIT and the pooler's size: 4 are needed"))
    if said:
        return ok(check, what, _("none, and ready for one: pooler = false would save a little"))
    return ok(check, what, _("none"))


async def _backend(database: Database, timeout: float) -> int:
    async with database.read(timeout) as reader:
        rows = await reader.ask("backend", sql("qualtui.doctor", "backend", Mapping()))
        return int(rows[0]["pid"])
