"""The bot's errors in its log at the host, by kind: each line once, and without what it says of a person."""

import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from qualtui.config.values import HostName, HostSettings, Seconds, Secret
from qualtui.demo.pace import Pace
from qualtui.demo.render import SimulatedHost
from qualtui.demo.render_api import render_application
from qualtui.model import Sample
from qualtui.probes.host_logs import HostLogsProbe
from qualtui.probes.probe import ProbeError
from tests.hosts.render.document import Seen, checked

PHONE = "5511987654321"
SENT = f"2026-11-22 08:28:02 [warning ] Falha no envio da mensagem status_code=500 telefone={PHONE} tentativa=1"


async def run_bot(on: bool) -> None:
    """Nothing runs here."""


@contextlib.asynccontextmanager
async def polled() -> AsyncIterator[tuple[SimulatedHost, HostLogsProbe, list[Seen]]]:
    sim = SimulatedHost(Pace(10_000.0), 1, run_bot, lambda bad: None)
    async with checked(render_application(sim, "rnd_invented", time.time)) as (url, seen, wrong):
        settings = HostSettings(
            kind=HostName.RENDER, service=sim.service, key=Secret("rnd_invented"), timeout=Seconds(5), demo_url=url
        )
        probe = HostLogsProbe("bot", settings)
        try:
            yield sim, probe, seen
        finally:
            await probe.close()
        assert wrong == []


async def ask(probe: HostLogsProbe) -> dict[str, Sample]:
    samples = await probe.ask(time.time() + 1)
    assert tuple(one.series for one in samples) == probe.series
    return {one.series.removeprefix("bot/"): one for one in samples}


async def test_a_log_without_errors_is_zero_and_each_error_counts_once_by_its_kind() -> None:
    async with polled() as (sim, probe, seen):
        sim.log("2026-11-22 08:28:02 [info    ] Leads watcher started")
        assert {one.value for one in (await ask(probe)).values()} == {0.0}
        for text in (SENT, SENT, "[CRITICAL] WORKER TIMEOUT (pid:7)", "Exception on /webhook [POST] TypeError"):
            sim.log(text)
        for _ in range(2):
            said = await ask(probe)
            assert [said[name].value for name in ("logs.sends", "logs.worker", "logs.webhook")] == [2, 1, 1]
            # The webhook raises for harmless events, too: its exceptions are no part of the total.
            assert said["failures.known_texts"].value == 3
        assert len(seen) <= 4  # the service once, then a page each time
    note = str(said["failures.known_texts"].note)
    assert note.startswith("2 × Falha no envio da mensagem status_code=500")
    assert all(PHONE not in str(one.note) and "telefone" not in str(one.note) for one in said.values())


async def test_more_lines_than_one_look_can_read_are_read_by_the_next_ones() -> None:
    async with polled() as (sim, probe, _seen):
        for n in range(1100):
            sim.log(SENT if n % 100 == 99 else "2026-11-22 08:28:02 [info    ] ok")
        for _ in range(4):
            said = await ask(probe)
        assert said["logs.sends"].value == 11


async def test_a_log_that_can_not_be_read_is_no_data() -> None:
    async with polled() as (sim, probe, _seen):
        sim.limited = True
        with pytest.raises(ProbeError, match="rate limit"):
            await ask(probe)
