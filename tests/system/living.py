"""A whole living system for tests: the demo's services, a real engine process, and a window on it."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import asyncpg

from qualtui.client import Client
from qualtui.demo.launch import Services
from qualtui.demo.switch import set_fault
from qualtui.wire import AgentDetail, Snapshot

Holds = Callable[[Snapshot], bool]

_NEVER_ANSWERED = """
SELECT id::text FROM leads
WHERE NOT EXISTS (SELECT 1 FROM messages WHERE messages.lead_id = leads.id AND messages.tipo = 'enviada')
"""


async def seen(client: Client, holds: Holds, within: float, what: str) -> Snapshot:
    """The first snapshot for which the condition holds; fails, telling the last one, after `within` seconds."""
    last: Snapshot | None = None
    try:
        async with asyncio.timeout(within):
            async for snapshot in client.snapshots():
                last = snapshot
                if holds(snapshot):
                    return snapshot
    except TimeoutError:
        pass
    raise AssertionError(f"not seen within {within:.1f}s: {what}; last: {told(last)}")


def agent(snapshot: Snapshot) -> AgentDetail:
    """The one agent."""
    return snapshot.details[0]


def told(snapshot: Snapshot | None) -> str:
    """A snapshot in a few lines, for a failing test."""
    if snapshot is None:
        return "no snapshot"
    view = agent(snapshot)
    links = " ".join(f"{link.link.value}={link.status}:{link.text}" for link in view.chain)
    incidents = [
        (one.number, one.rule, one.severity.value, one.phase.value, one.notices) for one in snapshot.incidents
    ]
    now = f"{view.now.headline} | {view.now.detail} | {view.now.why}"
    return f"{now} | {links} | {incidents} | {snapshot.engine.troubles}"


class World:
    """The demo's controls: faults, notices, SQL counts."""

    def __init__(self, services: Services, http: aiohttp.ClientSession) -> None:
        self.at = services
        self._http = http

    async def fault(self, name: str, on: bool) -> None:
        """Switches a fault."""
        await set_fault(self.at.control_url, name, on)

    async def notices(self) -> list[dict[str, Any]]:
        """What the catcher has caught, oldest first."""
        async with self._http.get(f"{self.at.control_url}/notices") as answer:
            return list(json.loads(await answer.text()))

    async def forget_notices(self) -> None:
        """Empties the catcher."""
        async with self._http.delete(f"{self.at.control_url}/notices"):
            pass

    async def rows(self, query: str) -> list[asyncpg.Record]:
        """Rows of the agent's database, as qualtui's reader."""
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(self.at.dsn, timeout=5)
        try:
            return await connection.fetch(query)
        finally:
            await connection.close()

    async def never_answered(self) -> frozenset[str]:
        """The leads to whom nothing was ever sent: while the bot answers nobody they wait, and can't stop to.

        Of others that wait an answer may be under way, and words that were answered just before are owed none.
        """
        rows = await self.rows(_NEVER_ANSWERED)
        return frozenset(row[0] for row in rows)

    async def noticed(self, word: str, within: float, why: str = "") -> str:
        """The text of the first notice that holds the word, and one of those that `why` has between bars."""
        deadline = time.monotonic() + within
        while True:
            caught = [json.dumps(one, ensure_ascii=False) for one in await self.notices()]
            for text in caught:
                if word in text and any(each in text for each in why.split("|")):
                    return text
            assert time.monotonic() < deadline, (
                f"no notice with {word!r} {why!r} within {within:.1f}s; caught: {caught[-4:]}"
            )
            await asyncio.sleep(0.1)


async def status(config: str) -> tuple[int, dict[str, Any]]:
    """`qualtui status --json`: exit code and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "qualtui", "--config", config, "status", "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert b"Traceback" not in err
    assert process.returncode is not None
    return process.returncode, json.loads(out)
