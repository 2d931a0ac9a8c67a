"""The indexes that the shipped statements need: without one, a statement reads the whole table."""

from collections.abc import Sequence

import msgspec

from qualtui.config.values import Mapping
from qualtui.database import DatabaseReader, sql
from qualtui.doctor.needs import quoted, real_column, tables
from qualtui.model.findings import Finding, ok, warning
from qualtui.text.message import Text, message

# Table, column, and what reads the whole table without the index.
WANTED = (
    ("messages", "created_at", message("the fast lane, every few seconds")),
    ("leads", "created_at", message("the fast lane, every few seconds")),
    ("messages", "lead_id", message("the check of who waits")),
    ("messages", "session_id", message("the preview of stuck sessions")),
    ("sessions", "ativa", message("the count of active sessions")),
    ("sessions", "lead_id", message("the undo of a cleanup")),
)


class Index(msgspec.Struct, frozen=True):
    """An index on all rows of a table: its first column, by the name in this database."""

    table: str
    name: str
    first: str
    valid: bool


async def indexes(reader: DatabaseReader, mapping: Mapping) -> tuple[Index, ...]:
    """The indexes of the bot's tables. Raises DatabaseError."""
    own = {real: name for name, real in tables(mapping).items()}
    rows = await reader.ask("indexes", sql("qualtui.doctor", "indexes", mapping), list(own))
    return tuple(Index(own[row["relation"]], row["index"], row["first"], row["valid"]) for row in rows)


def index_findings(found: Sequence[Index], mapping: Mapping) -> Finding:
    """One line on all of them. An invalid index is left by a CREATE that failed."""
    check, what = "database.indexes", message("indexes")
    names = tables(mapping)
    usable = {(index.table, index.first) for index in found if index.valid}
    missing: list[Text | str] = []
    statements = []
    for name, column, why in WANTED:
        real = real_column(name, column, mapping)
        if (name, real) in usable:
            continue
        missing.append(message("{table} ({column}) for {reader}", table=name, column=column, reader=why))
        made = f"qualtui_{name}_{column}"
        if any(index.name.strip('"').endswith(made) and not index.valid for index in found):
            statements.append(f"DROP INDEX CONCURRENTLY {quoted(made)}")
        statements.append(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {quoted(made)} ON {names[name]} ({quoted(real)})"
        )
    if not missing:
        return ok(check, what, message("all that the statements need"))
    return warning(check, what, message("missing: {indexes}", indexes=missing), message("run its SQL"), statements)
