"""GET /metrics: what the worker adds between two looks, whatever it answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from qualtui.config.values import MetricsSettings as Settings
from qualtui.model import EARLY, Sample
from qualtui.probes.metrics import MetricsProbe
from qualtui.probes.probe import ProbeError

NOW = 1_000_000.0


class Worker:
    """Answers with the counters that the test gives it."""

    def __init__(self) -> None:
        self.messages: dict[str, int] = {}
        self.status = 200

    async def answer(self, _: web.Request) -> web.Response:
        return web.json_response({"totals": {"messages": self.messages}}, status=self.status)


@asynccontextmanager
async def asked() -> AsyncIterator[tuple[Worker, MetricsProbe]]:
    worker, app = Worker(), web.Application()
    app.router.add_get("/metrics", worker.answer)
    async with TestServer(app) as server:
        probe = MetricsProbe("bot", Settings(url=str(server.make_url("/metrics"))))
        try:
            yield worker, probe
        finally:
            await probe.close()


def values(samples: tuple[Sample, ...]) -> dict[str, float | None]:
    return {sample.series.removeprefix("bot/agent."): sample.value for sample in samples}


async def test_what_was_before_the_first_look_is_not_known_and_a_recycling_loses_nothing_since() -> None:
    async with asked() as (worker, probe):
        worker.messages = {"successful_sent": 500}
        first = await probe.ask(NOW)
        assert {(one.value, one.code) for one in first} == {(None, EARLY)}  # too early, and no fault
        assert tuple(sample.series for sample in first) == probe.series
        worker.messages = {"successful_sent": 512, "failed_sent": 3, "deduped": 3}
        said = values(await probe.ask(NOW + 300))
        assert (said["sent_1h"], said["failed_1h"], said["deduped_1h"], said["boots_1h"]) == (12, 0, 3, 0)
        assert said["claimed"] is None  # their rows may be a moment late
        worker.messages = {}  # booted a moment ago
        said = values(await probe.ask(NOW + 600))
        assert (said["sent_1h"], said["claimed"], said["boots_1h"]) == (12, 12, 1)
        worker.messages = {"successful_sent": 8}
        assert values(await probe.ask(NOW + 900))["success"] == 100
        said = values(await probe.ask(NOW + 4000))
        assert (said["sent_1h"], said["claimed"]) == (8, None)  # the first dozen is older than an hour


async def test_an_error_status_is_no_data() -> None:
    async with asked() as (worker, probe):
        worker.status = 500
        with pytest.raises(ProbeError, match="HTTP 500"):
            await probe.ask(NOW)


async def test_a_refused_connection_is_no_data() -> None:
    probe = MetricsProbe("bot", Settings(url="http://127.0.0.1:1/metrics"))
    with pytest.raises(ProbeError, match="refused"):
        await probe.ask(NOW)
    await probe.close()
