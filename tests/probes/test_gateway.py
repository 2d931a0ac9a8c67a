"""The gateway: only WORKING can send, and a rejected key is not a broken gateway."""

import asyncio
import json
import socket

import pytest

from qualtui.config.values import GatewaySettings as Settings
from qualtui.config.values import Seconds, Secret
from qualtui.model import Sample
from qualtui.probes.gateway import GatewayProbe
from qualtui.probes.gateway_uptime import GatewayUptimeProbe
from qualtui.probes.probe import ProbeError
from tests.probes.hostile import Script, body, forever, serving


async def ask(url: str, session: str = "default") -> dict[str, Sample]:
    settings = Settings(url=url, key=Secret("key-1"), session=session, timeout=Seconds(0.4))
    probe = GatewayProbe("bot", settings)
    try:
        samples = await probe.ask(1000.0)
    finally:
        await probe.close()
    assert tuple(sample.series for sample in samples) == probe.series
    return {sample.series.removeprefix("bot/gateway."): sample for sample in samples}


def status(word: object) -> Script:
    return body(json.dumps({"name": "default", "status": word, "me": None}).encode())


def coded(code: int) -> Script:
    return body(b'{"statusCode":1}', b"HTTP/1.1 %d X\r\n" % code)


@pytest.mark.parametrize(
    ("script", "up", "working", "note"),
    [
        (status("WORKING"), 1, 1, "WORKING"),
        (status("FAILED"), 1, 0, "FAILED"),
        (status("SCAN_QR_CODE"), 1, 0, "SCAN_QR_CODE"),
        (status("STARTING"), 1, 0, "STARTING"),
        (status("SOMETHING_NEW"), 1, 0, "SOMETHING_NEW"),
        (status("WORK\x1b[2JING"), 1, 0, "WORK [2JING"),
        (status(""), 1, 0, "no status"),
        (status(7), 0, 0, "not the gateway's answer"),
        (body(b"<html>hello</html>"), 0, 0, "not the gateway's answer"),
        (coded(401), 1, None, "unauthorized"),
        (coded(404), 1, 0, "no such session"),
        (coded(429), 1, None, "HTTP 429"),
        (coded(502), 0, 0, "HTTP 502"),
        (forever(b" ", 0.02), 0, 0, "no answer in 0.4s"),
    ],
)
async def test_each_answer_has_its_verdict(script: Script, up: int, working: int | None, note: str) -> None:
    async with serving(script) as url:
        said = await ask(url)
    assert (said["up"].value, said["working"].value, said["working"].note) == (up, working, note)
    assert said["silent"].value == note.startswith("no answer")


async def test_it_asks_for_its_session_with_its_key() -> None:
    asked = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())

    async with serving(listen, read=False) as url:
        await ask(url, session="a/b c")
    assert asked[0].startswith("GET /api/sessions/a%2Fb%20c HTTP/1.1")
    assert "x-api-key: key-1" in asked[0].lower()


async def test_an_uptime_that_fell_is_a_restart() -> None:
    uptimes = [60_000, 120_500, 5_000, 65_000]

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await body(b'{"startTimestamp": 1, "uptime": %d}' % uptimes.pop(0))(reader, writer)

    async with serving(script) as url:
        probe = GatewayUptimeProbe("bot", Settings(url=url))
        told = [(await probe.ask(0.0))[0] for _ in range(4)]
        await probe.close()
    assert [sample.value for sample in told] == [60, 120.5, 5, 65]
    assert [sample.note for sample in told] == ["", "", "restarted", ""]


async def test_a_refused_gateway_cannot_send() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        said = await ask(f"http://127.0.0.1:{held.getsockname()[1]}")
    assert (said["up"].value, said["working"].value, said["up"].note) == (0, 0, "refused")
    assert said["silent"].value == 0


async def test_a_name_that_cannot_be_looked_up_is_no_data() -> None:
    with pytest.raises(ProbeError):
        await ask("http://no-such-host.invalid")
