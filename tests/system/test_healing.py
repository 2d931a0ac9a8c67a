"""A real session that drops and is restarted by policy: nobody is paged where that helps, one page where not."""

import json
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import tomli_w

from benchmarks.engine import engine_on
from qualtui.client import Client
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.model import Phase
from qualtui.wire import Snapshot
from tests.system.living import World, agent, seen

SPEED = 20.0
FIRES = 120 / SPEED + 8.0  # s: the rule's `for`, and a busy machine
OVER = 60.0
GATEWAY = "gateway-not-working"


class Healing:
    """The demo with automatic restarts, a window, and the gateway's own interface."""

    def __init__(self, world: World, client: Client, http: aiohttp.ClientSession, gateway: dict[str, Any]) -> None:
        self.world = world
        self.client = client
        self._http = http
        self._gateway = gateway

    async def session(self, action: str) -> None:
        """What a person does at the gateway: stop, start, logout."""
        url = f"{self._gateway['url']}/api/sessions/default/{action}"
        async with self._http.post(url, headers={"X-Api-Key": self._gateway["key"]}) as answer:
            assert answer.status == 201

    async def told(self, number: int, name: str) -> list[str]:
        """The notices of an incident that a channel got."""
        caught = [one for one in await self.world.notices() if one["name"] == name]
        texts = [json.dumps(one["body"], ensure_ascii=False) for one in caught]
        return [text for text in texts if f"#{number} " in text]


def automatic(path: Path) -> dict[str, Any]:
    """Let the demo's gateway be restarted by policy; return its settings."""
    raw = tomllib.loads(path.read_text())
    # The demo's gateway started a moment ago, which is no restart of somebody else's.
    raw["policies"]["gateway-restart"] |= {"mode": "auto", "cooldown": "1s"}
    path.write_text(tomli_w.dumps(raw))
    return dict(raw["agents"]["ldc-bot"]["gateway"])


@asynccontextmanager
async def healing() -> AsyncIterator[Healing]:
    async with spawn_services(service_arguments(speed=SPEED, history=12)) as services:
        gateway = automatic(Path(services.config))
        async with (
            aiohttp.ClientSession() as http,
            engine_on(Path(services.config)) as engine,
            engine.client() as client,
        ):
            yield Healing(World(services, http), client, http, gateway)


def number_of(snapshot: Snapshot) -> int:
    return next((one.number for one in snapshot.incidents if one.rule == GATEWAY), 0)


async def test_a_session_that_drops_heals_itself_without_a_page_and_one_that_is_logged_out_pages_once() -> None:
    async with healing() as scene:
        await seen(scene.client, lambda shot: agent(shot).now.calm, OVER, "calm")
        await scene.session("stop")
        opened = await seen(scene.client, lambda shot: bool(number_of(shot)), FIRES, "an incident")
        number = number_of(opened)

        def over(shot: Snapshot) -> bool:
            return any(one.number == number and one.phase is Phase.RESOLVED for one in shot.incidents)

        await seen(scene.client, over, OVER, "healed")
        await scene.world.noticed(f"FIXED ITSELF #{number} ", 5.0)
        assert await scene.told(number, "pager") == []
        assert len(await scene.told(number, "mail")) == 1

        await scene.session("logout")
        page = await scene.world.noticed("by policy: Restarted, but WhatsApp is logged out", OVER)
        assert "CRITICAL" in page
        paged = [one for one in await scene.world.notices() if one["name"] == "pager"]
        assert len(paged) == 1, paged
