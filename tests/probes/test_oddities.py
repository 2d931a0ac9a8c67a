"""An answer that is somebody else's, or was changed on its way, is named, with the address that it leads to."""

import gzip

import pytest

from qualtui.config.values import GatewaySettings, HealthSettings, OwnSeries, Seconds
from qualtui.doctor import agent as bot
from qualtui.doctor.gateway_checks import gateway_reach_finding
from qualtui.doctor.http_request import sent
from qualtui.fixes.fix import FixError
from qualtui.fixes.gateway_session import session_status
from qualtui.gateways.registry import gateway_of, kind_of
from qualtui.probes.gateway_chats import GatewayChatsProbe
from qualtui.probes.health import health_samples
from qualtui.probes.json_series import JsonSeriesProbe
from qualtui.probes.probe import ProbeError
from tests.probes.hostile import JSON, Script, body, serving

HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
LOGIN = b"HTTP/1.1 302 Found\r\nLocation: https://me:secret@login.example.com/sign-in?token=secret\r\n"
GZIP = JSON + b"Content-Encoding: gzip\r\n"
ODD = [
    (body(b"", LOGIN), "redirects to https://login.example.com/sign-in"),
    (body(gzip.compress(b'{"status":"healthy"}'), GZIP), "compressed (gzip)"),
    (body(b"<!doctype html><p>Sign in", JSON), "a web page (HTML)"),
    (body(b"<p>Sign in", HTML), "a web page (HTML)"),
    (body('{"status":"healthy"}'.encode("utf-16")), "UTF-16"),
]


@pytest.mark.parametrize(("script", "why"), ODD)
async def test_health_names_what_it_got_instead_and_doctor_says_where_to_look(script: Script, why: str) -> None:
    async with serving(script) as url:
        report = await bot.check_bot(HealthSettings(url=url, timeout=Seconds(5)), lambda: 0.0)
    found = report.findings[0]
    assert why in str(found.why)
    assert "bot's log" not in str(found.todo)
    assert "busy" not in str(found.todo)
    assert "secret" not in str(found)


@pytest.mark.parametrize(("script", "why"), ODD)
async def test_each_question_to_the_gateway_names_it_too(script: Script, why: str) -> None:
    async with serving(script) as url:
        settings = GatewaySettings(url=url)
        gateway = gateway_of(settings)
        status = await gateway.status()
        with pytest.raises(FixError, match=why.replace("(", ".").replace(")", ".")):
            await session_status(gateway)
        await gateway.close()
        chats = GatewayChatsProbe("bot", GatewaySettings(url=url), lambda: None)
        with pytest.raises(ProbeError, match=why.replace("(", ".").replace(")", ".")):
            await chats.ask(1_000_000.0)
        await chats.close()
        number = JsonSeriesProbe("bot", "n", OwnSeries(url=url, pointer="/n"))
        with pytest.raises(ProbeError, match=why.replace("(", ".").replace(")", ".")):
            await number.ask(0.0)
        await number.close()
    assert why in str(status.note)
    assert why in str(gateway_reach_finding(status, "default", kind_of(settings).advice).why)


async def test_a_compressed_answer_does_not_make_the_gateway_down() -> None:
    async with serving(body(gzip.compress(b'{"status":"WORKING"}'), GZIP)) as url:
        gateway = gateway_of(GatewaySettings(url=url))
        status = await gateway.status()
        await gateway.close()
    assert (status.up, status.can_send) == (True, None)


async def test_a_byte_order_mark_hides_nothing() -> None:
    async with serving(body(b'\xef\xbb\xbf{"status":"healthy"}')) as url:
        got = await sent(url, 5.0)
    assert not isinstance(got, Exception)
    assert health_samples(got) == ""
