"""A target's fault is told in one line, costs nobody else time, and never shows its URL."""

import asyncio
import json
import logging
import queue
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from logging.handlers import QueueHandler

import pytest
from aiohttp import web

from qualtui.config.values import Secret
from qualtui.model import Severity
from qualtui.notify.channel import STUCK_LIMIT, AppriseChannel, NotifyError, apprise_type


@asynccontextmanager
async def catcher(status: int = 200, hang: asyncio.Event | None = None) -> AsyncIterator[tuple[str, list[str]]]:
    caught: list[str] = []

    async def take(request: web.Request) -> web.Response:
        caught.append((await request.read()).decode())
        if hang is not None:
            await hang.wait()
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/{tail:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"json://127.0.0.1:{port}/in", caught
    finally:
        if hang is not None:
            hang.set()
        await runner.cleanup()


async def test_a_notice_arrives_with_its_title_body_and_type() -> None:
    async with catcher() as (url, caught):
        await AppriseChannel("ops", Secret(url), 10).send("a title", "a body [x](y) <b>", "failure")
    payload = json.loads(caught[0])
    assert (payload["title"], payload["message"], payload["type"]) == ("a title", "a body [x](y) <b>", "failure")


@pytest.mark.parametrize(
    ("status", "why"), [(500, "HTTP 500 Internal Server Error"), (404, "HTTP 404 Not Found"), (599, "HTTP 599")]
)
async def test_a_refusal_is_one_line_with_the_status_and_without_the_url(
    status: int, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = queue.SimpleQueue[logging.LogRecord]()
    monkeypatch.setattr(logging.getLogger(), "handlers", [QueueHandler(log)])
    async with catcher(status=status) as (url, _):
        with pytest.raises(NotifyError) as told:
            await AppriseChannel("ops", Secret(url), 10).send("t", "b", "info")
    assert str(told.value) == f"the target did not accept it: {why}"
    assert not told.value.final
    assert not any(log.get().name.startswith("apprise") for _record in range(log.qsize()))


async def test_who_listens_nowhere_is_told_apart_from_who_refuses() -> None:
    async with catcher() as (url, _):
        pass
    with pytest.raises(NotifyError, match=r": connection refused$"):
        await AppriseChannel("ops", Secret(url), 10).send("t", "b", "info")


async def test_the_reason_of_one_send_is_not_told_of_the_next() -> None:
    async with catcher(status=404) as (url, _):
        target = AppriseChannel("ops", Secret(url), 10)
        with pytest.raises(NotifyError, match="HTTP 404"):
            await target.send("t", "b", "info")
        with pytest.raises(NotifyError, match=r"^the target did not accept it$"):
            await target.send("", "", "info")  # Apprise refuses an empty notice by itself


async def test_a_url_that_is_none_is_final() -> None:
    with pytest.raises(NotifyError) as told:
        await AppriseChannel("ops", Secret("nonsense://secret-token"), 10).send("t", "b", "info")
    assert told.value.final
    assert "secret-token" not in str(told.value)


async def test_a_hanging_send_ends_at_the_timeout_and_the_next_gets_a_thread_of_its_own() -> None:
    hang = asyncio.Event()
    async with catcher(hang=hang) as (url, caught):
        target = AppriseChannel("ops", Secret(url + "?rto=30"), 0.3)
        with pytest.raises(NotifyError, match="no end within"):
            await target.send("first", "b", "info")
        hang.set()
        await target.send("second", "b", "info")
    assert len(caught) == 2


async def test_a_target_that_hangs_again_and_again_gets_no_more_threads() -> None:
    hang = asyncio.Event()
    async with catcher(hang=hang) as (url, _):
        target = AppriseChannel("ops", Secret(url + "?rto=30"), 0.1)
        for _attempt in range(STUCK_LIMIT):
            with pytest.raises(NotifyError, match="no end within"):
                await target.send("t", "b", "info")
        with pytest.raises(NotifyError, match="still hang"):
            await target.send("t", "b", "info")


def test_kinds_have_the_type_that_services_colour_by() -> None:
    assert [apprise_type(kind, Severity.CRITICAL) for kind in ("firing", "worse", "resolved", "test")] == [
        "failure",
        "failure",
        "success",
        "info",
    ]
    assert apprise_type("firing", Severity.WARNING) == "warning"
