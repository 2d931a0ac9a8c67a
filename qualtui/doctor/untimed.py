"""Rows without a time: the column may be NULL, and a row without a time counts in no figure."""

from qualtui.config.values import Mapping
from qualtui.database import DatabaseReader, sql
from qualtui.model.findings import Finding, ok, warning
from qualtui.text.message import message

MOST = 1000  # rows that are counted


async def examined(reader: DatabaseReader, mapping: Mapping) -> Finding:
    """One line on messages and leads. Raises DatabaseError."""
    row = (await reader.ask("times", sql("qualtui.doctor", "untimed", mapping), MOST))[0]
    return untimed_findings({"messages": row["messages"], "leads": row["leads"]})


def untimed_findings(found: dict[str, int]) -> Finding:
    """How many rows of each table have no created_at."""
    check, what = "database.times", message("rows without a time")
    numbers = ", ".join(
        f"{table}: {count}{'+' if count >= MOST else ''}" for table, count in found.items() if count
    )
    if not numbers:
        return ok(check, what, message("every message and lead has a created_at"))
    why = message("created_at is NULL ({numbers}): no figure counts these customers", numbers=numbers)
    todo = message("find what writes NULL: the column's default only fills a value that is left out")
    return warning(check, what, why, todo)
