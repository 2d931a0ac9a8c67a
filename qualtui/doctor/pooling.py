"""Is a transaction pooler between us and the database, and does the configuration say so?

Two connections of ours share a backend only behind one: asyncpg's prepared statements then fail at random.
"""

from qualtui.config.values import DatabaseSettings, Mapping
from qualtui.database import Database, DatabaseError, sql
from qualtui.model.findings import Finding, failed, ok, warning
from qualtui.text.message import message

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
    """Compare the result with `pooler = ` in the configuration."""
    check, what = "database.pooler", message("pooler")
    if pooled and not said:
        why = message("a transaction pooler, but the configuration says none: statements will fail at random")
        return failed(check, what, why, message("write pooler = true in [agents.NAME.database]"))
    if pooled:
        return ok(check, what, message("a transaction pooler, as configured"))
    if pooled is None or port == PORT:
        if said:
            return ok(check, what, message("unknown; the configuration is ready for one"))
        if port == PORT:
            why = message("unknown, but port {port} is Supabase's transaction pooler", port=str(port))
            return warning(check, what, why, message("write pooler = true in [agents.NAME.database]"))
        why = message("unknown: the server refused a second connection")
        return warning(
            check,
            what,
            why,
            message("check the role's CONNECTION LIMIT and the pooler's size: 4 connections are needed"),
        )
    if said:
        return ok(
            check, what, message("none, but the configuration is ready for one: pooler = false is a little faster")
        )
    return ok(check, what, message("none"))


async def _backend(database: Database, timeout: float) -> int:
    async with database.read(timeout) as reader:
        rows = await reader.ask("backend", sql("qualtui.doctor", "backend", Mapping()))
        return int(rows[0]["pid"])
