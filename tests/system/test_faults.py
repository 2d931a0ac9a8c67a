"""Each fault of the demo, really switched on: the screen, `status` and the notice tell it, and it recovers."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from benchmarks.engine import engine_on
from qualtui.client import Client
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.model import Phase, Severity
from qualtui.wire import Snapshot
from tests.system.living import World, agent, seen, status, told

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 100.0
INTERVAL = 1.0  # s: the demo's floor for every probe
SLACK = 4.0  # s for customers to write, and for a busy machine


class Expected(msgspec.Struct, frozen=True):
    """What a fault must show. `patience`: the rule's window + `for`, in seconds at speed 1.

    `why`: words of it, or between bars others that are right as well.
    """

    fault: str
    rule: str
    patience: float
    why: str
    code: int = 2
    link: str = ""  # the link that is shown broken, empty: none needs be


CASES = [
    Expected("agent-down", "agent-down", 0, "refuses connections", link="bot"),
    Expected("agent-hanging", "agent-down", 150 + 3 * 100, "The bot is down", link="bot"),
    Expected("database-stopped", "database-down", 10, "The database is down", link="database"),
    Expected("database-slow", "database-slow", 120, "database is slow", code=1),
    Expected("sessions-stuck", "customers-waiting", 600, "sent no reply"),
    Expected("customers-unanswered", "customers-waiting", 600, "sent no reply"),
    Expected("sends-failing", "gateway-not-working", 120, "WAHA FAILED", link="gateway"),
    # Half of the messages are lost before they are stored: the gateway's chats alone tell of these.
    Expected("error-burst", "customers-waiting", 600, "HTTP 500|sent no reply"),
    # One phone keeps the one worker busy: its messages wait in the queue, where no row knows them yet, or stored.
    Expected(
        "flood", "customers-waiting", 180 + 600, "floods the bot|sent no reply|did not reach the bot", code=1
    ),
]


class Scene:
    """The living system and a window that stays open on it."""

    def __init__(self, world: World, client: Client) -> None:
        self.world = world
        self.client = client

    async def calm(self, within: float) -> Snapshot:
        """Waits until nothing fires and everyone is answered on fresh evidence."""
        return await seen(self.client, is_calm, within, "calm")

    async def quiet(self, within: float) -> None:
        """Waits until `status` exits 0: warnings about the minutes just gone end a little later."""
        deadline = time.monotonic() + within
        while (told := await status(self.world.at.config))[0] != 0:
            assert time.monotonic() < deadline, told[1]["snapshot"]["incidents"][:3]
            await asyncio.sleep(0.2)


def is_calm(snapshot: Snapshot) -> bool:
    """Nothing fires that is more than to be known, and that is known."""
    firing = any(one.phase is Phase.FIRING and one.severity is not Severity.INFO for one in snapshot.incidents)
    return not firing and agent(snapshot).now.calm


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene() -> AsyncIterator[Scene]:
    async with (
        spawn_services(service_arguments(speed=SPEED, history=12)) as services,
        aiohttp.ClientSession() as http,
        engine_on(Path(services.config)) as engine,
        engine.client() as client,
    ):
        yield Scene(World(services, http), client)


@pytest.mark.parametrize("case", CASES, ids=[case.fault for case in CASES])
async def test_a_fault_is_seen_named_told_and_over_when_it_is_mended(scene: Scene, case: Expected) -> None:
    await scene.calm(60)
    await scene.world.forget_notices()
    await scene.world.fault(case.fault, True)
    try:
        limit = case.patience / SPEED + 2 * INTERVAL + SLACK
        fired = await seen(scene.client, lambda shot: fires(shot, case), limit, f"{case.rule} fires")
        assert not agent(fired).now.calm
        assert any(word in str(agent(fired).now.why) for word in str(case.why).split("|")), told(fired)
        broken = [link.link.value for link in agent(fired).chain if link.status == "bad"]
        assert not case.link or case.link in broken, told(fired)
        code, said = await status(scene.world.at.config)
        assert (code, said["code"]) == (case.code, case.code)
        text = await scene.world.noticed(rule_number(fired, case), SLACK)
        assert any(word in text for word in case.why.split("|"))
    finally:
        await scene.world.fault(case.fault, False)
    over = await scene.calm(60)
    assert any(one.rule == case.rule and one.phase is Phase.RESOLVED for one in over.incidents)
    await scene.world.noticed("RESOLVED " + rule_number(fired, case), SLACK)
    await scene.quiet(40)


def fires(snapshot: Snapshot, case: Expected) -> bool:
    """Whether the expected rule fires with the expected severity."""
    wanted = {2: "critical", 1: "warning"}[case.code]
    return any(
        one.rule == case.rule and one.phase is Phase.FIRING and one.severity.value == wanted
        for one in snapshot.incidents
    )


def rule_number(snapshot: Snapshot, case: Expected) -> str:
    """The incident as a notice's title names it."""
    number = next(one.number for one in snapshot.incidents if one.rule == case.rule and one.phase is Phase.FIRING)
    return f"#{number} "
