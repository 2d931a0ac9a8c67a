"""Puts session states back into the bot's database: where they differ, never over anything newer, undoable."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from qualtui.backup.errors import BackupError
from qualtui.config.values import AgentSettings
from qualtui.database import Database, DatabaseError, Kind, sql
from qualtui.text.message import Saying, message

LIMIT = 60.0  # s
EXACT = 0.001  # s: times travel as numbers
PACKAGE = "qualtui.backup"
IN_DOUBT = {Kind.GONE, Kind.TIMEOUT}  # the commit may have been carried out: what undoes it stays


class SessionPlace(msgspec.Struct, frozen=True):
    """Where a session stood, when its row changed last, and when it had its newest message."""

    id: str
    state: str | None
    active: bool | None
    updated_at: float | None = None
    message_at: float | None = None


def states_in(content: bytes) -> tuple[SessionPlace, ...]:
    """Return the states in a part of an archive, or in a file that undoes. Raises BackupError."""
    try:
        return msgspec.json.decode(content, type=tuple[SessionPlace, ...])
    except msgspec.DecodeError:
        raise BackupError(message("there are no session states in it")) from None


async def differing(agent: AgentSettings, states: Sequence[SessionPlace]) -> tuple[str, ...]:
    """Return the ids of the sessions that would be put back now. Raises BackupError."""
    if agent.database is None:
        raise BackupError(message("this agent has no database"))
    given = agent.database
    try:
        statement = sql(PACKAGE, "sessions_differing", agent.mapping)
        async with (
            Database(given.dsn, pooler=given.pooler, connect_timeout=float(given.timeout)) as database,
            database.read(LIMIT) as reader,
        ):
            rows = await reader.ask("sessions", statement, *_columns(states))
    except DatabaseError as error:
        raise BackupError(error.text) from None
    return tuple(row["id"] for row in rows)


async def put_back(agent: AgentSettings, states: Sequence[SessionPlace], undo: Path) -> int:
    """Put sessions where they stood, in one transaction; return how many. Raises BackupError.

    What undoes it is in the new file `undo` before anything is committed.
    """
    if agent.database is None or agent.database.write_dsn is None:
        raise BackupError(message("this agent has no write_dsn"))
    given, dsn = agent.database, agent.database.write_dsn
    try:
        statement = sql(PACKAGE, "sessions_put_back", agent.mapping)
        async with (
            Database(dsn, pooler=given.pooler, connect_timeout=float(given.timeout)) as database,
            database.write(LIMIT) as session,
        ):
            rows = await session.fetch(statement, *_columns(states))
            before = tuple(SessionPlace(**dict(row)) for row in rows)
            if before:
                _keep(undo, before)
    except DatabaseError as error:
        if error.kind not in IN_DOUBT:
            _forget(undo)
        raise BackupError(_reason(error)) from None
    return len(before)


def _columns(states: Sequence[SessionPlace]) -> tuple[list[object], ...]:
    """The states as the statements take them; what had no time then has nothing newer than 0."""
    return (
        [one.id for one in states],
        [one.state for one in states],
        [one.active for one in states],
        [(one.updated_at or 0.0) + EXACT for one in states],
        [(one.message_at or 0.0) + EXACT for one in states],
    )


def _reason(error: DatabaseError) -> Saying:
    if error.kind is Kind.PERMISSION:
        return message(
            "{error}; the writing role needs, for this alone: GRANT UPDATE (estado, ativa) ON sessions",
            error=error.text,
        )
    if error.kind in IN_DOUBT:
        return message("{error}; it changed all or nothing: look again", error=error.text)
    return error.text


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)


def _keep(path: Path, before: tuple[SessionPlace, ...]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(before))
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        raise BackupError(
            message("what undoes it can't be kept in {path}: {what}", path=str(path), what=error.strerror)
        ) from None
