"""One demo for all tests of this folder, calm before each; all are live, as those of tests/system."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.demo.switch import list_faults
from tests.demo.running import SPEED, Running


def pytest_itemcollected(item: pytest.Item) -> None:
    """They run in the second pass of `make test`, beside few others."""
    item.add_marker(pytest.mark.live)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared() -> AsyncIterator[Running]:
    """The demo without traffic of its own, six hours of past, the bot's original schema and more endpoints."""
    line = service_arguments(speed=SPEED, traffic=False, history=6, extras=True, schema="original")
    async with spawn_services(line) as services, aiohttp.ClientSession() as http:
        yield Running(services, http)


@pytest_asyncio.fixture(loop_scope="session")
async def demo(shared: Running) -> AsyncIterator[Running]:
    """The shared demo; every fault that a test leaves on is taken back."""
    yield shared
    for fault in await list_faults(shared.at.control_url):
        if fault.on:
            await shared.fault(fault.name, False)
