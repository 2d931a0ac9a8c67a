"""Render over real HTTP when it misbehaves: each failure is named, and none carries the key or a phone."""

import socket

import pytest

from qualtui.config.values import HostName, HostSettings, Seconds, Secret
from qualtui.hosts.host import Host, HostError, HostFault
from qualtui.hosts.registry import host_of
from tests.probes.hostile import JSON, Script, body, forever, raw, serving

KEY = "rnd_secret_of_ours"


def host(url: str, timeout: float = 10.0) -> Host:
    return host_of(
        HostSettings(
            kind=HostName.RENDER,
            service="srv-cukouhrtq21c73e9scng",
            key=Secret(KEY),
            timeout=Seconds(timeout),
            demo_url=url,
        )
    )


async def refusal(url: str, timeout: float = 10.0) -> HostError:
    polled = host(url, timeout)
    try:
        with pytest.raises(HostError) as caught:
            await polled.service()
    finally:
        await polled.close()
    assert KEY not in str(caught.value)
    return caught.value


def coded(code: int, content: bytes = b"{}") -> Script:
    return body(content, b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n" % code)


@pytest.mark.parametrize(
    ("script", "fault", "said"),
    [
        (coded(401), HostFault.UNAUTHORIZED, "Render rejects the key"),
        (coded(403), HostFault.UNAUTHORIZED, "Render rejects the key"),
        (coded(404), HostFault.NO_SERVICE, "Render has no such service"),
        (coded(410), HostFault.NO_SERVICE, "Render has no such service"),
        (coded(500, b'{"id":"x","message":"too many points"}'), HostFault.STATUS, "HTTP 500: too many points"),
        (coded(500, b'{"message":"of +55 11 98765-4321"}'), HostFault.STATUS, "HTTP 500: of +55 11 •••••-••21"),
        (coded(503, b"<html>upstream</html>"), HostFault.STATUS, "HTTP 503"),
        (coded(500, b'{"message": 7}'), HostFault.STATUS, "HTTP 500"),
        (coded(500, b""), HostFault.STATUS, "HTTP 500"),
        (coded(429, b"slow down"), HostFault.LIMITED, "Render's rate limit is reached"),
        (body(b"<!doctype html>"), HostFault.UNREADABLE, "not Render's answer: it is a web page (HTML)"),
        (body(b"[" * 100_000), HostFault.UNREADABLE, "not Render's answer"),
        (body(b'{"id": 7}'), HostFault.UNREADABLE, "not Render's answer"),
        (body(b" " * 2_000_000), HostFault.UNREADABLE, "not Render's answer"),
        (raw(JSON + b"Content-Length: 50\r\n\r\n{"), HostFault.BROKEN, "the answer broke off"),
    ],
)
async def test_what_is_no_good_answer_is_named(script: Script, fault: HostFault, said: str) -> None:
    async with serving(script) as url:
        error = await refusal(url)
    assert error.fault is fault
    assert str(error.text).startswith(said)


async def test_silence_ends_with_the_timeout() -> None:
    async with serving(forever(b" ", 0.02)) as url:
        assert (await refusal(url, 0.4)).fault is HostFault.SILENT


async def test_a_redirect_is_not_followed_and_the_key_goes_nowhere_else() -> None:
    async with serving(body(b"{}")) as elsewhere:
        head = b"HTTP/1.1 302 Found\r\nLocation: " + elsewhere.encode() + b"/v1/services/x\r\n"
        async with serving(body(b"", head)) as url:
            error = await refusal(url)
    assert (error.fault, error.http) == (HostFault.STATUS, 302)


async def test_a_refused_connection_is_no_answer() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        error = await refusal(f"http://127.0.0.1:{held.getsockname()[1]}")
    assert error.fault is HostFault.BROKEN


async def test_a_plan_without_http_metrics_has_no_counts_and_breaks_nothing() -> None:
    for script in (
        coded(400, b'{"message":"path filter needs a paid plan"}'),
        coded(402),
        body(b"[]"),
        body(b"null"),
    ):
        async with serving(script) as url:
            polled = host(url)
            assert (await polled.requests(0.0, 60.0)).by_status is None
            await polled.close()


async def test_null_and_an_empty_list_of_points_are_no_data() -> None:
    for answer in (b"null", b"[]"):
        async with serving(body(answer)) as url:
            polled = host(url)
            usage = await polled.usage(60.0)
            await polled.close()
        assert (usage.cpu.percent, usage.memory.percent) == (None, None)
