"""The remedy session-cleanup: closes active sessions past the limit, by the row or in truth.

Closing a session answers no one: its customer stays waiting until the bot or a person writes.
"""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from qualtui.config.values import DatabaseSettings, Mapping
from qualtui.config.values import SessionCleanupSettings as Settings
from qualtui.database import Database, DatabaseError, Kind, sql, table
from qualtui.fixes.claims import is_lead, no_write_dsn
from qualtui.fixes.fix import FixError, Outcome, Plan, Stop
from qualtui.fixes.totals import left_behind
from qualtui.text import mask_phone
from qualtui.text.message import Saying, Text, counted, joined, message
from qualtui.wire import CustomerView, PreviewItem

Waiting = Callable[[], Awaitable[Sequence[CustomerView]]]  # who waits now; raises FixError
MODES = ("truth", "row")
SHOWN = 50  # items of a preview
WRITE_LIMIT = 10.0  # s


class SessionCleanup:
    """Implements Remedy. Reads with the read-only DSN, writes with write_dsn alone, one transaction a run."""

    not_now = ""
    name = "session-cleanup"
    limit = 60.0
    final = ""

    def __init__(
        self,
        agent: str,
        database: DatabaseSettings,
        mapping: Mapping,
        settings: Settings,
        waiting: Waiting | None = None,
    ) -> None:
        """`waiting`: who waits now; a session of theirs whose state the bot can't read is stuck at any age."""
        self.agent = agent
        self._waiting = waiting
        self._unreadable = list(mapping.unreadable)
        self._settings = settings
        self._mapping = mapping
        self._timeout = float(database.slow_timeout)
        self._reads = Database(database.dsn, pooler=database.pooler, connect_timeout=float(database.timeout))
        self._writes: Database | None = None
        if database.write_dsn is not None:
            self._writes = Database(
                database.write_dsn, pooler=database.pooler, connect_timeout=float(database.timeout)
            )
        self._sql = {name: sql("qualtui.fixes", f"sessions_{name}", mapping) for name in _STATEMENTS}
        self._table = table("sessions", mapping)

    @property
    def title(self) -> Saying:
        """A few words."""
        return message("Close stuck sessions")

    @property
    def explain(self) -> Saying:
        """One line: what it does and what it does not do."""
        return message("Sets ativa=false on stuck sessions. It sends no answers: waiting customers keep waiting.")

    @property
    def unavailable(self) -> Saying:
        """Why it can't be run; empty when it can."""
        if self._writes is not None:
            return ""
        return no_write_dsn(self.agent)

    @property
    def unstoppable(self) -> Saying:
        """Why a run that has begun is not stopped."""
        return message("it is one short transaction, all or nothing")

    async def preview(self, mode: str) -> Plan:
        """What would be closed now. Raises FixError."""
        mode = self._mode(mode)
        limit, most = float(self._settings.limit), self._settings.max_rows
        args: tuple[object, ...] = (limit, self._mapping.received, most + 1)
        if mode == "truth":
            args = (*args, await self._leads(), self._unreadable)
        try:
            async with self._reads.read(self._timeout) as reader:
                rows = await reader.ask("sessions", self._sql[f"stuck_{mode}"], *args)
                facts = (await reader.ask("facts", self._sql["facts"], self._table))[0]
        except DatabaseError as error:
            raise FixError(error.text) from None
        finally:
            await self._reads.close()
        total = int(rows[0]["total"]) if rows else 0
        rows = rows[:most]
        return Plan(
            title=counted("Closes {count} session", "Closes {count} sessions", total),
            explain=(self._condition(mode), self.explain, message("Can be undone for a day: qualtui fix undo.")),
            items=tuple(_item(row) for row in rows[:SHOWN]),
            subjects=() if total > most else tuple(row["id"] for row in rows),
            mode=mode,
            warnings=_warnings(rows, mode, triggers=facts["triggers"], security=facts["security"]),
            refused=self._refusal(total),
            weigh=mode == "row",
        )

    async def run(self, plan: Plan, stop: Stop | None = None) -> Outcome:  # noqa: ARG002
        """Closes what the plan names and is still stuck, in one transaction. Raises FixError."""
        mode = self._mode(plan.mode)
        asked = plan.subjects
        refused = plan.refused or self._refusal(len(asked))
        if refused:
            raise FixError(refused)
        if not asked:
            return Outcome("nothing", message("No session is stuck now"))
        args: tuple[object, ...] = (float(self._settings.limit),)
        if mode == "truth":
            args = (*args, self._mapping.received, self._unreadable)
        done = await self._write(f"close_{mode}", asked, *args)
        parts = [counted("Closed {count} session", "Closed {count} sessions", len(done))]
        if left := len(asked) - len(done):
            parts.append(
                counted("{count} was left, it moved meanwhile", "{count} were left, they moved meanwhile", left)
            )
        return Outcome("ok" if done else "nothing", joined(parts), done)

    async def verify(self, subjects: tuple[str, ...]) -> Outcome:
        """Which of the subjects are closed now. Writes nothing. Raises FixError."""
        states = await self._states(subjects)
        closed = tuple(name for name in subjects if name in states and not states[name]["active"])
        summary = counted(
            "{closed:whole} of {count} session is closed now",
            "{closed:whole} of {count} sessions are closed now",
            len(subjects),
            closed=len(closed),
        )
        return Outcome("ok" if closed else "nothing", summary, closed)

    async def undo(self, done: tuple[str, ...]) -> Outcome:
        """Makes sessions active again where nothing took their place. Raises FixError."""
        opened = await self._write("reopen", done)
        parts = [counted("{count} session is active again", "{count} sessions are active again", len(opened))]
        left = [name for name in done if name not in opened]
        if left:
            parts.append(_left(left, await self._states(tuple(left))))
        return Outcome("ok" if opened else "nothing", joined(parts), opened)

    async def close(self) -> None:
        """Gives back connections."""
        await self._reads.close()
        if self._writes is not None:
            await self._writes.close()

    async def _write(self, statement: str, ids: Sequence[str], *args: object) -> tuple[str, ...]:
        """Locks the sessions, then changes those of them that still fit: the condition sees what is locked out."""
        if self._writes is None:
            raise FixError(self.unavailable)
        try:
            async with self._writes.write(WRITE_LIMIT) as session:
                locked = [row["id"] for row in await session.fetch(self._sql["lock"], list(ids))]
                rows = await session.fetch(self._sql[statement], locked, *args)
        except DatabaseError as error:
            text: Saying = error.text
            if error.kind in {Kind.GONE, Kind.TIMEOUT}:
                text = message("{error}; it changed all or nothing: check again", error=text)
            raise FixError(text) from None
        finally:
            await self._writes.close()
        changed = {row["id"] for row in rows}
        return tuple(name for name in ids if name in changed)

    async def _states(self, ids: tuple[str, ...]) -> dict[str, asyncpg.Record]:
        try:
            async with self._reads.read(self._timeout) as reader:
                rows = await reader.ask("sessions", self._sql["state"], list(ids))
        except DatabaseError as error:
            raise FixError(error.text) from None
        finally:
            await self._reads.close()
        return {row["id"]: row for row in rows}

    async def _leads(self) -> list[str]:
        """The leads who wait, where that is known."""
        if self._waiting is None:
            return []
        with contextlib.suppress(FixError):
            return [one.lead for one in await self._waiting() if is_lead(one.lead)]
        return []

    def _mode(self, mode: str) -> str:
        chosen = mode or self._settings.mode
        if chosen not in MODES:
            raise FixError(message("no mode '{mode}'; there is: truth, row", mode=chosen[:20]))
        return chosen

    def _condition(self, mode: str) -> Text:
        limit = float(self._settings.limit)
        if mode == "row":
            return message("Active, and updated_at is older than {limit:span}", limit=limit)
        return message(
            "Active, and for {limit:span} the bot owes a reply or no message was sent, "
            "or the bot can't read their state",
            limit=limit,
        )

    def _refusal(self, total: int) -> Saying:
        most = self._settings.max_rows
        if total <= most:
            return ""
        return message(
            "{total:whole} sessions are more than max_rows = {most:whole}: look at the cause first",
            total=total,
            most=most,
        )


_STATEMENTS = (
    "stuck_truth",
    "stuck_row",
    "facts",
    "lock",
    "close_truth",
    "close_row",
    "reopen",
    "state",
)


def _reason(situation: str) -> Text:
    if situation == "unreadable":
        return message("the bot can't read its state")
    if situation == "bot_owes":
        return message("bot owes reply")
    return message("never messaged") if situation == "never_messaged" else message("waiting for client")


def _item(row: asyncpg.Record) -> PreviewItem:
    return PreviewItem(row["id"][:8], mask_phone(row["phone"] or ""), _reason(row["situation"]), float(row["age"]))


def _warnings(rows: Sequence[asyncpg.Record], mode: str, *, triggers: bool, security: bool) -> tuple[Saying, ...]:
    warnings: list[Saying] = []
    waiting = len({row["lead"] for row in rows if row["situation"] != "waiting_client"})
    if waiting:
        warnings.append(
            counted(
                "Closing does not answer: {count} customer stays waiting",
                "Closing does not answer: {count} customers stay waiting",
                waiting,
            )
        )
    normal = sum(row["situation"] == "waiting_client" for row in rows)
    if normal:
        warnings.append(
            counted(
                "{count} of them is not stuck in truth: it waits for the client",
                "{count} of them are not stuck in truth: they wait for the client",
                normal,
            )
        )
    if mode == "row" and not triggers:
        warnings.append(message("No trigger keeps updated_at: every session older than the limit looks stuck"))
    if security and not rows:
        warnings.append(message("Row security rules what we see: there may be sessions that we cannot read"))
    return tuple(warnings)


def _left(left: Sequence[str], states: dict[str, asyncpg.Record]) -> Text:
    """Why sessions were not made active again, in one line."""
    reasons: Counter[Saying] = Counter()
    for name in left:
        state = states.get(name)
        if state is None:
            reasons[message("gone")] += 1
        elif state["active"]:
            reasons[message("active already")] += 1
        elif state["newer"]:
            reasons[message("its customer has a newer session")] += 1
        elif state["finished"]:
            reasons[message("finished meanwhile")] += 1
        else:
            reasons[message("in use at that moment")] += 1
    return left_behind(reasons)
