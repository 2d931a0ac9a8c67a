"""/health/deep: each broken service is named, and an agent without it is no broken agent."""

import json
import socket

import pytest

from qualtui.config.values import HealthSettings as Settings
from qualtui.config.values import Seconds
from qualtui.model import Sample
from qualtui.probes.deep import DeepProbe
from qualtui.probes.probe import ProbeError
from tests.probes.hostile import Script, body, forever, reset, serving

WELL = b'{"status":"healthy","services":{"database":{"status":"up"},"waha":{"status":"up"}}}'
SICK = b'{"status":"unhealthy","services":{"database":{"status":"up"},"waha":{"status":"down"},"x":{"status":7}}}'
DOWN = b'{"status":"unhealthy","services":{"database":{"status":"up"},"waha":{"status":"down\\u001b[2J"}}}'


async def ask(script: Script) -> dict[str, Sample]:
    async with serving(script) as url:
        return await asked(url)


async def asked(url: str) -> dict[str, Sample]:
    probe = DeepProbe("bot", Settings(url=url, deep=url, timeout=Seconds(0.4)))
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
        (body(WELL, b"HTTP/1.1 500 X\r\n"), 0, 1, "HTTP 500"),
        (body(SICK), 0, 2, "waha down, x 7"),
        (body(b"<html>", b"HTTP/1.1 502 X\r\n"), 0, 1, "HTTP 502"),
        (body(b"[" * 60_000), 0, 1, "not JSON"),
        (body(b'{"status":"degraded"}'), 0, 1, "says degraded"),
        (body(b"{}"), 0, 1, "says nothing"),
        (reset(), 0, 1, "closed without an answer"),
        (forever(b" ", 0.05), 0, None, "no answer in 0.4s"),
    ],
)
async def test_each_answer_has_its_verdict(script: Script, up: int, broken: int | None, note: str) -> None:
    said = await ask(script)
    assert (said["up"].value, said["broken"].value, str(said["up"].note)) == (up, broken, note)


@pytest.mark.parametrize(
    ("services", "broken", "database", "waha"),
    [
        ({"database": "ok", "waha": "ok"}, (), 1, 1),
        ({"database": "Connected", "WhatsApp": "WORKING"}, (), 1, 1),
        ({"db": {"status": True, "ms": 4}, "supabase": {"status": "online"}}, (), 1, None),
        ({"database": {"healthy": True}, "system": {"cpu": 3}}, (), 1, None),
        ({"database": "down", "waha": {"status": False}}, ("database down", "waha false"), 0, 0),
        ({"db": {"status": None}, "queue": {"status": "stuck"}}, ("db null", "queue stuck"), None, None),
        ({"db": "up", "postgres": "error"}, ("postgres error",), 0, None),
        ({"list": [1, 2], "deeper": {"status": {"status": "down"}}}, (), None, None),
        (["database"], (), None, None),
    ],
)
async def test_each_shape_of_services_is_read(
    services: object, broken: tuple[str, ...], database: float | None, waha: float | None
) -> None:
    said = await ask(body(json.dumps({"status": "healthy", "services": services}).encode()))
    assert (said["broken"].value, str(said["broken"].note)) == (len(broken), ", ".join(broken))
    assert (said["database"].value, said["gateway"].value) == (database, waha)


async def test_a_refusal_is_a_fresh_no_and_silence_breaks_no_service() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        said = await asked(f"http://127.0.0.1:{held.getsockname()[1]}/health/deep")
    assert {name: sample.value for name, sample in said.items()} == {
        **{"up": 0, "broken": 1, "silent": 0},
        **{"database": None, "gateway": None},
    }
    assert said["broken"].note == "refused"
    silent = await ask(forever(b" ", 0.05))
    assert (silent["up"].value, silent["broken"].value, silent["silent"].value) == (0, None, 1)
    with pytest.raises(ProbeError):
        await asked("http://no-such-host.invalid/health/deep")


async def test_an_agent_without_the_check_has_no_data() -> None:
    with pytest.raises(ProbeError, match="no deep health check"):
        await ask(body(b"<html>", b"HTTP/1.1 404 X\r\n"))
