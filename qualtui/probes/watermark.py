"""The questions of the fast lane: what came since a position, and what became of some customers who waited."""

from collections.abc import Sequence

import asyncpg

from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, DatabaseReader, moment, sql
from qualtui.probes.security import RowSecurity
from qualtui.text.message import Saying
from qualtui.tracking.ledger import Checked, Position, RowPage
from qualtui.tracking.replies import ReplyRow, ReplyState, RowKind
from qualtui.tracking.timeline import Stored

PAGE = 1000  # rows a question
CHECKED = 200  # waiting customers checked by key in a cycle
ANSWERS = 10  # of those, how many are looked for an answer that came late


class WatermarkReader:
    """Reads pages and re-checks, for one mapping. Every question is named in its DatabaseError."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._messages = self._sql("customers_messages")
        self._leads = self._sql("customers_leads")
        self._statuses = self._sql("customers_statuses")
        self._sessions = self._sql("customers_sessions")
        self._answers = self._sql("customers_answers")
        self._phones = self._sql("customers_phones")
        self._timeline = self._sql("customers_timeline")
        self._wrote = self._sql("customers_wrote")
        self._security = RowSecurity(("messages", "leads", "sessions"), mapping)

    def _sql(self, name: str) -> str:
        return sql("qualtui.probes", name, self._mapping)

    async def messages(self, reader: DatabaseReader, position: Position) -> RowPage:
        """The next page of messages. Raises DatabaseError."""
        at, after = position.start()
        args = (moment(at), after, PAGE, self._mapping.sent, self._mapping.received)
        rows = await reader.ask("messages", self._messages, *args)
        return RowPage(tuple(_message(row) for row in rows), more=len(rows) == PAGE)

    async def leads(self, reader: DatabaseReader, position: Position) -> RowPage:
        """The next page of leads. Raises DatabaseError."""
        at, after = position.start()
        rows = await reader.ask("leads", self._leads, moment(at), after, PAGE)
        page = tuple(ReplyRow(row["at"], RowKind.LEAD, row["id"], row["id"]) for row in rows)
        return RowPage(page, more=len(rows) == PAGE)

    async def check(
        self, reader: DatabaseReader, book: ReplyState, leads: Sequence[str]
    ) -> tuple[Checked, dict[str, Saying]]:
        """What became of these waiting customers, and by question what went wrong."""
        problems: dict[str, Saying] = {}
        sessions = [book.owed[lead].session for lead in leads if book.owed[lead].session]
        statuses = await _try(reader, problems, "leads", self._statuses, list(leads))
        active = await _try(reader, problems, "sessions", self._sessions, sessions) if sessions else []
        unseen = _fewer(statuses, leads) or _fewer(active, sessions)
        late = leads[:ANSWERS]
        sent = await _try(reader, problems, "messages", self._answers, list(late), self._mapping.sent)
        checked = Checked(
            asked=tuple(leads),
            statuses=None if statuses is None else {row["id"]: row["status"] for row in statuses},
            active=None if active is None else {row["id"]: row["active"] for row in active},
            sent=tuple(
                ReplyRow(row["at"], RowKind.SENT, row["id"], row["lead"], row["session"]) for row in sent or ()
            ),
            unseen=unseen,
        )
        return checked, problems

    async def hidden(self, reader: DatabaseReader) -> dict[str, Saying]:
        """By table: why none of its rows being seen does not mean that there is none. Raises DatabaseError."""
        return await self._security.hidden(reader)

    async def phones(self, reader: DatabaseReader, leads: Sequence[str]) -> dict[str, str]:
        """Phones by lead, for a person who asked. Raises DatabaseError."""
        rows = await reader.ask("leads", self._phones, list(leads))
        return {row["id"]: row["phone"] or "" for row in rows}

    async def timeline(self, reader: DatabaseReader, lead: str) -> tuple[Stored, ...]:
        """The newest messages of a lead, for a person who asked. Raises DatabaseError."""
        rows = await reader.ask("messages", self._timeline, lead, self._mapping.sent, self._mapping.received)
        return tuple(Stored(row["at"], row["sent"]) for row in rows)

    async def wrote(self, reader: DatabaseReader, since: float, until: float, most: int) -> dict[str, float]:
        """Who wrote in a time by the server's clock, and when last; the newest ones. Raises DatabaseError."""
        args = (moment(since), moment(until), self._mapping.received, most)
        rows = await reader.ask("messages", self._wrote, *args)
        return {row["lead"]: row["at"] for row in rows}


def _message(row: asyncpg.Record) -> ReplyRow:
    what = RowKind.SENT if row["sent"] else RowKind.RECEIVED
    return ReplyRow(row["at"], what, row["id"], row["lead"] or "", row["session"] or "")


def _fewer(rows: list[asyncpg.Record] | None, asked: Sequence[str]) -> bool:
    return rows is not None and len(rows) < len(set(asked))


async def _try(
    reader: DatabaseReader, problems: dict[str, Saying], name: str, statement: str, *args: object
) -> list[asyncpg.Record] | None:
    try:
        return await reader.ask(name, statement, *args)
    except DatabaseError as error:
        if reader.lost:
            raise
        problems.setdefault(name, error.text)
        return None
