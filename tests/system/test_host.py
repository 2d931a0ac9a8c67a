"""What the host does to the bot is named as the cause on a living system, and is over when it ends."""

from pathlib import Path

import aiohttp
import pytest

from benchmarks.engine import engine_on
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.model import Phase, Severity
from qualtui.wire import Snapshot
from tests.system.living import World, agent, seen

PATIENCE = 90.0  # s, on a busy machine
SPEED = 100.0


def calm(shot: Snapshot) -> bool:
    return agent(shot).now.calm and not firing(shot)


def firing(shot: Snapshot) -> list[int]:
    return [
        one.number for one in shot.incidents if one.phase is Phase.FIRING and one.severity is not Severity.INFO
    ]


def broken(shot: Snapshot) -> set[str]:
    return {link.link.value for link in agent(shot).chain if link.status == "bad"}


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("suspended", "The host has suspended the bot's service"),
        ("bad-deploy", "broke the webhook"),
    ],
)
async def test_the_hosts_doing_is_the_cause_and_its_end_is_the_end(fault: str, why: str) -> None:
    async with (
        spawn_services(service_arguments(speed=SPEED, history=6)) as services,
        aiohttp.ClientSession() as http,
        engine_on(Path(services.config)) as engine,
        engine.client() as client,
    ):
        world = World(services, http)
        await seen(client, calm, PATIENCE, "calm")
        await world.fault(fault, True)
        shot = await seen(client, lambda shot: why in str(agent(shot).now.why), PATIENCE, why)
        assert ("host" in broken(shot)) == (fault == "suspended")
        await world.fault(fault, False)
        await seen(client, calm, PATIENCE, "calm again")
