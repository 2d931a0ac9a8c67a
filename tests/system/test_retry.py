"""Remedies on the whole living system: what they promise is what the customers of the demo see."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from qualtui.client import Client
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.wire import Customers, Done, Preview, PreviewFix, Refused, RunFix, Snapshot, Who
from tests.system.living import World, agent, engine_on, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 100.0
BOT = "ldc-bot"


class Scene:
    """The living system with two engines on two stores, and a window on each."""

    def __init__(self, world: World, first: Client, second: Client) -> None:
        self.world = world
        self.first = first
        self.second = second

    async def calm(self) -> None:
        """Nobody waits, and that is known to both."""
        for client in (self.first, self.second):
            await seen(client, lambda shot: agent(shot).now.calm and not waiting(shot), 30, "calm")


def waiting(snapshot: Snapshot) -> float:
    """How many wait."""
    figure = agent(snapshot).figures["customers.waiting"]
    return -1.0 if figure.value is None else figure.value


def copied(source: Path, target: Path, old: str, new: str) -> None:
    """The same configuration on another store."""
    target.write_text(source.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with (
        spawn_services(service_arguments(speed=SPEED, traffic=False, history=0)) as services,
        aiohttp.ClientSession() as http,
    ):
        first = Path(services.config)
        folder = tmp_path_factory.mktemp("second")
        second = folder / "config.toml"
        copied(first, second, services.folder, str(folder))
        async with (
            engine_on(first, Path(services.folder) / "qualtui.sock") as one,
            engine_on(second, folder / "qualtui.sock") as two,
            one.client("ana") as ana,
            two.client("ben") as ben,
        ):
            yield Scene(World(services, http), ana, ben)


async def previewed(client: Client, fix: str) -> Preview:
    """What a remedy would do."""
    answer = await client.ask(PreviewFix(fix, BOT))
    assert isinstance(answer, Preview), answer
    return answer


async def test_waha_restart_ends_sends_that_fail(scene: Scene) -> None:
    await scene.calm()
    refused = await previewed(scene.first, "waha-restart")
    assert "WORKING" in refused.refused
    await scene.world.fault("sends-failing", True)
    shot = await seen(scene.first, lambda shot: agent(shot).now.fix == "waha-restart", 20, "the fix is offered")
    assert agent(shot).now.fix_title == "Restart WAHA's session"
    plan = await previewed(scene.first, "waha-restart")
    done = await scene.first.ask(RunFix(plan.token), 30)
    assert isinstance(done, Done), done
    assert (done.text.split(",")[0], done.run) == ("The session is WORKING", "")
    await scene.world.fault("sends-failing", False)


async def test_two_engines_that_retry_at_once_write_to_each_customer_once(scene: Scene) -> None:
    await scene.world.fault("customers-unanswered", True)
    await seen(scene.first, lambda shot: waiting(shot) >= 3, 20, "three wait")
    await seen(scene.second, lambda shot: waiting(shot) >= 3, 20, "three wait")
    people = await scene.first.ask(Who(BOT))
    assert isinstance(people, Customers)
    plans = [await previewed(scene.first, "retry"), await previewed(scene.second, "retry")]
    assert plans[0].total >= 3
    answers = await asyncio.gather(
        scene.first.ask(RunFix(plans[0].token), 60), scene.second.ask(RunFix(plans[1].token), 60)
    )
    assert all(isinstance(answer, Done) for answer in answers), answers
    rows = await scene.world.rows(
        "SELECT lead_id::text, count(*) FROM messages WHERE metadata ->> 'source' = 'qualtui_retry' GROUP BY 1"
    )
    greeted = {row[0]: row[1] for row in rows}
    assert {one.lead for one in people.customers} <= greeted.keys()
    assert set(greeted.values()) == {1}
    claims = await scene.world.rows("SELECT evento, count(*) FROM system_logs GROUP BY 1")
    counts = {row[0]: row[1] for row in claims}
    assert counts["qualtui_retry_claim"] == counts["qualtui_retry_delivered"] == len(greeted)
    await scene.world.fault("customers-unanswered", False)
    await scene.calm()


async def test_a_preview_is_run_once_and_a_message_is_never_taken_back(scene: Scene) -> None:
    plan = await previewed(scene.first, "retry")
    assert (plan.token, plan.title) == ("", "Reaches nobody who waits")
    assert isinstance(await scene.first.ask(RunFix(plan.token)), Refused)
