"""What is the bot's in an archive: its database's objects, session states, errors, gateway, host, whole tables."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from qualtui.backup.part import Gathered, Part
from qualtui.config.agent_schema import TABLES
from qualtui.config.values import AgentSettings, DatabaseSettings, GatewaySettings, HostSettings, Mapping
from qualtui.database import Database, DatabaseError, Kind, moment, sql, table
from qualtui.gateways.gateway import GatewayError
from qualtui.gateways.registry import gateway_of
from qualtui.hosts.host import HostCapability, HostError
from qualtui.hosts.registry import host_of
from qualtui.hosts.registry import kind_of as host_kind
from qualtui.text import clean, masked
from qualtui.text.message import message, shown

LIMIT = 60.0  # s for one agent's database
MOST_SESSIONS = 200_000
MOST_ERRORS = 5000
MOST_ROWS = 500_000  # of a whole table: more is no part of a backup of a monitor
BACK = 30 * 86400.0  # s of errors

_QUOTED = re.compile(r"\([^()]*\)|'[^']*'|\"[^\"]*\"|\{.*|\b\S+@\S+|DETAIL:.*", re.DOTALL)


def masked_event(text: str) -> str:
    """Return an error's text without what may be a customer's: brackets, quotes, addresses, numbers."""
    return masked(clean(_QUOTED.sub("…", text), 200))


async def bot_parts(agents: dict[str, AgentSettings], tables: tuple[str, ...]) -> Gathered:
    """Return what could be read of each agent, and one line for each thing that could not. Never raises."""
    parts: list[Part] = []
    missing: list[str] = []
    for name, agent in agents.items():
        asked: list[tuple[str, Callable[[], Awaitable[list[Part]]]]] = []
        if agent.database is not None:
            asked += _of_database(name, agent.database, agent.mapping, tables)
        if agent.gateway is not None:
            asked.append(("gateway", _asker(_gateway, name, agent.gateway)))
        if agent.host is not None:
            asked.append(("host", _asker(_host, name, agent.host)))
        for what, ask in asked:
            try:
                parts += await ask()
            except (DatabaseError, GatewayError, HostError) as error:
                missing.append(f"{name}/{what}: {clean(shown(error.text))}")
    return Gathered(tuple(parts), tuple(missing))


def _asker(ask: Callable[..., Awaitable[list[Part]]], *given: object) -> Callable[[], Awaitable[list[Part]]]:
    return lambda: ask(*given)


def _of_database(
    name: str, settings: DatabaseSettings, mapping: Mapping, tables: tuple[str, ...]
) -> list[tuple[str, Callable[[], Awaitable[list[Part]]]]]:
    given = (name, settings, mapping)
    asked = [(what, _asker(ask, *given)) for what, ask in (("objects", _objects), ("sessions", _sessions))]
    asked.append(("errors", _asker(_errors, *given)))
    return asked + [(one, _asker(_whole, *given, one)) for one in tables]


async def _rows(settings: DatabaseSettings, question: str, statement: str, *args: object) -> list[Any]:
    """The rows, read in a snapshot that changes nothing. Raises DatabaseError."""
    timeout = float(settings.timeout)
    async with (
        Database(settings.dsn, pooler=settings.pooler, connect_timeout=timeout) as database,
        database.read(LIMIT) as reader,
    ):
        return list(await reader.ask(question, statement, *args))


async def _objects(name: str, settings: DatabaseSettings, mapping: Mapping) -> list[Part]:
    relations = [table(one, mapping) for one in TABLES]
    rows = await _rows(settings, "objects", sql("qualtui.backup", "objects", mapping), relations)
    return [_json(f"bot/{name}/database.json", [dict(row) for row in rows])]


async def _sessions(name: str, settings: DatabaseSettings, mapping: Mapping) -> list[Part]:
    rows = await _rows(settings, "sessions", sql("qualtui.backup", "session_states", mapping), MOST_SESSIONS)
    return [_json(f"bot/{name}/sessions.json", [dict(row) for row in rows])]


async def _errors(name: str, settings: DatabaseSettings, mapping: Mapping) -> list[Part]:
    timeout = float(settings.timeout)
    async with (
        Database(settings.dsn, pooler=settings.pooler, connect_timeout=timeout) as database,
        database.read(LIMIT) as reader,
    ):
        statement = sql("qualtui.backup", "error_rows", mapping)
        rows = await reader.ask("errors", statement, moment(reader.now - BACK), MOST_ERRORS)
    errors = [{"at": row["at"], "event": masked_event(row["event"])} for row in rows]
    return [_json(f"bot/{name}/errors.json", errors)]


async def _whole(name: str, settings: DatabaseSettings, mapping: Mapping, which: str) -> list[Part]:
    statement = f"SELECT to_jsonb(t)::text AS row FROM {table(which, mapping)} AS t LIMIT $1"  # noqa: S608 - quoted
    rows = await _rows(settings, which, statement, MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise DatabaseError(Kind.QUERY, message("more than {most:whole} rows: use pg_dump", most=MOST_ROWS))
    content = "".join(f"{row['row']}\n" for row in rows).encode()
    return [Part(f"bot/{name}/{which}.jsonl", content, personal=True)]


async def _gateway(name: str, settings: GatewaySettings) -> list[Part]:
    """The session's state and where it posts, without paths and keys."""
    gateway = gateway_of(settings)
    try:
        status, webhooks = await gateway.status(), await gateway.webhooks()
    finally:
        await gateway.close()
    found = {
        "session": gateway.session,
        "note": clean(shown(status.note)),
        "webhooks": [{"host": one.host, "events": sorted(one.events)} for one in webhooks],
    }
    return [_json(f"bot/{name}/gateway.json", found)]


async def _host(name: str, settings: HostSettings) -> list[Part]:
    """The service's settings as the host says them, and the deploy that is live."""
    host = host_of(settings)
    try:
        service = await host.service()
        known = HostCapability.DEPLOYS in host_kind(settings).capabilities
        deploys = await host.deploys(0.0) if known else ()
    finally:
        await host.close()
    live = next((one for one in deploys if one.live), None)
    return [_json(f"bot/{name}/host.json", {"service": service, "live": live})]


def _json(name: str, value: object) -> Part:
    return Part(name, msgspec.json.format(msgspec.json.encode(value)))
