"""Remedies on the whole living system: what they promise is what the customers of the demo see."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import aiohttp
import pytest
import pytest_asyncio

from benchmarks.engine import Engine, engine_on
from qualtui.client import Client
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.text.message import message
from qualtui.wire import (
    CloseCustomer,
    Customers,
    CustomerView,
    Done,
    Findings,
    ListCustomers,
    Preview,
    PreviewFix,
    Refused,
    RunDoctor,
    RunFix,
    Snapshot,
    StopFix,
)
from tests.cli.folders import run_qualtui
from tests.screens.stand_in import until
from tests.system.living import World, agent, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 100.0
BOT = "ldc-bot"
T = TypeVar("T")


class Scene:
    """The living system with two engines on two stores, and a window on each."""

    def __init__(self, world: World, first: Client, second: Client) -> None:
        self.world = world
        self.first = first
        self.second = second

    async def calm(self) -> None:
        """Everybody is answered, by the remedy where it must be, and that is known to both."""
        async with asyncio.timeout(40):
            while waiting(await self._next()):
                plan = await previewed(self.first, "retry")
                if plan.token:
                    assert isinstance(await self.first.ask(RunFix(plan.token), 60), Done)
        for client in (self.first, self.second):
            await seen(client, lambda shot: not waiting(shot), 30, "no one waits")

    async def waits_for_good(self, client: Client, least: int) -> list[CustomerView]:
        """Those of the list who wait while the bot answers nobody, once there are so many; oldest first."""
        found: list[CustomerView] = []

        async def enough() -> bool:
            people = await client.ask(ListCustomers(BOT))
            assert isinstance(people, Customers)
            never = await self.world.never_answered()
            found[:] = [one for one in people.customers if one.lead in never]
            return len(found) >= least

        await until(enough, 20.0)
        return found

    async def sure_to_write(self, client: Client) -> Preview:
        """A retry's preview of three or more, whose first one can't have been answered meanwhile."""
        found: list[Preview] = []

        async def sure() -> bool:
            plan = await previewed(client, "retry")
            never = await self.world.never_answered()
            found[:] = [plan]
            return plan.total >= 3 and any(lead.startswith(plan.items[0].id) for lead in never)

        await until(sure, 20.0)
        return found[0]

    async def _next(self) -> Snapshot:
        return await seen(self.first, lambda _shot: True, 10, "a snapshot")


def waiting(snapshot: Snapshot) -> float:
    """How many wait."""
    figure = agent(snapshot).figures["customers.waiting"]
    return -1.0 if figure.value is None else figure.value


def copied(source: Path, target: Path, old: str, new: str) -> None:
    """The same configuration on another store."""
    target.touch(0o600)  # a key of the host stands in it
    target.write_text(source.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with (
        spawn_services(service_arguments(speed=SPEED, traffic=False, history=0, schema="original")) as services,
        aiohttp.ClientSession() as http,
    ):
        first = Path(services.config)
        folder = tmp_path_factory.mktemp("second")
        second = folder / "config.toml"
        copied(first, second, services.folder, str(folder))
        async with (
            engine_on(first) as one,
            engine_on(second) as two,
            one.client("ana") as ana,
            two.client("ben") as ben,
        ):
            yield Scene(World(services, http), ana, ben)


async def previewed(client: Client, fix: str) -> Preview:
    """What a remedy would do."""
    answer = await client.ask(PreviewFix(fix, BOT))
    assert isinstance(answer, Preview), answer
    return answer


async def greeted(scene: Scene) -> dict[str, int]:
    """How often the remedy wrote to each customer, as the bot's messages have it."""
    rows = await scene.world.rows(
        "SELECT lead_id::text, count(*) FROM messages WHERE metadata ->> 'source' = 'qualtui_retry' GROUP BY 1"
    )
    return {row[0]: row[1] for row in rows}


async def test_waha_restart_ends_sends_that_fail(scene: Scene) -> None:
    await scene.calm()
    refused = await previewed(scene.first, "gateway-restart")
    assert "WORKING" in str(refused.refused)
    await scene.world.fault("sends-failing", True)
    shot = await seen(scene.first, lambda shot: agent(shot).now.fix == "gateway-restart", 20, "the fix is offered")
    assert str(agent(shot).now.fix_title) == "Restart WAHA's session"
    assert "WhatsApp session FAILED" in str(agent(shot).now.why)
    plan = await previewed(scene.first, "gateway-restart")
    done = await scene.first.ask(RunFix(plan.token), 30)
    assert isinstance(done, Done), done
    assert (str(done.text).split(",")[0], done.run) == ("The session is WORKING", "")
    await scene.world.fault("sends-failing", False)
    await scene.calm()


async def test_two_engines_that_retry_at_once_write_to_each_customer_once(scene: Scene) -> None:
    await scene.calm()
    before = await greeted(scene)
    await scene.world.fault("customers-unanswered", True)
    people = await scene.waits_for_good(scene.first, 3)
    plans = [await scene.sure_to_write(scene.first), await scene.sure_to_write(scene.second)]
    reached = tuple(item.id for item in plans[0].items)
    answers = await asyncio.gather(
        scene.first.ask(RunFix(plans[0].token), 60), scene.second.ask(RunFix(plans[1].token), 60)
    )
    assert all(isinstance(answer, Done) for answer in answers), answers
    after = await greeted(scene)
    assert {one.lead for one in people if one.lead.startswith(reached)} <= after.keys()
    assert {after[lead] - before.get(lead, 0) for lead in after} <= {0, 1}
    counts = {
        row[0]: row[1] for row in await scene.world.rows("SELECT evento, count(*) FROM system_logs GROUP BY 1")
    }
    assert counts["qualtui_retry_claim"] == counts["qualtui_retry_delivered"] == sum(after.values())
    await scene.world.fault("customers-unanswered", False)
    await scene.calm()


@asynccontextmanager
async def slow_engine(scene: Scene, folder: Path) -> AsyncIterator[tuple[Path, Engine]]:
    """A third engine, which writes to one customer and then to nobody for an hour."""
    config = folder / "config.toml"
    copied(Path(scene.world.at.config), config, scene.world.at.folder, str(folder))
    slow = re.sub(r"(?m)^pace = .*$", 'pace = "1h"', config.read_text(encoding="utf-8"))
    config.write_text(slow, encoding="utf-8")
    async with engine_on(config) as engine:
        yield config, engine


async def test_a_run_is_stopped_by_a_command_and_every_window_is_told(scene: Scene, tmp_path: Path) -> None:
    await scene.calm()
    delivered = "SELECT count(*) FROM system_logs WHERE evento = 'qualtui_retry_delivered'"
    before = (await scene.world.rows(delivered))[0][0]
    async with (
        slow_engine(scene, tmp_path) as (config, engine),
        engine.client("ana") as ana,
        engine.client("ben") as ben,
    ):
        await scene.world.fault("customers-unanswered", True)
        await scene.waits_for_good(ana, 3)
        plan = await scene.sure_to_write(ana)
        running = asyncio.ensure_future(ana.ask(RunFix(plan.token), 60))

        async def one_was_written_to() -> bool:
            return bool((await scene.world.rows(delivered))[0][0] == before + 1)

        await until(one_was_written_to, 10.0)
        for client in (ana, ben):
            shot = await seen(client, lambda shot: bool(shot.running), 5, "the run")
            assert [(run.fix, run.who, run.stoppable) for run in shot.running] == [("retry", "ana", True)]
        stopped = await asyncio.to_thread(
            run_qualtui, "--config", str(config), "fix", "stop", home=tmp_path, QUALTUI_USER="cleo"
        )
        left = plan.total - 1
        told = f"Answered 1 of {plan.total}; left: {left} stopped by cleo"
        assert (stopped.returncode, stopped.stdout, stopped.stderr) == (0, f"retry: {told}\n", "")
        done = await running
        assert isinstance(done, Done)
        assert str(done.text) == told
        for client in (ana, ben):
            shot = await seen(client, lambda shot: not shot.running, 5, "its end")
            lines = [(line.who, str(line.text)) for line in shot.activity]
            assert ("cleo", f"stops retry on {BOT}") in lines
            assert ("ana", f"retry: {told}") in lines
        assert await ben.ask(StopFix()) == Refused(message("no fix is running"))
        assert (await scene.world.rows(delivered))[0][0] == before + 1
    await scene.world.fault("customers-unanswered", False)
    await scene.calm()


def counted(why: str) -> int:
    """How many wait, by the doctor's line on them."""
    found = re.search(r"(\d+) waits?: (\d+) reached, (\d+) to answer by hand; by the engine's list", why)
    assert found is not None, why
    number, reached, left = map(int, found.groups())
    assert number == reached + left
    return number


class Watched:
    """Who waits by the engine's list, looked at again and again: before, during and after what is compared."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lists: list[frozenset[str]] = []

    async def during(self, work: Awaitable[T]) -> T:
        """The result of the work; at least one look is over before it begins, and one begins after it."""
        self._lists = [await self._look()]
        under_way = asyncio.ensure_future(work)
        while not under_way.done():
            self._lists.append(await self._look())
        self._lists.append(await self._look())
        return await under_way

    def agrees(self, number: int) -> bool:
        """Whether so many may have waited at a moment of it: who always did, and not more than ever did."""
        always, ever = frozenset.intersection(*self._lists), frozenset.union(*self._lists)
        return len(always) <= number <= len(ever)

    async def _look(self) -> frozenset[str]:
        people = await self._client.ask(ListCustomers(BOT))
        assert isinstance(people, Customers)
        return frozenset(one.lead for one in people.customers)


async def test_the_doctor_counts_those_whom_the_engine_knows_from_a_window_and_from_the_command_line(
    scene: Scene, tmp_path: Path
) -> None:
    await scene.calm()
    # Somebody may come meanwhile, and somebody may turn out to wait no more: an answer was under way, or the bot
    # has answered the same words already.
    await scene.world.fault("customers-unanswered", True)
    await scene.waits_for_good(scene.first, 3)
    window, line = Watched(scene.first), Watched(scene.first)
    told = await window.during(scene.first.ask(RunDoctor(), 40))
    doctor = await line.during(
        asyncio.to_thread(run_qualtui, "--config", scene.world.at.config, "doctor", home=tmp_path)
    )
    assert isinstance(told, Findings)
    assert window.agrees(counted(next(str(one.why) for one in told.findings if one.check == "retry.reach")))
    assert line.agrees(counted(doctor.stdout))
    await scene.world.fault("customers-unanswered", False)
    await scene.calm()


async def test_one_answered_by_hand_is_owed_nothing_more_until_it_writes_again(scene: Scene) -> None:
    await scene.calm()
    await scene.world.fault("customers-unanswered", True)
    one = (await scene.waits_for_good(scene.first, 1))[0]
    no_reason = await scene.first.ask(CloseCustomer(BOT, one.lead, " "))
    assert isinstance(no_reason, Refused)
    done = await scene.first.ask(CloseCustomer(BOT, one.lead[:8], "called 5511900000001", one.last))
    assert isinstance(done, Done), done
    left = await scene.first.ask(ListCustomers(BOT))
    assert isinstance(left, Customers)
    assert all(other.since > one.last for other in left.customers if other.lead == one.lead)
    again = await scene.first.ask(CloseCustomer(BOT, one.lead, "once more", one.last))
    assert isinstance(again, Refused)
    told = f"answered a customer of {BOT} by hand: called +55 11 •••••-••01"
    await seen(
        scene.first,
        lambda shot: any((line.who, str(line.text)) == ("ana", told) for line in shot.activity),
        5,
        "told",
    )
    await scene.world.fault("customers-unanswered", False)
    await scene.calm()


async def test_where_nobody_waits_there_is_nothing_to_run(scene: Scene) -> None:
    await scene.calm()
    plan = await previewed(scene.first, "retry")
    assert (plan.token, str(plan.title)) == ("", "Reaches no waiting customer")
    assert isinstance(await scene.first.ask(RunFix(plan.token)), Refused)
