"""One running demo for many tests, and what they ask of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import asyncpg

from qualtui.demo.launch import Services

SPEED = 200.0  # the bot answers in a twentieth of a second


async def eventually(check: Callable[[], Awaitable[Any]], within: float = 30.0) -> Any:
    """Asks until the answer is true, and gives it; fails after `within` seconds."""
    deadline = asyncio.get_running_loop().time() + within
    while True:
        answer = await check()
        if answer:
            return answer
        assert asyncio.get_running_loop().time() < deadline, "it did not come true in time"
        await asyncio.sleep(0.03)


class Running:
    """A running demo: HTTP, SQL, faults."""

    def __init__(self, services: Services, http: aiohttp.ClientSession) -> None:
        self.at = services
        self.http = http
        self._messages = 0

    async def ask(self, method: str, url: str, **how: Any) -> tuple[int, Any]:
        """Status, and the body as JSON where it is."""
        async with self.http.request(method, url, **how) as answer:
            text = await answer.text()
            try:
                return answer.status, json.loads(text)
            except ValueError:
                return answer.status, text

    async def fault(self, name: str, on: bool) -> Any:
        """Switches a fault."""
        status, body = await self.ask("PUT" if on else "DELETE", f"{self.at.control_url}/faults/{name}")
        assert status == 200, body
        return body

    async def truth(self) -> dict[str, Any]:
        """What the customers know."""
        _, body = await self.ask("GET", f"{self.at.control_url}/truth")
        assert isinstance(body, dict)
        return body

    async def row(self, query: str, *values: object) -> asyncpg.Record | None:
        """One row, as qualtui's reader."""
        return await self._once(self.at.dsn, query, *values)

    async def write(self, query: str, *values: object) -> asyncpg.Record | None:
        """A statement, as qualtui's narrow writer."""
        return await self._once(self.at.write_dsn, query, *values)

    async def _once(self, dsn: str, query: str, *values: object) -> asyncpg.Record | None:
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(dsn, timeout=5)
        try:
            return await connection.fetchrow(query, *values)
        finally:
            await connection.close()

    async def kinds(self, phone: str) -> list[str]:
        """The kinds of a phone's messages, oldest first."""
        row = await self.row(
            "select coalesce(array_agg(m.tipo::text order by m.created_at), '{}') from messages m"
            " join leads l on l.id = m.lead_id where l.telefone = $1",
            phone,
        )
        return list(row[0]) if row is not None else []

    async def webhook(self, phone: str, text: str = "Oi", **payload: Any) -> tuple[int, Any]:
        """An event `message` straight to the agent."""
        self._messages += 1
        body = {
            "id": f"false_{phone}@c.us_{self._messages:06d}",
            "from": f"{phone}@c.us",
            "body": text,
            "_data": {"notifyName": "Ana Exemplo"},
            **payload,
        }
        url = f"{self.at.agent_url}/webhook"
        return await self.ask("POST", url, json={"event": "message", "session": "default", "payload": body})

    async def waha(self, method: str, path: str, key: str | None = None, **how: Any) -> tuple[int, Any]:
        """A call of the gateway's API."""
        headers = {"X-Api-Key": self.at.waha_key if key is None else key}
        return await self.ask(method, f"{self.at.waha_url}{path}", headers=headers, **how)
