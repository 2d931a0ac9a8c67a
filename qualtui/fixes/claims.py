"""Who is being written to, and what became of it: rows in the agent's own system_logs, under an advisory lock.

A claim is committed before anything is sent, its outcome after. A claim without one is in doubt: the message
may have been sent. So two engines on two stores, or a kill in between, write to no one twice.
"""

import uuid
from collections.abc import Callable, Sequence

import asyncpg
import msgspec

from qualtui.config.values import DatabaseSettings, Mapping
from qualtui.database import Database, DatabaseError, sql, table
from qualtui.fixes.fix import FixError
from qualtui.gateways.gateway import Fate
from qualtui.text.message import Saying, Text, message

READ_LIMIT = WRITE_LIMIT = 10.0  # s
OUTCOME = "qualtui_retry_"  # and a Fate: system_logs.evento of an outcome


class Case(msgspec.Struct, frozen=True):
    """What the agent's database says of one customer; times by its clock. No name, phone or text."""

    lead: str
    status: str
    channel: str
    dialable: bool  # the phone is one
    session: str | None  # the active one, else the newest
    said: float | None  # the newest row of the bot
    heard: float | None  # the newest row of the customer
    claimed: float | None  # the claim that counts, within the window
    outcome: str | None  # and what became of it; None: no one knows
    now: float
    state: str = ""  # of that session, while it is active
    again: bool = False  # the customer wrote in it: who had ended a conversation begins another one

    @property
    def doubt(self) -> bool:
        """A message to this customer may have been sent, and no one knows."""
        return self.claimed is not None and self.outcome in {None, OUTCOME + Fate.DOUBT}

    @property
    def answered(self) -> bool:
        """A retry answered this customer after the last word, or handed it to the bot."""
        return self._since_last_word(Fate.DELIVERED, Fate.ASKED)

    @property
    def accepted(self) -> bool:
        """The gateway accepted an answer after the last word, and nothing shows that it was delivered."""
        return self._since_last_word(Fate.ACCEPTED)

    def _since_last_word(self, *fates: Fate) -> bool:
        known = self.outcome in {OUTCOME + fate for fate in fates}
        return self.claimed is not None and known and self.claimed >= (self.heard or 0.0)


class Claim(msgspec.Struct, frozen=True):
    """A customer who is ours to write to, once. `digits` is the phone, `chat` its chat's own id if known.

    Both live as long as the send.
    """

    id: str
    case: Case
    digits: str
    chat: str = ""

    def __repr__(self) -> str:
        return f"Claim({self.id})"

    @property
    def place(self) -> str:
        """The id of the chat that is written to."""
        return self.chat or f"{self.digits}@c.us"


class HeldError(Exception):
    """The customer is not ours to write to; the text says why. `stopped`: because a person stopped the run."""

    def __init__(self, text: Saying, *, stopped: bool = False) -> None:
        super().__init__(str(text))
        self.text = text
        self.stopped = stopped


def no_write_dsn(agent: str) -> Text:
    """Why nothing can be changed in an agent's database."""
    return message("no write_dsn in [agents.{agent}.database]: qualtui may only read", agent=agent)


class Claims:
    """Claims and outcomes, with the writing role alone."""

    def __init__(self, agent: str, database: DatabaseSettings, mapping: Mapping, window: float) -> None:
        self.agent = agent
        self._mapping = mapping
        self._window = window
        self._writes: Database | None = None
        if database.write_dsn is not None:
            self._writes = Database(
                database.write_dsn, pooler=database.pooler, connect_timeout=float(database.timeout)
            )
        self._sql = {name: sql("qualtui.fixes", f"retry_{name}", mapping) for name in _STATEMENTS}

    @property
    def unavailable(self) -> Saying:
        """Why nothing can be claimed; empty where it can."""
        if self._writes is not None:
            return ""
        return no_write_dsn(self.agent)

    async def lacking(self, *, store: bool) -> tuple[str, ...]:
        """The rights that the role lacks, such as INSERT on system_logs.id. Raises FixError."""
        wanted = (*RIGHTS, *STORE_RIGHTS) if store else RIGHTS
        titles = [title for title, _what in wanted]
        names = [table(title.partition(".")[0], self._mapping) for title in titles]
        columns = [self._mapping.names.get(title, title.partition(".")[2]) for title in titles]
        try:
            async with self._database().read(READ_LIMIT) as reader:
                given = titles, names, columns, [what for _t, what in wanted]
                rows = await reader.ask("rights", self._sql["rights"], *given)
        except DatabaseError as error:
            raise FixError(error.text) from None
        return tuple(f"{row['wanted']} on {row['title']}" for row in rows)

    async def cases(self, leads: Sequence[str]) -> dict[str, Case]:
        """What is known of these customers, by lead; who is gone is left out. Raises FixError."""
        stored = [lead for lead in leads if is_lead(lead)]
        try:
            async with self._database().read(READ_LIMIT) as reader:
                rows = await reader.ask("customers", self._sql["cases"], *self._of(stored))
        except DatabaseError as error:
            raise FixError(error.text) from None
        return {row["lead"]: _case(row) for row in rows}

    async def claim(self, lead: str, run: str, barrier: Callable[[Case | None], Saying]) -> Claim:
        """Commits a claim, unless `barrier` or another engine stands against it. Raises HeldError, FixError."""
        key = str(uuid.uuid4())
        details = msgspec.json.encode({"lead_id": lead, "run": run, "key": key}).decode()
        try:
            async with self._database().write(WRITE_LIMIT) as session:
                if not await session.fetchval(self._sql["lock"], lead):
                    raise HeldError(message("another engine works on it"))
                row = await session.fetchrow(self._sql["cases"], *self._of((lead,)))
                case = None if row is None else _case(row)
                against = barrier(case)
                if case is None or against:
                    raise HeldError(against)
                digits = await session.fetchval(self._sql["phone"], lead)
                await session.execute(self._sql["claim"], key, lead, details)
        except DatabaseError as error:
            raise FixError(error.text) from None
        return Claim(key, case, str(digits or ""))

    async def record(self, claim: Claim, fate: Fate, strategy: str, text: str = "") -> None:
        """Commits what became of a claim; `text`: what was accepted and is stored with it. Raises FixError."""
        lead, session_id = claim.case.lead, claim.case.session
        details = msgspec.json.encode({"lead_id": lead, "key": claim.id, "by": strategy}).decode()
        try:
            async with self._database().write(WRITE_LIMIT) as session:
                await session.execute(self._sql["outcome"], claim.id, lead, OUTCOME + fate, details)
                if text and session_id is not None:
                    await session.execute(self._sql["store"], session_id, lead, text, self._mapping.sent)
        except DatabaseError as error:
            raise FixError(error.text) from None

    async def delivered(self, claim: Claim) -> None:
        """Commit that an accepted answer was delivered. Raises FixError."""
        details = msgspec.json.encode({"lead_id": claim.case.lead, "key": claim.id}).decode()
        try:
            async with self._database().write(WRITE_LIMIT) as session:
                event = OUTCOME + Fate.DELIVERED
                await session.execute(self._sql["delivered"], claim.id, claim.case.lead, event, details)
        except DatabaseError as error:
            raise FixError(error.text) from None

    async def close(self) -> None:
        """Gives back the connection."""
        if self._writes is not None:
            await self._writes.close()

    def _of(self, leads: Sequence[str]) -> tuple[object, ...]:
        """What the statement of cases is asked with."""
        return list(leads), self._mapping.sent, self._mapping.received, self._window

    def _database(self) -> Database:
        if self._writes is None:
            raise FixError(self.unavailable)
        return self._writes


def is_lead(name: str) -> bool:
    """Whether a customer is one of the bot's: who is known by a chat alone has no row that could be claimed."""
    try:
        uuid.UUID(name)
    except ValueError:
        return False
    return True


def _case(row: asyncpg.Record) -> Case:
    return msgspec.convert(dict(row), Case)


_STATEMENTS = ("rights", "lock", "cases", "claim", "outcome", "delivered", "store", "phone")
_LOGGED = ("id", "lead_id", "evento", "created_at")
# Column and right; the second ones only where a text is stored by us.
RIGHTS = (
    *((f"system_logs.{name}", "SELECT") for name in _LOGGED),
    *((f"system_logs.{name}", "INSERT") for name in (*_LOGGED, "nivel", "detalhes")),
    *((f"leads.{name}", "SELECT") for name in ("id", "telefone", "status", "canal")),
    *((f"sessions.{name}", "SELECT") for name in ("id", "lead_id", "ativa", "estado", "created_at")),
    *((f"messages.{name}", "SELECT") for name in ("lead_id", "session_id", "tipo", "created_at")),
)
STORE_RIGHTS = (
    ("messages.metadata", "SELECT"),
    *((f"messages.{name}", "INSERT") for name in ("session_id", "lead_id", "conteudo", "tipo", "metadata")),
)
