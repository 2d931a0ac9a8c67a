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

from qualtui.config.values import ChannelSettings, Secret
from qualtui.model import Severity
from qualtui.notify.channels.apprise_channel import STUCK_LIMIT
from qualtui.notify.channels.channel import MessageKind, message_kind
from qualtui.notify.channels.registry import channel_kind, channel_of
from tests.notify.channels.sending import delivered, ops, refusal, sent

WORDS = ("failure", "warning", "info", "success", "info")  # of Apprise, by kind


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
        await delivered(ops(url), "a title", "a body [x](y) <b>", MessageKind.CRITICAL)
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
        delivery = await sent(ops(url))
    assert str(delivery.reason) == f"the channel did not accept it: {why}"
    assert not delivery.final
    assert not any(log.get().name.startswith("apprise") for _record in range(log.qsize()))


async def test_who_listens_nowhere_is_told_apart_from_who_refuses() -> None:
    async with catcher() as (url, _):
        pass
    assert (await refusal(ops(url))).endswith(": connection refused")


async def test_the_reason_of_one_send_is_not_told_of_the_next() -> None:
    async with catcher(status=404) as (url, _):
        channel = ops(url)
        assert "HTTP 404" in await refusal(channel)
        # Apprise refuses an empty notice by itself.
        assert await refusal(channel, "", "") == "the channel did not accept it"


async def test_a_url_that_is_none_is_final() -> None:
    delivery = await sent(ops("nonsense://secret-token"))
    assert delivery.final
    assert "secret-token" not in str(delivery.reason)


async def test_a_hanging_send_ends_at_the_timeout_and_the_next_gets_a_thread_of_its_own() -> None:
    hang = asyncio.Event()
    async with catcher(hang=hang) as (url, caught):
        channel = ops(url + "?rto=30", 0.3)
        assert await refusal(channel, "first") == "no end within 0.30 s"
        hang.set()
        await delivered(channel, "second")
    assert len(caught) == 2


async def test_a_target_that_hangs_again_and_again_gets_no_more_threads() -> None:
    hang = asyncio.Event()
    async with catcher(hang=hang) as (url, _):
        channel = ops(url + "?rto=30", 0.1)
        for _attempt in range(STUCK_LIMIT):
            assert "no end within" in await refusal(channel)
        assert await refusal(channel) == "3 earlier sends still hang"


def test_a_message_is_of_the_kind_that_services_colour_by() -> None:
    kinds = [message_kind(kind, Severity.CRITICAL) for kind in ("firing", "worse", "resolved", "test")]
    assert kinds == [MessageKind.CRITICAL, MessageKind.CRITICAL, MessageKind.RESOLVED, MessageKind.TEST]
    assert message_kind("firing", Severity.WARNING) is MessageKind.WARNING


@pytest.mark.parametrize(("kind", "word"), list(zip(MessageKind, WORDS, strict=True)))
async def test_each_kind_has_its_word_of_apprise(kind: MessageKind, word: str) -> None:
    async with catcher() as (url, caught):
        await delivered(ops(url), kind=kind)
    assert json.loads(caught[0])["type"] == word


def test_a_configured_channel_is_made_of_its_settings_and_shows_where_it_leads() -> None:
    settings = ChannelSettings(url=Secret("json://127.0.0.1:9/in"))
    channel = channel_of("ops", settings)
    assert (channel.name, channel.limits.timeout) == ("ops", float(settings.timeout))
    place = channel_kind(settings).place(settings)
    assert place is not None
    assert (place.host, place.port, place.scheme) == ("127.0.0.1", 9, "http")
    assert not channel_kind(settings).understood(ChannelSettings(url=Secret("nonsense://x")))
