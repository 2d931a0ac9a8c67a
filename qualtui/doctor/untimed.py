"""Rows without a time: the column may be NULL, and what has no time stands in no figure."""

from qualtui.config.values import Mapping
from qualtui.database import DatabaseReader, sql
from qualtui.model.findings import Finding, ok, warning
from qualtui.text import _

MOST = 1000  # rows that are counted


async def examined(reader: DatabaseReader, mapping: Mapping) -> Finding:
    """One line on messages and leads. Raises DatabaseError."""
    row = (await reader.ask("times", sql("qualtui.doctor", "untimed", mapping), MOST))[0]
    return untimed_findings({"messages": row["messages"], "leads": row["leads"]})


def untimed_findings(found: dict[str, int]) -> Finding:
    """How many rows of each table have no created_at."""
    check, what = "database.times", _("rows without a time")
    told = ", ".join(
        f"{table}: {count if count < MOST else f'{MOST} or more'}" for table, count in found.items() if count
    )
    if not told:
        return ok(check, what, _("every message and lead has its created_at"))
    why = _("created_at is NULL ({}): no figure sees these customers").format(told)
    return warning(check, what, why, _("find what writes them: the column's default fills only what is left out"))
