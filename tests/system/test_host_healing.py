"""A leak before its limit, and a deploy that broke the bot, end by themselves with policies on."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import tomli_w

from benchmarks.engine import engine_on
from qualtui.client import Client
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.demo.switch import list_faults
from qualtui.eventlog.healing import POLICY
from qualtui.wire import Fixes, ListFixes, RunView
from tests.system.living import World, agent, seen

SPEED = 20.0
LASTS = 240.0  # s, on a busy machine: a leak takes 29 virtual minutes to its limit, half of them to be known


def let(fix: str, path: Path) -> None:
    """Let a fix run by itself."""
    raw = tomllib.loads(path.read_text())
    raw["policies"][fix]["mode"] = "auto"
    path.write_text(tomli_w.dumps(raw))


@asynccontextmanager
async def automatic(fix: str) -> AsyncIterator[tuple[World, Client]]:
    """The demo with one fix that runs by itself."""
    async with spawn_services(service_arguments(speed=SPEED, history=12)) as services:
        path = Path(services.config)
        let(fix, path)
        async with aiohttp.ClientSession() as http, engine_on(path) as engine, engine.client() as client:
            yield World(services, http), client


async def run_of(client: Client, fix: str, within: float) -> RunView:
    """The first run of a fix by policy, once it has ended."""
    async with asyncio.timeout(within):
        async for _shot in client.snapshots():
            answer = await client.ask(ListFixes())
            assert isinstance(answer, Fixes)
            runs = [one for one in reversed(answer.runs) if (one.fix, one.who) == (fix, POLICY)]
            if runs and runs[0].finished_at:
                return runs[0]
    raise AssertionError("the engine has gone")


@pytest.mark.parametrize(("fault", "fix"), [("memory-leak", "service-restart"), ("bad-deploy", "deploy-rollback")])
async def test_a_fault_of_the_host_is_ended_by_its_policy(fault: str, fix: str) -> None:
    async with automatic(fix) as (world, client):
        await seen(client, lambda shot: agent(shot).now.calm, 60.0, "calm")
        await world.fault(fault, True)
        run = await run_of(client, fix, LASTS)
        assert run.outcome == "ok", run.summary
        on = {one.name for one in await list_faults(world.at.control_url) if one.on}
        assert fault not in on
