"""The demo's Render and our adapter keep to Render's own document, in each request and each answer."""

import contextlib
import time
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from qualtui.config.values import HostName, HostSettings, HostWrite, Seconds, Secret
from qualtui.demo.pace import Pace
from qualtui.demo.render import SimulatedHost
from qualtui.demo.render_api import render_application
from qualtui.hosts.host import HostError, HostEventKind, HostFault
from qualtui.hosts.render.adapter import RenderHost
from tests.hosts.render.document import Seen, checked, wrong_answer, wrong_request

KEY = "rnd_invented"
SPEED = 10_000.0  # a boot of 20 s takes 2 ms


class Scene(NamedTuple):
    """The simulation, our adapter, and what was seen between them."""

    sim: SimulatedHost
    host: RenderHost
    ran: list[bool]  # the bot's process: started, stopped
    bad: list[bool]
    seen: list[Seen]


@contextlib.asynccontextmanager
async def scene(*allow: HostWrite, key: str = KEY) -> AsyncIterator[Scene]:
    """At its end, nothing that was sent or answered may break the document."""
    ran: list[bool] = []
    bad: list[bool] = []

    async def run_bot(on: bool) -> None:
        ran.append(on)

    sim = SimulatedHost(Pace(SPEED), 1, run_bot, bad.append)
    async with checked(render_application(sim, KEY, time.time)) as (url, seen, wrong):
        settings = HostSettings(
            kind=HostName.RENDER,
            service=sim.service,
            key=Secret(key),
            allow=allow,
            timeout=Seconds(5),
            demo_url=url,
        )
        host = RenderHost(settings)
        try:
            yield Scene(sim, host, ran, bad, seen)
        finally:
            await host.close()
        assert wrong == []


async def test_a_calm_service_reads_as_one() -> None:
    async with scene() as (sim, host, *_):
        now = time.time()
        service = await host.service()
        assert (service.name, service.suspended, service.plan) == ("agente-qualificador", False, "starter")
        usage = await host.usage(now)
        assert usage.cpu.percent == pytest.approx(6, abs=1)
        assert usage.memory.percent == pytest.approx(37, abs=2)
        assert [one.id for one in await host.instances()] == [sim.instance]
        (deploy,) = await host.deploys(now - 86_400)
        assert (deploy.live, deploy.failed, deploy.running) == (True, False, False)
        assert await host.events(now - 3600) == ()
        assert await host.visible() == 1


async def test_the_webhooks_answers_are_counted_by_status() -> None:
    async with scene() as (sim, host, *_):
        for status in (200, 200, 200, 500):
            sim.answered(status)
        now = time.time() + 1
        assert (await host.requests(now - 600, now)).by_status == {"200": 3, "500": 1}


async def test_the_webhooks_latency_is_that_of_the_newest_minute_with_an_answer() -> None:
    async with scene() as (sim, host, *_):
        assert (await host.latency(time.time() + 1)).p95 is None
        for seconds in (*[8.0] * 10, 31.0):
            sim.answered(200, seconds)
        assert (await host.latency(time.time() + 1)).p95 == 31


async def test_an_instance_without_memory_is_killed_and_another_starts() -> None:
    async with scene() as (sim, host, ran, *_):
        before = sim.instance
        await sim.out_of_memory()
        events = await host.events(time.time() - 60)
        assert [one.kind for one in events] == [HostEventKind.OUT_OF_MEMORY, HostEventKind.AVAILABLE]
        assert str(events[0].text) == "out of memory (limit 512Mi)"
        assert ran == [False, True]
        assert sim.instance != before


async def test_a_restart_ends_a_leak_and_a_kill_does_not() -> None:
    async with scene(HostWrite.RESTART) as (sim, host, *_):
        sim.leak(True)
        await sim.out_of_memory()
        assert sim.leaks
        await host.restart()
        assert (sim.leaks, sim.leaking) == (False, None)


async def test_log_lines_come_page_by_page_and_each_once() -> None:
    async with scene() as (sim, host, *_):
        for number in range(250):
            sim.log(f"line {number}")
        now = time.time()
        lines = await host.logs(now - 60, now + 1)
        assert [line.text for line in lines] == [f"line {number}" for number in range(250)]


async def test_lists_are_read_page_by_page_to_their_end() -> None:
    async with scene() as (sim, host, _ran, _bad, seen):
        for _ in range(130):
            sim.happened("server_available")
        assert len(await host.events(time.time() - 60)) == 130
        assert [one.path for one in seen] == [f"/v1/services/{sim.service}/events"] * 2


async def test_a_rollback_makes_the_older_code_live_and_a_restart_a_new_instance() -> None:
    async with scene(HostWrite.RESTART, HostWrite.ROLLBACK) as (sim, host, ran, bad, seen):
        good = sim.deploys[0]
        await sim.deploy("new_commit", bad=True)
        assert bad == [True]
        new = await host.rollback(good.id)
        assert bad == [True, False]
        live = next(one for one in await host.deploys(0.0) if one.live)
        assert (live.id, live.commit) == (new, good.commit)
        before = sim.instance
        await host.restart()
        assert sim.instance != before
        assert ran[-2:] == [False, True]
        assert seen[-1].path.endswith("/restart")


async def test_automatic_deploys_are_switched_off_and_deploys_say_what_they_were() -> None:
    async with scene(HostWrite.ROLLBACK) as (sim, host, _ran, _bad, seen):
        assert (await host.service()).deploys_itself
        await host.stop_automatic_deploys()
        assert not (await host.service()).deploys_itself
        assert seen[1].method == "PATCH"
        good = sim.deploys[0]
        await sim.deploy("new_commit", bad=True)
        await host.rollback(good.id)
        live, bad, first = await host.deploys(0.0)
        assert [(one.live, one.once_live, one.is_rollback) for one in (live, bad, first)] == [
            (True, False, True),
            (False, True, False),
            (False, True, False),
        ]


async def test_nothing_is_written_without_leave() -> None:
    async with scene(HostWrite.RESTART) as (sim, host, _ran, _bad, seen):
        with pytest.raises(HostError) as caught:
            await host.rollback(sim.deploys[0].id)
        assert (caught.value.fault, seen) == (HostFault.FORBIDDEN, [])


async def test_a_suspended_service_has_no_points_and_says_so() -> None:
    async with scene() as (sim, host, ran, *_):
        await sim.suspend(True)
        now = time.time()
        assert (await host.service()).suspended
        usage = await host.usage(now)
        assert (usage.cpu.percent, usage.memory.percent) == (None, None)
        assert await host.instances() == ()
        assert ran == [False]


async def test_a_wrong_key_is_named_as_such() -> None:
    async with scene(key="rnd_other") as (_sim, host, *_):
        with pytest.raises(HostError) as caught:
            await host.service()
        assert caught.value.fault is HostFault.UNAUTHORIZED


async def test_after_a_429_nothing_is_sent_until_the_pause_has_passed() -> None:
    async with scene() as (sim, host, _ran, _bad, seen):
        sim.limited = True
        for _ in range(3):
            with pytest.raises(HostError) as caught:
                await host.service()
            assert caught.value.fault is HostFault.LIMITED
        assert [one.status for one in seen] == [429]


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/v1/services", {"type": ["web_service", "cron_job"]}),  # repeated where commas are wanted
        ("GET", "/v1/logs", {"resource": ["srv-1"]}),  # without ownerId
        ("GET", "/v1/metrics/cpu", {"resolutionSeconds": ["10"]}),
        ("GET", "/v1/metrics/cpu", {"colour": ["red"]}),
        ("DELETE", "/v1/services/srv-1", {}),
        ("POST", "/v1/services/srv-1/rollback", {}),  # without a body
    ],
)
def test_the_document_refuses_what_is_wrong(method: str, path: str, query: dict[str, list[str]]) -> None:
    assert wrong_request(method, path, query, b"")


def test_the_document_refuses_a_wrong_answer() -> None:
    assert wrong_answer("GET", "/v1/services/srv-1/instances", 200, b'[{"id": 7}]')
    assert wrong_answer("GET", "/v1/services/srv-1", 418, b"{}")
