"""What the agent writes: like its repositories, a failed statement is swallowed and leaves no trace."""

import json
from uuid import UUID

import asyncpg
import msgspec

from qualtui.demo.bot import BotTurn
from qualtui.demo.sqlfile import demo_sql

_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Lead(msgspec.Struct, frozen=True):
    """A row of leads."""

    id: UUID
    name: str
    status: str


class Session(msgspec.Struct, frozen=True):
    """A row of sessions."""

    id: UUID
    estado: str
    contexto: dict[str, object]


class BotRepository:
    """The agent's tables, over one connection that is made again when it is lost. No method raises."""

    def __init__(self, dsn: str, timeout: float) -> None:
        self._dsn = dsn
        self._timeout = timeout
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def close(self) -> None:
        """Drops the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _row(self, name: str, *values: object) -> asyncpg.Record | None:
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(self._dsn, timeout=self._timeout)
            return await self._connection.fetchrow(demo_sql(f"agent/{name}"), *values, timeout=self._timeout)
        except asyncpg.PostgresConnectionError:
            await self.close()
            raise
        except (OSError, TimeoutError):
            await self.close()
            raise

    async def _ask(self, name: str, *values: object) -> asyncpg.Record | None:
        """The first row, or None when there is none or the statement failed."""
        try:
            return await self._row(name, *values)
        except _FAILURES:
            return None

    async def _write(self, name: str, *values: object) -> bool:
        """Whether it was written; tries to log a failure, whose text is longer than its column."""
        try:
            await self._row(name, *values)
        except _FAILURES as error:
            evento = f"Erro ao executar {name}: {error!r} " + "." * 100
            await self._ask("log_error", evento, "{}")
            return False
        return True

    async def ping(self) -> bool:
        """Whether the database answers."""
        return await self._ask("ping") is not None

    async def lead(self, name: str, phone: str) -> Lead | None:
        """The phone's lead, made where there is none; None when neither works."""
        row = await self._ask("find_lead", phone) or await self._ask("create_lead", name, phone)
        return None if row is None else Lead(row["id"], row["nome"], row["status"])

    async def session(self, lead: Lead) -> Session | None:
        """The newest active session."""
        return _session(await self._ask("find_session", lead.id))

    async def new_session(self, lead: Lead) -> Session | None:
        """A new one in estado inicio."""
        contexto = {
            "first_name": lead.name.split()[0],
            "bot_messages": 0,
            "responses": {},
            "lead_id": str(lead.id),
            "qualified": False,
            "origem_canal": "whatsapp",
        }
        return _session(await self._ask("create_session", lead.id, json.dumps(contexto)))

    async def message(self, session: UUID, lead: UUID, text: str, kind: str, metadata: dict[str, object]) -> bool:
        """A row of messages; `kind` is recebida or enviada."""
        return await self._write("add_message", session, lead, text, kind, json.dumps(metadata))

    async def progress(self, session: Session, lead: Lead, turn: BotTurn) -> None:
        """After a reply: the session's new estado (most are refused), the lead's status, qualificacao, reuniao."""
        contexto = json.dumps(turn.contexto)
        await self._write("update_session", session.id, turn.estado, contexto, not turn.final)
        await self._write("update_lead_status", lead.id, turn.lead_status)
        if await self._ask("find_qualification", lead.id) is None:
            await self._write("add_qualification", lead.id, session.id, "")
        if turn.result:
            await self._write("update_qualification_result", lead.id, turn.result)
        if turn.meeting:
            await self._write("add_meeting", lead.id)

    async def phone_of(self, lead: UUID) -> tuple[Lead, str] | None:
        """A lead and its phone by id."""
        row = await self._ask("lead_by_id", lead)
        return None if row is None else (Lead(row["id"], row["nome"], ""), row["telefone"])

    async def last_sent(self, lead: UUID) -> tuple[UUID, str, str] | None:
        """Session, text and etapa of the newest enviada."""
        row = await self._ask("last_sent", lead)
        return None if row is None else (row["session_id"], row["conteudo"], row["etapa"] or "")


def _session(row: asyncpg.Record | None) -> Session | None:
    if row is None:
        return None
    contexto = json.loads(row["contexto"] or "{}")
    return Session(row["id"], row["estado"], contexto if isinstance(contexto, dict) else {"responses": contexto})
