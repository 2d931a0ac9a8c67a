"""The sessions of an agent, read on a person's behalf: states, what is stuck, and what repeats."""

from collections.abc import Container

import asyncpg

from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, sql
from qualtui.probes.probe import ProbeError
from qualtui.probes.security import RowSecurity
from qualtui.probes.serial_database import SerialDatabase
from qualtui.text import clean, mask_phone
from qualtui.wire import Sessions, SessionView, StateCount

_STATE = 40  # characters of sessions.estado


class SessionList:
    """Reads at a person's request alone; shares the connection of the slow lane."""

    def __init__(self, agent: str, turn: SerialDatabase, mapping: Mapping, timeout: float) -> None:
        self._agent = agent
        self._turn = turn
        self._mapping = mapping
        self._timeout = timeout
        self._states = sql("qualtui.probes", "sessions_states", mapping)
        self._list = sql("qualtui.probes", "sessions_list", mapping)
        self._security = RowSecurity(("sessions", "messages"), mapping)

    async def read(self, limit: float, most: int) -> Sessions:
        """Return states and at most so many active sessions; one is stuck after `limit` seconds.

        Raises ProbeError, also where row security hides rows.
        """
        unreadable = list(self._mapping.unreadable)
        try:
            async with self._turn.read(self._timeout) as reader:
                hidden = await self._security.hidden(reader)
                if hidden:
                    raise ProbeError(hidden[sorted(hidden)[0]])
                states = await reader.ask("states", self._states)
                rows = await reader.ask("sessions", self._list, self._mapping.sent, limit, unreadable, most)
        except DatabaseError as error:
            raise ProbeError(error.text) from None
        first = rows[0] if rows else {"total": 0, "all_stuck": 0, "all_repeating": 0}
        return Sessions(
            self._agent,
            tuple(_state(row, unreadable) for row in states),
            tuple(_session(row) for row in rows),
            active=int(first["total"]),
            stuck=int(first["all_stuck"]),
            repeating=int(first["all_repeating"]),
            limit=limit,
        )


def _state(row: asyncpg.Record, unreadable: Container[str]) -> StateCount:
    state = row["state"]
    return StateCount(clean(state, _STATE), int(row["active"]), int(row["total"]), state in unreadable)


def _session(row: asyncpg.Record) -> SessionView:
    return SessionView(
        row["id"],
        mask_phone(row["phone"] or ""),
        clean(row["state"], _STATE),
        row["situation"],
        float(row["age"] or 0.0),
        repeats=row["repeats"],
        stuck=row["stuck"],
    )
