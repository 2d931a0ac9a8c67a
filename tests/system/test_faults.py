"""Each fault of the demo, really switched on: the screen, `status` and the notice tell it, and it recovers."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from benchmarks.engine import engine_on
from qualtui.client import Client
from qualtui.config.values import NotifySettings
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.model import Phase, Severity
from qualtui.wire import IncidentView, Snapshot
from tests.system.living import Holds, World, agent, seen, status, told

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 100.0
INTERVAL = 1.0  # s: the demo's floor for every probe
SLACK = 4.0  # s for customers to write, and for a busy machine
FLAP_QUIET = NotifySettings().flap_quiet
REVISED = 180.0  # s at speed 1 in which a root cause is revised, as in `make truth`


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
    again: float = 0.0  # s at speed 1 after which it is surely seen once more, where it comes and goes
    past: float = 0.0  # s at speed 1 for which its customers wait already when it is switched on
    revised: bool = False  # the first look may see only what it leaves behind; the why is right soon


CASES = [
    Expected("agent-down", "agent-down", 0, "refuses connections", link="bot"),
    Expected("agent-hanging", "agent-down", 150 + 3 * 100, "The bot is down", link="bot"),
    Expected("database-stopped", "database-down", 10, "The database is down", link="database"),
    Expected("sessions-stuck", "customers-waiting", 600, "sent no reply", past=2400 + 3 * 60),
    Expected("customers-unanswered", "customers-waiting", 600, "sent no reply"),
    Expected("sends-failing", "gateway-not-working", 120, "WhatsApp session FAILED", link="gateway"),
    # Half of the messages are lost before they are stored: the gateway's chats alone tell of these.
    Expected("error-burst", "customers-waiting", 600, "HTTP 500", revised=True),
]


# One phone keeps the one worker busy: its messages wait in the queue, where no row knows them yet. It is answered
# once in the bot's 5 minutes, so it waits for more than 3: in a faster demo a probe may miss the rest.
FLOOD_SPEED = 20.0
# In a faster demo its messages wait in the bot's queue for so long that they look lost before the rule fires.
SLOW = Expected("database-slow", "database-slow", 60 + 5 * FLOOD_SPEED, "database is slow", code=1)
FLOOD = Expected("flood", "customers-waiting", 180 + 600, "One sender floods the bot", code=1, again=2 * 300)


class Scene:
    """The living system and a window that stays open on it."""

    def __init__(self, world: World, client: Client, speed: float = SPEED) -> None:
        self.world = world
        self.client = client
        self.speed = speed
        self._looked = float("inf")  # not later than this qualtui had looked first

    async def calm(self, within: float) -> Snapshot:
        """Waits until nothing fires and everyone is answered on fresh evidence."""
        calm = await seen(self.client, is_calm, within, "calm")
        self._looked = min(self._looked, calm.at)
        return calm

    async def watched(self, past: float) -> None:
        """Waits until qualtui has watched for so many seconds: who wrote before that pages nobody."""
        await seen(self.client, lambda shot: shot.at - self._looked > past, past + SLACK, "so long a watch")

    async def quiet(self, within: float) -> None:
        """Waits until `status` exits 0: warnings about the minutes just gone end a little later."""
        await self.exits_with(0, within)

    async def exits_with(self, wanted: int, within: float) -> None:
        """Waits until `status` exits with this code, and says so."""
        deadline = time.monotonic() + within
        while (told := await status(self.world.at.config))[0] != wanted:
            assert time.monotonic() < deadline, (told[0], told[1]["snapshot"]["incidents"][:3])
            await asyncio.sleep(0.2)
        assert told[1]["code"] == wanted


def is_calm(snapshot: Snapshot) -> bool:
    """Nothing fires that is more than to be known, and that is known."""
    firing = any(one.phase is Phase.FIRING and one.severity is not Severity.INFO for one in snapshot.incidents)
    return not firing and agent(snapshot).now.calm


@asynccontextmanager
async def living(speed: float) -> AsyncIterator[Scene]:
    """The demo, an engine and a window."""
    async with (
        spawn_services(service_arguments(speed=speed, history=12)) as services,
        aiohttp.ClientSession() as http,
        engine_on(Path(services.config)) as engine,
        engine.client() as client,
    ):
        yield Scene(World(services, http), client, speed)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene() -> AsyncIterator[Scene]:
    async with living(SPEED) as made:
        yield made


@pytest.mark.parametrize("case", CASES, ids=[case.fault for case in CASES])
async def test_a_fault_is_seen_named_told_and_over_when_it_is_mended(scene: Scene, case: Expected) -> None:
    await seen_named_told_and_over(scene, case)


async def test_a_slow_database_is_named_before_the_messages_that_wait_for_it() -> None:
    async with living(FLOOD_SPEED) as scene:
        await seen_named_told_and_over(scene, SLOW)


async def test_a_flood_is_named_before_a_failing_webhook_and_one_fix_is_offered_while_it_lasts() -> None:
    offered: list[tuple[str, str]] = []  # why, and the fix, since the flood is known

    def offers(snapshot: Snapshot) -> bool:
        now = agent(snapshot).now
        if now.why and (offered or FLOOD.why in str(now.why)):
            offered.append((str(now.why), now.fix))
        return fires(snapshot, FLOOD)

    async with living(FLOOD_SPEED) as scene:
        await seen_named_told_and_over(scene, FLOOD, offers)
    assert {fix for _why, fix in offered if fix} == {"retry"}, offered  # none before there is an incident
    assert all(FLOOD.why in why for why, _fix in offered), offered


async def seen_named_told_and_over(scene: Scene, case: Expected, look: Holds | None = None) -> None:
    """What each fault must show, by the screen, `status` and a notice. `look`: for `fires`, if it notes more."""
    patience = 60 * SPEED / scene.speed
    await scene.calm(patience)
    await scene.watched(case.past / scene.speed)
    await scene.calm(patience)
    await scene.world.forget_notices()
    await scene.world.fault(case.fault, True)
    try:
        limit = case.patience / scene.speed + 2 * INTERVAL + SLACK
        fired = await seen(scene.client, look or (lambda shot: fires(shot, case)), limit, f"{case.rule} fires")
        opened = number(fired, case)
        assert not agent(fired).now.calm
        if case.revised:
            fired = await seen(
                scene.client, lambda shot: names(shot, case), REVISED / scene.speed + SLACK, case.why
            )
        assert names(fired, case), told(fired)
        broken = [link.link.value for link in agent(fired).chain if link.status == "bad"]
        assert not case.link or case.link in broken, told(fired)
        await scene.exits_with(case.code, SLACK + case.again / scene.speed)
        # A lesser alert may have opened it before its cause was known: the page must say it.
        page = f"CRITICAL #{opened} " if case.code == 2 else f"#{opened} "
        text = await scene.world.noticed(page, SLACK)
        if case.revised:
            text = await scene.world.noticed(f"#{opened} ", REVISED / scene.speed + SLACK, case.why)
        assert any(word in text for word in case.why.split("|")), text
    finally:
        await scene.world.fault(case.fault, False)
    over = await scene.calm(patience)
    # By its number: when the cause has ended, an effect that lasts longer leads the incident.
    ended = next(one for one in over.incidents if one.number == opened)
    assert ended.phase is Phase.RESOLVED, told(over)
    steady = FLAP_QUIET / scene.speed if str(ended.flapping) else 0.0  # the notice of its end is held until then
    await scene.world.noticed(f"RESOLVED #{opened} ", steady + SLACK)
    await scene.quiet(40 * SPEED / scene.speed)


def fires(snapshot: Snapshot, case: Expected) -> bool:
    """Whether the expected rule fires with the expected severity."""
    wanted = {2: "critical", 1: "warning"}[case.code]
    return any(leads(one, case) and one.severity.value == wanted for one in snapshot.incidents)


def names(snapshot: Snapshot, case: Expected) -> bool:
    """Whether the screen says the right why."""
    return any(word in str(agent(snapshot).now.why) for word in case.why.split("|"))


def number(snapshot: Snapshot, case: Expected) -> int:
    """The number of the incident that the expected rule leads."""
    return next(one.number for one in snapshot.incidents if leads(one, case))


def leads(incident: IncidentView, case: Expected) -> bool:
    """Whether the incident is the fault's: five customers in a row may say so before one has waited for long."""
    also = {"consecutive-customers"} if case.rule == "customers-waiting" else set()
    return incident.phase is Phase.FIRING and incident.rule in {case.rule, *also}
