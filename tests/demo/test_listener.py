"""The demo's port: what a client sees when its service hangs, comes back or vanishes."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from qualtui.demo.listener import Listener, Mode
from qualtui.demo.port import HOST


@pytest_asyncio.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener(web.Application)
    yield made
    await made.close()


async def connects(listener: Listener) -> bool:
    """Whether the port takes a connection."""
    try:
        _reader, writer = await asyncio.open_connection(HOST, int(listener.url.rpartition(":")[2]))
    except ConnectionRefusedError:
        return False
    writer.transport.abort()
    return True


@pytest.mark.parametrize("after", [Mode.HANGING, Mode.DRIPPING])
async def test_a_service_that_begins_to_hang_or_recovers_refuses_nobody_meanwhile(
    listener: Listener, after: Mode
) -> None:
    await listener.become(Mode.UP)
    for mode in (after, Mode.UP):
        change = asyncio.create_task(listener.become(mode))
        while not change.done():
            assert await connects(listener), mode
        await change
        assert await connects(listener), mode


async def test_a_service_that_is_down_refuses_until_it_is_up_again(
    listener: Listener,
) -> None:
    assert not await connects(listener)
    await listener.become(Mode.UP)
    assert await connects(listener)
    await listener.become(Mode.DOWN)
    assert not await connects(listener)
    await listener.become(Mode.HANGING)
    assert await connects(listener)
