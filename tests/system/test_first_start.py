"""A first start beside customers who have no answer yet: the headline, `status`, the list and the log say so."""

import asyncio
import sys
import time
from pathlib import Path

import aiohttp

from benchmarks.engine import engine_on
from qualtui.demo.configuration import AGENT
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.model import Phase, Severity
from qualtui.wire import Customers, ListCustomers, Snapshot
from tests.system.living import World, agent, seen, status, told

SPEED = 60.0
OPEN = """
SELECT count(*) AS n FROM (
    SELECT DISTINCT ON (lead_id) lead_id, tipo, created_at FROM messages ORDER BY lead_id, created_at DESC
) AS newest WHERE tipo = 'recebida'
"""


async def left_open(world: World, wanted: int, within: float = 30.0) -> None:
    """Lets the bot leave so many customers without an answer."""
    await world.fault("customers-unanswered", True)
    deadline = time.monotonic() + within
    while (await world.rows(OPEN))[0]["n"] < wanted:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


async def test_who_was_open_before_the_first_start_is_stated_listed_and_no_page() -> None:
    headlines: list[str] = []

    def states_them(shot: Snapshot) -> bool:
        now = agent(shot).now
        headlines.append(str(now.headline))
        return now.level is not None and "SINCE BEFORE THE FIRST START" in str(now.headline)

    async with (
        spawn_services(service_arguments(speed=SPEED, history=6)) as services,
        aiohttp.ClientSession() as http,
    ):
        world = World(services, http)
        await left_open(world, 2)
        async with engine_on(Path(services.config)) as engine, engine.client() as client:
            shot = await seen(client, states_them, 20, "the customers who were open before the first start")
            assert "EVERYONE ANSWERED" not in headlines
            assert agent(shot).now.level is Severity.WARNING
            fired = await seen(client, fires, 20, "open-before-start fires")
            assert not any(
                one.severity is Severity.CRITICAL and one.rule == "open-before-start" for one in fired.incidents
            ), told(fired)
            code, said = await status(services.config)
            assert code >= 1, said
            listed = await client.ask(ListCustomers(AGENT))
            assert isinstance(listed, Customers)
            assert len(listed.customers) >= 2
            assert await client.ask(ListCustomers(AGENT, backlog=True)) == Customers(AGENT, ())
            line = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "qualtui", "--config", services.config, "customers", "list"),
                stdout=asyncio.subprocess.PIPE,
            )
            out, _err = await line.communicate()
            assert b"\xe2\x80\xa2" in out  # phones, masked


def fires(shot: Snapshot) -> bool:
    """Whether the rule about those who were open before the first start fires."""
    return any(one.rule == "open-before-start" and one.phase is Phase.FIRING for one in shot.incidents)
