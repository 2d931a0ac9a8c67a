"""The slow lane: exact counts, and the rows' figures as they are written (S2, S3, S10, S12)."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import asyncpg
import msgspec

from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, DatabaseReader, sql
from qualtui.model import Sample
from qualtui.probes.audit import Audit
from qualtui.probes.probe import ProbeError
from qualtui.probes.security import RowSecurity
from qualtui.probes.serial_database import SerialDatabase
from qualtui.probes.session_list import SessionList
from qualtui.text import clean, masked
from qualtui.text.message import Saying, message
from qualtui.tracking.failures import percent

Told = dict[str, tuple[float | None, Saying]]  # by series without the agent: value and note
Tell = Callable[[Sequence[asyncpg.Record]], Told]


class _Question(msgspec.Struct, frozen=True):
    """A statement, the series that it answers, and what its rows mean for them."""

    name: str
    tables: tuple[str, ...]  # that it reads
    statement: str
    args: tuple[object, ...]
    series: tuple[str, ...]  # without the agent
    tell: Tell


def _questions(mapping: Mapping) -> tuple[_Question, ...]:
    def statement(name: str) -> str:
        return sql("qualtui.probes", f"slow_{name}", mapping)

    def question(name: str, tables: str, args: tuple[str, ...], **answers: str) -> _Question:
        def tell(rows: Sequence[asyncpg.Record]) -> Told:
            values = {series: rows[0][column] for column, series in answers.items()}
            return {
                series: (None, message("none so far")) if value is None else (float(value), "")
                for series, value in values.items()
            }

        return _Question(name, tuple(tables.split()), statement(name), args, tuple(answers.values()), tell)

    return (
        question("leads_unprocessed", "leads", (mapping.new,), value="row.leads_unprocessed"),
        question("leads_processed", "leads", (), value="row.leads_processed"),
        question("leads_created", "leads", (), value="leads.created_1h"),
        question("reply_mean", "messages", (mapping.sent, mapping.received), value="row.reply_mean"),
        question("sessions_active", "sessions", (), value="sessions.active"),
        question("sessions_stuck", "sessions", (), value="row.sessions_stuck"),
        question(
            "sessions_situation",
            "sessions messages",
            (mapping.sent,),
            waiting_client="sessions.waiting_client",
            never_messaged="sessions.never_messaged",
        ),
        _Question(
            "same_question",
            ("sessions", "messages"),
            statement("same_question"),
            (mapping.sent,),
            _LOOPS,
            _loops,
        ),
        _Question(
            "conversion",
            ("qualificacoes", "leads", "messages"),
            statement("conversion"),
            ([mapping.qualified, BOOKED], mapping.sent, list(OFFERED)),
            _CONVERSION,
            _conversion,
        ),
        question("database_size", "", (), value="db.size"),
        _Question("errors_logged", ("system_logs",), statement("errors_logged"), (), (_LOGGED,), _logged),
    )


BOOKED = "reuniao_agendada"  # qualificacoes.resultado and leads.status of a lead that chose a meeting
OFFERED = ("oferecer_reuniao", "agendamento")  # the steps to which only qualified leads come
FEW = 5  # conversations below which a share of them says nothing
_LOOPS = ("sessions.same_question", "sessions.looping")
_CONVERSION = ("leads.conversion", "leads.qualified", "leads.assessed")
_LOGGED = "failures.logged"
_MOST = 3  # kinds of logged errors that are named


def _loops(rows: Sequence[asyncpg.Record]) -> Told:
    """How many conversations loop, and their share; 0 while most of the newest go on: the bot was repaired."""
    looping, every, newest = (float(rows[0][name]) for name in ("looping", "conversations", "newest_looping"))
    lasts = every >= FEW and 2 * newest > FEW
    note = message("{part:whole} of {all:whole}", part=looping, all=every)
    return {
        "sessions.same_question": (looping, note),
        "sessions.looping": (round(100.0 * looping / every, 0) if lasts else 0.0, note),
    }


def _conversion(rows: Sequence[asyncpg.Record]) -> Told:
    qualified, assessed = float(rows[0]["qualified"]), float(rows[0]["assessed"])
    note = message("{part:whole} of {all:whole}", part=qualified, all=assessed)
    values = (percent(qualified, assessed), qualified, assessed)
    return {series: (value, note) for series, value in zip(_CONVERSION, values, strict=True)}


def _logged(rows: Sequence[asyncpg.Record]) -> Told:
    """How many, and what they say most often: outside text, made safe and without numbers of people."""
    if not rows:
        return {_LOGGED: (0.0, message("none written; the agent seldom writes any"))}
    named = (f"{masked(clean(row['evento'], 40))} {row['times']:.0f}" for row in rows[:_MOST])
    return {_LOGGED: (sum(row["times"] for row in rows), ", ".join(named))}


class SlowLaneProbe:
    """Exact counts on a slower interval and a separate budget: a query gets at most half of the timeout.

    `audit`: looks for customers that the fast lane may have missed; `sessions`: lists them at a person's request.
    """

    def __init__(
        self,
        agent: str,
        turn: SerialDatabase,
        mapping: Mapping,
        interval: float,
        timeout: float,
        audit: Audit | None = None,
        sessions: SessionList | None = None,
    ) -> None:
        self.name = f"{agent}/counts"
        self.sessions = sessions
        self.interval = interval
        self.timeout = 2 * timeout  # as long for its turn as for its answers
        self._limit = timeout
        self._agent = agent
        self._turn = turn
        self._audit = audit
        self._questions = _questions(mapping)
        self._security = RowSecurity({name for each in self._questions for name in each.tables}, mapping)
        self.series = tuple(f"{agent}/{series}" for question in self._questions for series in question.series)

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """Each question's answer, or None with the reason. Raises ProbeError where the database fails."""
        clock = asyncio.get_running_loop().time
        started = clock()
        values: Told = {}
        try:
            async with self._turn.read(self._limit, each=self._limit / 2) as reader:
                hidden = await self._security.hidden(reader)
                for question in self._questions:
                    values.update(await self._answer(reader, question, hidden))
                await self._audited(reader)
        except DatabaseError as error:
            raise ProbeError(error.text) from None
        at = now + clock() - started
        return tuple(Sample(f"{self._agent}/{name}", at, *answer) for name, answer in values.items())

    async def _audited(self, reader: DatabaseReader) -> None:
        """The counts stand, whatever becomes of it: another time will do."""
        if self._audit is not None:
            with contextlib.suppress(DatabaseError):
                await self._audit.look(reader)

    async def _answer(self, reader: DatabaseReader, question: _Question, hidden: dict[str, Saying]) -> Told:
        """The answer; no row of a table that row security keeps from us is not zero rows."""
        unseen = sorted(hidden.keys() & question.tables)
        if unseen:
            return dict.fromkeys(question.series, (None, hidden[unseen[0]]))
        try:
            return question.tell(await reader.ask(question.name, question.statement, *question.args))
        except DatabaseError as error:
            if reader.lost:
                raise
            return dict.fromkeys(question.series, (None, error.text))

    async def close(self) -> None:
        """Gives back the connection."""
        await self._turn.close()
