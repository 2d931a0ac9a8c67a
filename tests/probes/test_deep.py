"""/health/deep: each broken service is named, and an agent without it is no broken agent."""

import pytest

from qualtui.config.values import HealthProbe as Settings
from qualtui.model import Sample
from qualtui.probes.deep import DeepProbe
from qualtui.probes.probe import ProbeError
from tests.probes.hostile import Script, body, serving

WELL = b'{"status":"healthy","services":{"database":{"status":"up"},"waha":{"status":"up"}}}'
SICK = b'{"status":"unhealthy","services":{"database":{"status":"up"},"waha":{"status":"down"},"x":{"status":7}}}'
DOWN = b'{"status":"unhealthy","services":{"database":{"status":"up"},"waha":{"status":"down\\u001b[2J"}}}'


async def ask(script: Script) -> dict[str, Sample]:
    async with serving(script) as url:
        probe = DeepProbe("bot", Settings(url=url, deep=url))
        try:
            samples = await probe.ask(1000.0)
        finally:
            await probe.close()
    assert tuple(sample.series for sample in samples) == probe.series
    return {sample.series.removeprefix("bot/deep."): sample for sample in samples}


@pytest.mark.parametrize(
    ("script", "up", "broken", "note"),
    [
        (body(WELL), 1, 0, ""),
        (body(DOWN, b"HTTP/1.1 503 X\r\n"), 0, 1, "waha down [2J"),
        (body(DOWN), 0, 1, "waha down [2J"),
        (body(WELL, b"HTTP/1.1 500 X\r\n"), 0, 0, ""),
        (body(SICK), 0, None, "not JSON"),
        (body(b"<html>", b"HTTP/1.1 502 X\r\n"), 0, None, "HTTP 502"),
        (body(b"[" * 60_000), 0, None, "not JSON"),
    ],
)
async def test_each_answer_has_its_verdict(script: Script, up: int, broken: int | None, note: str) -> None:
    said = await ask(script)
    assert (said["up"].value, said["broken"].value, said["up"].note) == (up, broken, note)


async def test_an_agent_without_the_check_has_no_data() -> None:
    with pytest.raises(ProbeError, match="no deep health check"):
        await ask(body(b"<html>", b"HTTP/1.1 404 X\r\n"))
