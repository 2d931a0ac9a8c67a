"""The dead-man's switch: alive only while the engine sees and works, /fail on a known fault, silence otherwise."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from qualtui.config.values import Secret
from qualtui.engine.dead_man import PATIENCE, DeadManSwitch, PingSignal, fail_url, signal_for
from qualtui.engine.own_health import BLIND, LATE, OwnHealth, OwnWatch
from qualtui.model import Sample
from qualtui.text.message import Saying


class Receiver:
    """A service that is pinged."""

    def __init__(self) -> None:
        self.paths: asyncio.Queue[str] = asyncio.Queue()
        self.status = 200
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Receiver"]:
        async def take(request: web.Request) -> web.Response:
            self.paths.put_nowait(request.path)
            return web.Response(status=self.status)

        app = web.Application()
        app.router.add_get("/{tail:.*}", take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/key"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def path(self) -> str:
        async with asyncio.timeout(5):
            return await self.paths.get()


@asynccontextmanager
async def running(switch: DeadManSwitch, url: str) -> AsyncIterator[None]:
    task = asyncio.create_task(switch.run(Secret(url)))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("health", "sent"),
    [
        (OwnHealth(), PingSignal.ALIVE),
        (OwnHealth("the disk is full"), PingSignal.FAIL),
        (OwnHealth("the disk is full", sighted=False), PingSignal.FAIL),
        (OwnHealth(sighted=False), PingSignal.SILENT),
    ],
)
def test_alive_is_said_only_by_who_sees_and_works(health: OwnHealth, sent: PingSignal) -> None:
    assert signal_for(health) is sent


def test_the_failure_is_behind_the_path_and_before_the_query() -> None:
    assert fail_url("https://hc.example.com/abc/") == "https://hc.example.com/abc/fail"
    assert fail_url("https://hc.example.com/abc?rid=1") == "https://hc.example.com/abc/fail?rid=1"


async def test_it_pings_and_says_fail_while_a_fault_of_ours_is_known() -> None:
    health = OwnHealth()
    switch = DeadManSwitch(lambda: health, lambda: 0.0, every=0.01)
    async with Receiver().serving() as receiver, running(switch, receiver.url):
        assert await receiver.path() == "/ping/key"
        health = OwnHealth("the disk is full")
        while await receiver.path() != "/ping/key/fail":
            pass


async def test_a_switch_that_is_not_reached_becomes_a_banner_without_its_address() -> None:
    now = 1000.0
    async with Receiver().serving() as receiver:
        receiver.status = 500
        switch = DeadManSwitch(OwnHealth, lambda: now, every=0.01)
        async with running(switch, receiver.url):
            await receiver.path()
            await receiver.path()  # the answer to the first was noted
            assert not switch.trouble
            now += PATIENCE
            assert str(switch.trouble) == "the dead-man's switch is not reached for 5m: HTTP 500"


async def test_without_an_address_nothing_is_sent() -> None:
    switch = DeadManSwitch(OwnHealth, lambda: 0.0)
    async with asyncio.timeout(1.0):  # with an address it never ends
        await switch.run(Secret(""))
    assert not switch.trouble


def test_the_engine_is_well_while_it_looks_and_something_answers() -> None:
    now, faults = 1000.0, [""]
    watch = OwnWatch(lambda: now, lambda: faults)
    assert watch.now() == OwnHealth(sighted=False)  # nothing has answered yet
    watch.answered([Sample("bot/health.up", now, None)])
    assert not watch.now().sighted  # that we could not ask is no answer
    watch.answered([Sample("bot/health.up", now, 0.0)])
    assert watch.now() == OwnHealth()
    now += BLIND + 1
    watch.looked()
    assert watch.now() == OwnHealth(sighted=False)


def test_rules_that_nobody_looks_at_are_a_fault_of_ours() -> None:
    now = 1000.0
    no_faults: list[Saying] = []
    watch = OwnWatch(lambda: now, lambda: no_faults)
    now += LATE + 1
    assert str(watch.now().fault) == "the rules were not evaluated for 1m"


def test_a_probe_that_polls_rarely_leaves_the_engine_sighted() -> None:
    now = 1000.0
    watch = OwnWatch(lambda: now, lambda: ())
    watch.use([(600.0, 30.0)])
    watch.answered([Sample("bot/health.up", now, 1.0)])
    now += 1800
    assert watch.now().sighted
