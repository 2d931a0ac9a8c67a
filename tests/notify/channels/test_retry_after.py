"""What a service asks us to wait is understood in each of its spellings, and bounded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from qualtui.notify.channels.requests_waits import wait_in_body
from qualtui.notify.channels.retry_after import requested_wait
from tests.notify.channels.sending import ops, sent

NOW = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT
DATE = "Fri, 15 Jan 2027 08:02:00 GMT"


@pytest.mark.parametrize(
    ("status", "headers", "told", "wait"),
    [
        (429, {}, 0.0, 30.0),
        (429, {"Retry-After": "5"}, 0.0, 30.0),  # most ask for less than they need
        (429, {"retry-after": " 90 "}, 0.0, 90.0),
        (429, {"Retry-After": "90"}, 120.0, 120.0),
        (429, {"Retry-After": DATE}, 0.0, 120.0),
        (429, {"Retry-After": DATE, "Date": "Fri, 15 Jan 2027 08:01:00 GMT"}, 0.0, 60.0),  # by the server's clock
        (429, {"Retry-After": "Fri, 15 Jan 2027 07:00:00 GMT"}, 0.0, 30.0),
        (429, {"Retry-After": "86400"}, 0.0, 3600.0),
        (429, {"Retry-After": "9" * 400}, 0.0, 3600.0),
        (429, {"Retry-After": "soon"}, 0.0, 30.0),
        (429, {"Retry-After": "-5"}, 0.0, 30.0),
        (429, {"Retry-After": "١٢"}, 0.0, 30.0),
        (503, {"Retry-After": "5"}, 0.0, 5.0),
        (503, {}, 0.0, 0.0),
        (500, {"Retry-After": "90"}, 0.0, 0.0),
        (200, {"Retry-After": "90"}, 0.0, 0.0),
    ],
)
def test_a_wait_is_understood_and_bounded(status: int, headers: dict[str, str], told: float, wait: float) -> None:
    assert requested_wait(status, headers, NOW, told) == wait


@pytest.mark.parametrize(
    ("body", "wait"),
    [
        ({"retry_after": 64.5}, 64.5),
        ({"parameters": {"retry_after": 45}}, 45.0),
        ({"retry_after": "x", "parameters": []}, 0.0),
        ({"retry_after": True}, 0.0),
        ({"retry_after": -1}, 0.0),
        ([], 0.0),
        (None, 0.0),
    ],
)
def test_the_wait_in_a_body(body: object, wait: float) -> None:
    assert wait_in_body(body) == wait


@asynccontextmanager
async def refusing(status: int, headers: dict[str, str], body: Any = None) -> AsyncIterator[str]:
    async def refuse(_request: web.Request) -> web.Response:
        return web.json_response(body, status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("scheme", ["json", "xml", "form", "mmost", "gotify", "evolution"])
async def test_every_channel_of_apprise_reveals_it(scheme: str) -> None:
    urls = {
        "mmost": "mmost://{at}/abcdefghijklmnopqrstuvwxyz",
        "gotify": "gotify://{at}/abcdefghijklmno",
        "evolution": "evolution://akey@{at}/inst/5511900000000",
    }
    async with refusing(429, {"Retry-After": "240"}) as at:
        channel = ops(urls.get(scheme, scheme + "://{at}/x").format(at=at))
        assert (await sent(channel)).asked == 240.0
    async with refusing(500, {"Retry-After": "240"}) as at:
        channel = ops(urls.get(scheme, scheme + "://{at}/x").format(at=at))
        assert (await sent(channel)).asked == 0.0


async def test_a_wait_that_was_asked_is_forgotten_at_the_next_send() -> None:
    headers = {"Retry-After": "240"}
    async with refusing(503, headers) as at:
        channel = ops(f"json://{at}/x")
        assert (await sent(channel)).asked == 240.0
        headers.clear()
        assert (await sent(channel)).asked == 0.0
