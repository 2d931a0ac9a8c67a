"""Who waits now: by the ledger of the engine of this configuration, else by the rows' own word."""

import asyncio
from pathlib import Path

import msgspec

from qualtui.client import Client, ClientError
from qualtui.config.values import DatabaseSettings, Mapping
from qualtui.database import Database, DatabaseError, sql
from qualtui.text import _
from qualtui.wire import Customers, CustomerView, ListCustomers, Refused

MOST = 200  # customers; as many as an engine tells
NEWEST = 5000  # rows of messages, and of leads, that are looked at where no engine runs
PATIENCE = 12.0  # s for an engine's answer


class WaitingNow(msgspec.Struct, frozen=True):
    """Those who wait, the longest wait first, and how far that can be trusted. `problem`: why nobody knows."""

    people: tuple[CustomerView, ...] = ()
    source: str = ""
    problem: str = ""


async def waiting_now(socket: Path, agent: str, settings: DatabaseSettings, mapping: Mapping) -> WaitingNow:
    """Asks the engine first: it alone knows which answers never arrived. Raises nothing."""
    told = await _by_engine(socket, agent)
    return told if told is not None else await _by_rows(settings, mapping)


async def _by_engine(socket: Path, agent: str) -> WaitingNow | None:
    """None where no engine answers."""
    try:
        async with asyncio.timeout(PATIENCE), Client(socket, who="doctor", watch=True) as client:
            shot = await anext(client.snapshots())
            told = await client.ask(ListCustomers(agent), PATIENCE)
    except (ClientError, TimeoutError, StopAsyncIteration):
        return None
    if not isinstance(told, Customers):
        return WaitingNow(problem=str(told.text) if isinstance(told, Refused) else _("the engine does not tell"))
    learning = next((one.learning for one in shot.agents if one.name == agent), None)
    source = _("by the engine's ledger")
    if learning is not None:
        source = _("by the engine's ledger, which has read {:.0%} of the past").format(learning)
    return WaitingNow(told.customers, source)


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
    return WaitingNow(
        people, _("by the rows alone, no engine runs: without those sent to in vain, with the backlog")
    )
