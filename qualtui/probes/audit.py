"""Customers that the fast lane may have missed: the slow lane, which looks at every active session, finds them."""

from collections.abc import Sequence

import asyncpg

from qualtui.config.values import Mapping
from qualtui.database import DatabaseReader, sql
from qualtui.tracking.replies import ReplyRow, RowKind


class Audit:
    """Rows stored under a time long past are seen by no watermark: a copy put back, an import, a clock set right.

    `look` finds them, `found` returns them until `taken` says that a cycle has kept them.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._statement = sql("qualtui.probes", "customers_owed", mapping)
        self._words = mapping.received, mapping.sent, mapping.closed
        self._found: tuple[ReplyRow, ...] = ()

    async def look(self, reader: DatabaseReader) -> None:
        """Who waits for a reply in an active session, the newest 500. Raises DatabaseError."""
        self._found = _rows(await reader.ask("owed", self._statement, *self._words))

    def found(self) -> tuple[ReplyRow, ...]:
        """What the newest look found and no cycle has kept yet."""
        return self._found

    def taken(self, rows: tuple[ReplyRow, ...]) -> None:
        """A cycle has kept these rows; what a later look found stays."""
        if self._found is rows:
            self._found = ()


def _rows(rows: Sequence[asyncpg.Record]) -> tuple[ReplyRow, ...]:
    return tuple(ReplyRow(row["at"], RowKind.RECEIVED, row["id"], row["lead"], row["session"]) for row in rows)
