"""Row-level security: a role without a policy sees no rows, and gets no error."""

from collections.abc import Sequence

import msgspec

from qualtui.config.values import Mapping
from qualtui.database import DatabaseReader, sql
from qualtui.doctor.needs import quoted, tables
from qualtui.model.findings import Finding, failed, ok, warning
from qualtui.text import clean
from qualtui.text.message import message

FOLLOWED = ("leads", "sessions", "messages")
_NEAR = 0.5  # of the planner's estimate: it is old, and rows are deleted


class GuardedTable(msgspec.Struct, frozen=True):
    """A table under row security: policies that let our role read, the planner's estimate, and what we see."""

    table: str
    policies: tuple[str, ...]
    rows: float  # -1: never analysed
    seen: float


async def guarded_tables(reader: DatabaseReader, mapping: Mapping) -> tuple[GuardedTable, ...]:
    """The followed tables on which row-level security applies to us, counted. Raises DatabaseError."""
    own = {real: name for name, real in tables(mapping).items() if name in FOLLOWED}
    found = []
    for row in await reader.ask("row security", sql("qualtui.doctor", "security", mapping), list(own)):
        if row["active"]:
            name = own[row["relation"]]
            count = await reader.ask(name, sql("qualtui.doctor", f"seen_{name}", mapping))
            found.append(GuardedTable(name, tuple(row["policies"]), row["rows"], count[0]["seen"]))
    return tuple(found)


def hidden_findings(found: Sequence[GuardedTable], role: str, mapping: Mapping) -> Finding:
    """One line on all tables."""
    check, what = "database.rows", message("row security")
    if not found:
        return ok(check, what, message("hides nothing from {role}", role=clean(role)))
    closed = [table for table in found if not table.policies]
    names = tables(mapping)
    statements = tuple(
        f"CREATE POLICY {quoted('qualtui_' + table.table)} ON {names[table.table]} FOR SELECT TO {quoted(role)} "
        "USING (true)"
        for table in found
    )
    if closed:
        why = message(
            "{role} sees no row of {tables}: a zero there means nothing",
            role=clean(role),
            tables=", ".join(table.table for table in closed),
        )
        todo = message("run its SQL, or ALTER ROLE ... BYPASSRLS")
        return failed(check, what, why, todo, statements)
    fewer = [table for table in found if table.rows > 0 and table.seen < table.rows * _NEAR]
    if fewer:
        numbers = ", ".join(f"{table.table}: {table.seen:.0f} of about {table.rows:.0f}" for table in fewer)
        why = message("a policy hides rows ({numbers})", numbers=numbers)
        return failed(check, what, why, message("run its SQL"), statements)
    policies = ", ".join(f"{table.table} ({clean(', '.join(table.policies), 60)})" for table in found)
    if any(table.rows <= 0 for table in found):
        why = message("policies apply to {policies}; it is unknown whether they hide rows", policies=policies)
        return warning(check, what, why, message("ANALYZE the tables and run the doctor again"))
    return ok(check, what, message("policies let {role} read: {policies}", role=clean(role), policies=policies))
