"""Who waits now: by the engine of this configuration, else by the rows alone."""

import asyncio
from pathlib import Path

import msgspec

from qualtui.client import Client, ClientError
from qualtui.config.values import DatabaseSettings, Mapping
from qualtui.database import Database, DatabaseError, sql
from qualtui.text.message import Saying, message
from qualtui.wire import Customers, CustomerView, ListCustomers, Refused

MOST = 200  # customers; as many as an engine lists
NEWEST = 5000  # rows of messages, and of leads, that are read if no engine runs
PATIENCE = 12.0  # s for an engine's answer


class WaitingNow(msgspec.Struct, frozen=True):
    """Who waits, longest wait first, and the source of it. `problem`: why it is unknown."""

    people: tuple[CustomerView, ...] = ()
    source: Saying = ""
    problem: Saying = ""


async def waiting_now(socket: Path, agent: str, settings: DatabaseSettings, mapping: Mapping) -> WaitingNow:
    """Ask the engine first: only it knows which replies were not delivered. Never raises."""
    found = await _by_engine(socket, agent)
    return found if found is not None else await _by_rows(settings, mapping)


async def _by_engine(socket: Path, agent: str) -> WaitingNow | None:
    """None if no engine answers."""
    try:
        async with asyncio.timeout(PATIENCE), Client(socket, who="doctor", watch=True) as client:
            shot = await anext(client.snapshots())
            answer = await client.ask(ListCustomers(agent), PATIENCE)
    except (ClientError, TimeoutError, StopAsyncIteration):
        return None
    if not isinstance(answer, Customers):
        if isinstance(answer, Refused):
            return WaitingNow(problem=answer.text)
        return WaitingNow(problem=message("the engine gives no list"))
    learning = next((one.learning for one in shot.agents if one.name == agent), None)
    source = message("by the engine's list")
    if learning is not None:
        source = message("by the engine's list, which has read {share:percent} of the past", share=learning)
    return WaitingNow(answer.customers, source)


async def _by_rows(settings: DatabaseSettings, mapping: Mapping) -> WaitingNow:
    database = Database(settings.dsn, pooler=True, connect_timeout=float(settings.timeout))
    statement = sql("qualtui.doctor", "waiting_by_rows", mapping)
    words = mapping.sent, mapping.received
    try:
        async with database, database.read(float(settings.timeout)) as reader:
            rows = await reader.ask(
                "waiting", statement, float(settings.horizon), *words, NEWEST, float(settings.grace), MOST
            )
    except DatabaseError as error:
        return WaitingNow(problem=error.text)
    people = tuple(CustomerView(row["lead"], "", row["at"], "", None, row["at"]) for row in rows)
    source = message("by the rows alone (no engine runs): backlog included, undelivered replies not seen")
    return WaitingNow(people, source)
