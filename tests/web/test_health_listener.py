"""Who asks the engine by HTTP hears how it and its agents are; in detail only with the key."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest

from qualtui.config.values import Secret
from qualtui.model import Evidence
from qualtui.text.message import Saying
from qualtui.web.deep_health import DeepHealth, ServiceHealth, ServiceStatus
from qualtui.web.health_listener import health_application
from qualtui.web.serving import HttpServing

KEY = "a-key-of-the-test-only"


class Told:
    """What the engine would say."""

    def __init__(self) -> None:
        self.fault: Saying = ""
        self.status = ServiceStatus.OK

    def deep(self) -> DeepHealth:
        service = ServiceHealth(self.status, Evidence.FRESH, 1.5, "4ms")
        return DeepHealth(self.status, {"bot/database": service})


@asynccontextmanager
async def listening(told: Told, key: str = KEY) -> AsyncIterator[str]:
    serving = HttpServing()
    app = health_application(lambda: told.fault, told.deep, Secret(key))
    task = asyncio.create_task(serving.run("127.0.0.1:0", app))
    try:
        async with asyncio.timeout(5):
            while not serving.port:  # noqa: ASYNC110 - a state that appears, no event
                await asyncio.sleep(0)
        yield f"http://127.0.0.1:{serving.port}"
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def asked(url: str, **headers: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, await answer.json()


async def test_health_is_of_the_engine_itself_and_needs_no_key() -> None:
    told = Told()
    async with listening(told) as url:
        assert await asked(f"{url}/health") == (200, {"status": "ok", "text": ""})
        told.fault = "the disk is full"
        assert await asked(f"{url}/health") == (503, {"status": "failing", "text": "the disk is full"})


async def test_deep_health_needs_the_key() -> None:
    async with listening(Told()) as url:
        for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": KEY}):
            status, said = await asked(f"{url}/health/deep", **header)
            assert (status, said) == (401, {"error": "a key is needed"})


async def test_deep_health_is_closed_where_no_key_is_set() -> None:
    async with listening(Told(), key="") as url:
        assert (await asked(f"{url}/health/deep", Authorization="Bearer "))[0] == 403


@pytest.mark.parametrize(
    ("status", "code"), [(ServiceStatus.OK, 200), (ServiceStatus.DEGRADED, 200), (ServiceStatus.CRITICAL, 503)]
)
async def test_deep_health_is_503_only_where_it_is_critical(status: ServiceStatus, code: int) -> None:
    told = Told()
    told.status = status
    async with listening(told) as url:
        found = await asked(f"{url}/health/deep", Authorization=f"Bearer {KEY}")
    service = {"status": status.value, "evidence": "fresh", "age_s": 1.5, "text": "4ms"}
    assert found == (code, {"status": status.value, "services": {"bot/database": service}})


async def test_an_address_that_is_taken_is_named_and_ends_nothing() -> None:
    serving = HttpServing()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        task = asyncio.create_task(serving.run(address, health_application(lambda: "", Told().deep, Secret(KEY))))
        async with asyncio.timeout(5):
            while not serving.trouble:  # noqa: ASYNC110 - a state that appears, no event
                await asyncio.sleep(0)
        assert str(serving.trouble) == f"cannot listen on {address}: address already in use"
        assert not task.done()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
