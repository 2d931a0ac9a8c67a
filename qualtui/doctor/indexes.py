"""The indexes that the shipped questions want: without one, each question reads the whole table."""

from collections.abc import Sequence

import msgspec

from qualtui.config.values import Mapping
from qualtui.database import DatabaseReader, sql
from qualtui.doctor.needs import quoted, real_column, tables
from qualtui.model.findings import Finding, ok, warning
from qualtui.text import _

# Table, column, and which question reads the whole table without it.
WANTED = (
    ("messages", "created_at", _("the fast lane, every few seconds")),
    ("leads", "created_at", _("the fast lane, every few seconds")),
    ("messages", "lead_id", _("the check of who waits")),
    ("messages", "session_id", _("the preview of stuck sessions")),
    ("sessions", "ativa", _("the count of active sessions")),
    ("sessions", "lead_id", _("the undoing of a cleanup")),
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
    """One line on all of them. An index that is not valid was left by a CREATE that broke off."""
    check, what = "database.indexes", _("indexes")
    names = tables(mapping)
    usable = {(index.table, index.first) for index in found if index.valid}
    told, statements = [], []
    for name, column, why in WANTED:
        real = real_column(name, column, mapping)
        if (name, real) in usable:
            continue
        told.append(f"{name} ({column}): {why}")
        made = f"qualtui_{name}_{column}"
        if any(index.name.strip('"').endswith(made) and not index.valid for index in found):
            statements.append(f"DROP INDEX CONCURRENTLY {quoted(made)}")
        statements.append(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {quoted(made)} ON {names[name]} ({quoted(real)})"
        )
    if not told:
        return ok(check, what, _("all that the questions want"))
    return warning(check, what, _("missing on {}").format("; ".join(told)), _("run the SQL below"), statements)
