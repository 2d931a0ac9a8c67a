"""A real session that fails and is restarted by policy: nobody is paged where that helps, one page where not."""

import asyncio
import json
import time
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import tomli_w

from benchmarks.engine import engine_on
from qualtui.client import Client
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.diagnosis.root_cause import GATEWAY_RESTART, RETRY
from qualtui.eventlog.healing import POLICY
from qualtui.model import Phase
from qualtui.wire import Fixes, ListFixes, RunView, Snapshot
from tests.system.living import World, agent, seen

SPEED = 20.0
FIRES = 120 / SPEED + 8.0  # s: the rule's `for`, and a busy machine
COOLDOWN = 300 / SPEED  # s: the example's
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
    raw["policies"]["gateway-restart"]["mode"] = "auto"
    path.write_text(tomli_w.dumps(raw))
    return dict(raw["agents"]["ldc-bot"]["gateway"])


@asynccontextmanager
async def healing(scenario: str = "") -> AsyncIterator[Healing]:
    arguments = service_arguments(speed=SPEED, history=12, scenario=scenario)
    async with spawn_services(arguments) as services:
        gateway = automatic(Path(services.config))
        async with (
            aiohttp.ClientSession() as http,
            engine_on(Path(services.config)) as engine,
            engine.client() as client,
        ):
            yield Healing(World(services, http), client, http, gateway)


def number_of(snapshot: Snapshot) -> int:
    return next((one.number for one in snapshot.incidents if one.rule == GATEWAY), 0)


def resolved(number: int) -> Callable[[Snapshot], bool]:
    return lambda shot: any(one.number == number and one.phase is Phase.RESOLVED for one in shot.incidents)


def answered_or_offered(shot: Snapshot) -> bool:
    return agent(shot).now.calm or agent(shot).now.fix == RETRY


async def restarted(client: Client, times: int, within: float) -> list[RunView]:
    """The restarts by policy, oldest first, once so many have ended; fails after `within` seconds."""
    async with asyncio.timeout(within):
        async for _shot in client.snapshots():
            answer = await client.ask(ListFixes())
            assert isinstance(answer, Fixes)
            runs = [run for run in reversed(answer.runs) if (run.fix, run.who) == (GATEWAY_RESTART, POLICY)]
            if len(runs) >= times and all(run.finished_at for run in runs):
                return runs
    raise AssertionError("the engine has gone")


async def test_a_session_that_fails_heals_itself_without_a_page_and_one_that_is_logged_out_pages_at_once() -> None:
    async with healing() as scene:
        # The gateway was started just now: no restart of it runs by itself before the cooldown is over.
        cool = time.monotonic() + COOLDOWN + 1
        await seen(scene.client, lambda shot: agent(shot).now.calm and time.monotonic() > cool, OVER, "calm")
        await scene.world.fault("sends-failing", True)  # FAILED
        opened = await seen(scene.client, lambda shot: bool(number_of(shot)), FIRES, "an incident")
        number = number_of(opened)
        await seen(scene.client, resolved(number), OVER, "healed")
        await scene.world.noticed(f"FIXED ITSELF #{number} ", 5.0)
        assert await scene.told(number, "pager") == []
        assert len(await scene.told(number, "mail")) == 1
        assert [run.outcome for run in await restarted(scene.client, 1, OVER)] == ["ok"]

        # Logged out within the cooldown: the page does not wait for a restart that may not run yet.
        await scene.session("logout")
        await scene.world.noticed("CRITICAL WhatsApp session is STOPPED", OVER)
        first, second = await restarted(scene.client, 2, OVER)
        assert (first.outcome, second.outcome) == ("ok", "failed")
        assert second.started_at - (first.finished_at or 0.0) >= COOLDOWN
        assert "WhatsApp is logged out" in str(second.summary)


async def test_the_night_of_0310_ends_with_one_restart_by_policy_and_answers_for_who_waits() -> None:
    async with healing("0310") as scene:
        opened = await seen(scene.client, lambda shot: bool(number_of(shot)), OVER, "an incident")
        number = number_of(opened)
        await scene.world.noticed(f"FIXED ITSELF #{number} ", OVER)
        assert [run.outcome for run in await restarted(scene.client, 1, OVER)] == ["ok"]
        assert await scene.told(number, "pager") == []
        await seen(scene.client, answered_or_offered, OVER, "everyone answered, or `f` offers to answer")
        assert len(await restarted(scene.client, 1, OVER)) == 1
