"""The database as the product's fast lane asks it: each of its statements, answered from the world's rows."""

import contextlib
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

from benchmarks.truth.faults import Kind
from benchmarks.truth.records import Row, What
from benchmarks.truth.world import World
from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, sql
from qualtui.database.errors import Kind as Trouble

Record = dict[str, object]
Clock = Callable[[], float]


class Tables:
    """Stands in for qualtui.database.Database. `epoch`: the wall clock at the world's second 0."""

    def __init__(self, world: World, epoch: float, clock: Clock) -> None:
        self._world = world
        self._epoch = epoch
        self._clock = clock
        names: dict[str, Callable[..., list[Record]]] = {
            "customers_messages": self._messages,
            "customers_leads": self._leads,
            "customers_statuses": self._statuses,
            "customers_sessions": self._sessions,
            "customers_answers": self._answers,
            "customers_phones": self._phones,
            "customers_chats": self._chats,
            "customers_unreadable": lambda _leads, _states: [],  # every session can be read
            "row_security": self._security,
        }
        self._known = {sql("qualtui.probes", name, Mapping()): answer for name, answer in names.items()}

    @contextlib.asynccontextmanager
    async def read(self, timeout: float, each: float | None = None) -> AsyncIterator["Tables"]:
        """A snapshot. Raises DatabaseError as a real one fails."""
        del each
        network = self._world.network()
        if network == "no route":
            raise DatabaseError(Trouble.UNREACHABLE, "no route from here")
        if network:
            raise DatabaseError(Trouble.TIMEOUT, f"no answer in {timeout:g}s", silent=True)
        if self._world.scene.on(Kind.DATABASE_DOWN):
            raise DatabaseError(Trouble.REFUSED, "refused")
        yield self

    async def close(self) -> None:
        """Nothing is held."""

    @property
    def now(self) -> float:
        """The server's clock."""
        return self._epoch + self._world.now

    @property
    def read_at(self) -> float:
        """The event loop's time."""
        return self._clock()

    travel = 0.0
    lost = False

    async def ask(self, question: str, statement: str, *args: object) -> Sequence[Record]:
        """The rows that the statement gives."""
        answer = self._known.get(statement)
        if answer is None:
            raise NotImplementedError(f"the simulation has no answer to {question}: {statement[:300]}")
        return answer(*args)

    def _page(self, rows: Sequence[Row], at: datetime, after: str, limit: int) -> list[Row]:
        start = at.timestamp() - self._epoch
        given = rows[bisect_left(rows, start - 1e-4, key=lambda row: row.at) :]
        found = sorted(
            (row for row in given if row.at > start + 1e-6 or row.id > after), key=lambda r: (r.at, r.id)
        )
        return found[:limit]

    def _messages(self, at: datetime, after: str, limit: int, *_words: str) -> list[Record]:
        return [
            {**self._record(row), "lead": row.lead, "sent": row.what is What.SENT}
            for row in self._page(self._world.database.messages, at, after, limit)
        ]

    def _leads(self, at: datetime, after: str, limit: int) -> list[Record]:
        return [self._record(row) for row in self._page(self._world.database.leads, at, after, limit)]

    def _record(self, row: Row) -> Record:
        return {"at": self._epoch + row.at, "id": row.id, "session": row.session}

    def _statuses(self, leads: Sequence[str]) -> list[Record]:
        known = self._world.database.phones
        return [{"id": lead, "status": "em_qualificacao"} for lead in leads if lead in known]

    def _sessions(self, sessions: Sequence[str]) -> list[Record]:
        return [{"id": session, "active": True} for session in sessions]

    def _answers(self, leads: Sequence[str], _sent: str) -> list[Record]:
        found = []
        for lead in leads:
            rows = self._world.database.by_lead.get(lead, [])[-500:]
            newest = next((row for row in reversed(rows) if row.what is What.SENT), None)
            if newest is not None:
                found.append({**self._record(newest), "lead": lead})
        return found

    def _phones(self, leads: Sequence[str]) -> list[Record]:
        phones = self._world.database.phones
        return [{"id": lead, "phone": phones[lead]} for lead in leads if lead in phones]

    def _chats(
        self, numbers: Sequence[str], phones: Sequence[str], since: Sequence[datetime], *_words: str
    ) -> list[Record]:
        found: list[Record] = []
        for number, phone, start in zip(numbers, phones, since, strict=True):
            lead = self._world.database.lead_of.get(phone)
            if lead is None:
                continue
            rows = self._since(lead, start.timestamp())
            newest = {
                what: max((self._epoch + r.at for r in rows if r.what is what), default=None) for what in What
            }
            told = {"received": newest[What.RECEIVED], "sent": newest[What.SENT]}
            found.append({"number": number, "lead": lead, "status": "em_qualificacao", **told})
        return found

    def _since(self, lead: str, start: float) -> list[Row]:
        rows = self._world.database.by_lead.get(lead, [])
        return [row for row in rows if self._epoch + row.at >= start][:500]

    def _security(self, names: Sequence[str]) -> list[Record]:
        return [{"name": name, "active": False, "policy": False} for name in names]
