"""GET /health: every kind of answer and of silence has its word, and none does harm."""

import asyncio
import gzip
import socket
import ssl

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.config.values import HealthSettings as Settings
from qualtui.config.values import Seconds
from qualtui.http import Answer, Failure, _failed
from qualtui.model import UNSAID, Sample
from qualtui.probes.health import HealthProbe, health_samples
from qualtui.probes.probe import ProbeError
from qualtui.text import clean
from tests.probes.hostile import JSON, Script, body, forever, raw, reset, serving

NOW = 1_000_000.0


async def ask(url: str, timeout: float = 5.0) -> dict[str, Sample]:
    probe = HealthProbe("bot", Settings(url=url, timeout=Seconds(timeout)))
    try:
        samples = await probe.ask(NOW)
    finally:
        await probe.close()
    assert tuple(sample.series for sample in samples) == probe.series
    return {sample.series.removeprefix("bot/health."): sample for sample in samples}


async def test_the_agents_own_answer_is_up_with_its_time() -> None:
    async with serving(body(b'{"status":"healthy","metrics":{"total_messages":3}}')) as url:
        said = await ask(url)
    assert said["up"].value == 1
    assert said["refused"].value == 0
    assert said["seconds"].value is not None
    assert 0 < said["seconds"].value < 2
    assert said["up"].at >= NOW + said["seconds"].value


@pytest.mark.parametrize(
    ("script", "note"),
    [
        (body(b'{"status":"unhealthy","error":"x"}'), "says unhealthy"),
        (body(b'{"status":"un\\u001b[31mhealthy"}'), "says un [31mhealthy"),
        (body(b"<html>", b"HTTP/1.1 503 Service Unavailable\r\n"), "HTTP 503"),
        (body(b"", b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"), "HTTP 302"),
        (body(b"<html>[/red][@click=app.quit]</html>"), "not JSON"),
        (body(b"[" * 60_000), "not JSON"),
        (body(b'{"a":' * 10_000), "not JSON"),
        (body(b"\xff\xfe\x00{\x00"), "not JSON"),
        (body(b'{"status": 5}'), "says 5"),
        (
            body(b'{"status":"failed for +55 11 98765-4321"}'),
            "says failed for +55 11 •••••-••21",
        ),
        (body(b'{"status":"healthy","services":{"database":{"status":"error"},"waha":"ok"}}'), "database error"),
        (body(b'{"status":"healthy","services":{"database":"down"}}'), "database down"),
        (body(b'{"services":{"database":"down"}}', b"HTTP/1.1 503 X\r\n"), "HTTP 503: database down"),
        (body(b""), "not JSON"),
        (body(b"{" + b" " * 70_000 + b"}"), "more than 64 kB"),
        (body(gzip.compress(b"0" * 10_000_000), JSON + b"Content-Encoding: gzip\r\n"), "not JSON"),
        (body(b"{}", JSON + b"Content-Encoding: \x01br\r\n"), "not"),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "not HTTP"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n"), "not HTTP"),
        (raw(JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), ""),
        (reset(JSON + b"Content-Length: 500\r\n\r\n{"), "the answer broke off"),
        (raw(JSON + b"Content-Length: 500\r\n\r\n{"), "the answer broke off"),
    ],
)
async def test_a_bad_answer_is_a_fresh_negative_one(script: Script, note: str) -> None:
    async with serving(script) as url:
        said = await ask(url)
    assert said["up"].value == 0
    assert said["refused"].value == 0
    assert note in str(said["up"].note)
    assert said["up"].note


async def test_a_hundred_megabytes_are_not_read_and_the_loop_goes_on() -> None:
    sent = 0
    beats = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(JSON + b"Content-Length: 104857600\r\n\r\n")
        while sent < 104857600:
            writer.write(b" " * 65536)
            sent += 65536
            await writer.drain()

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.005)

    async with serving(flood) as url:
        pulse = asyncio.get_running_loop().create_task(beat())
        said = await ask(url)
        pulse.cancel()
    assert str(said["up"].note) == "more than 64 kB"
    assert sent < 20_000_000
    assert beats >= 1


@pytest.mark.parametrize(
    "script",
    [
        forever(b" ", 0.01),
        forever(b"H", 0.01, b""),
        forever(b"X-Drip: 1\r\n", 0.01, JSON),
        forever(b"", 0.01, b""),
    ],
)
async def test_whatever_drips_is_ended_by_one_limit(script: Script) -> None:
    loop = asyncio.get_running_loop()
    async with serving(script) as url:
        started = loop.time()
        said = await ask(url, timeout=0.3)
        assert loop.time() - started < 1.0
    assert (said["up"].value, said["refused"].value) == (0, 0)
    assert str(said["up"].note) in {"no answer in 0.3s", "not HTTP"}
    if str(said["up"].note) == "no answer in 0.3s":
        assert said["seconds"].value == pytest.approx(0.3, abs=0.2)


async def test_a_closed_port_is_refused() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        said = await ask(f"http://127.0.0.1:{held.getsockname()[1]}/health")
    assert (said["up"].value, said["refused"].value, said["up"].note) == (0, 1, "refused")
    assert said["seconds"].value is None


async def test_a_connection_closed_without_a_word_is_a_miss_and_no_refusal_a_worker_may_just_be_recycled() -> None:
    async with serving(reset()) as url:
        said = await ask(url)
    assert (said["up"].value, said["refused"].value) == (0, 0)
    assert said["up"].note == "closed without an answer"


@pytest.mark.parametrize(
    "url", ["http://no-such-host.invalid/health", "ftp://127.0.0.1/", "http://", "http://[::bad/", "http://a b/"]
)
async def test_what_we_could_not_ask_is_no_answer_at_all(url: str) -> None:
    with pytest.raises(ProbeError):
        await ask(url)


async def test_an_untrusted_certificate_is_our_trouble_and_names_no_host() -> None:
    untrusted = ssl.SSLCertVerificationError(1, "unable to get local issuer certificate for secret.host")
    untrusted.verify_code = 20
    assert _failed(untrusted, 0.1).failure is Failure.LOCAL
    expired = ssl.SSLCertVerificationError(1, "certificate has expired")
    expired.verify_code = 10
    assert _failed(expired, 0.1).failure is Failure.BROKEN
    assert "secret" not in _failed(untrusted, 0.1).text


async def test_each_poll_is_a_connection_of_its_own() -> None:
    peers = set()

    async def health(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response({"status": "healthy"})

    app = web.Application()
    app.router.add_get("/health", health)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    probe = HealthProbe("bot", Settings(url=f"http://127.0.0.1:{port}/health"))
    try:
        for _ in range(3):
            assert (await probe.ask(NOW))[0].value == 1
    finally:
        await probe.close()
        await runner.cleanup()
    assert len(peers) == 3


async def test_the_services_that_health_names_are_told_one_by_one() -> None:
    well = b'{"status":"healthy","timestamp":"x","services":{"database":{"status":"connected"},"waha":true}}'
    for content, told in (
        (well, (1, 1, 1)),
        (well.replace(b"true", b'"down"'), (0, 1, 0)),
        (well.replace(b"true", b'"lukewarm"'), (1, 1, None)),  # nobody is woken by a word that nobody knows
        (b"{}", (1, None, None)),
    ):
        async with serving(body(content)) as url:
            said = await ask(url)
        assert tuple(said[name].value for name in ("up", "database", "gateway")) == told
        unsaid = {name for name in said if said[name].code == UNSAID}
        assert unsaid == {
            name for name in ("database", "gateway") if said[name].value is None and said["up"].value
        }


def test_a_json_object_without_a_status_says_nothing_against_itself() -> None:
    assert health_samples(Answer(200, b'{"version": 3}', True, True, 0.1)) == ""
    assert str(health_samples(Answer(200, b'{"version": 3}', True, False, 0.1))) == "not JSON"


@settings(max_examples=300, deadline=None)
@given(body=st.binary(max_size=300), status=st.integers(100, 999))
def test_any_bytes_are_judged_in_one_clean_line(body: bytes, status: int) -> None:
    note = str(health_samples(Answer(status, body, True, True, 0.1)))
    assert note == clean(note)
    assert note or status == 200


@settings(max_examples=40, deadline=None)
@given(words=st.binary(max_size=200))
def test_any_bytes_on_the_wire_are_an_answer_and_never_an_exception(words: bytes) -> None:
    async def once() -> None:
        async with serving(raw(words)) as url:
            said = await ask(url, timeout=1.0)
        assert said["up"].value in {0, 1}

    asyncio.run(once())
