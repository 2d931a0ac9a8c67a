"""One rule for the environment's proxies: probes, doctor and notices go by it, and its failure is never theirs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qualtui import dial
from qualtui.config.values import HealthSettings as Settings
from qualtui.config.values import Seconds, Secret, TlsSettings
from qualtui.doctor import channels
from qualtui.http import Failure, Fetcher, FetchError
from qualtui.model.findings import FindingVerdict
from qualtui.notify.channels.apprise_channel import AppriseChannel
from qualtui.notify.channels.channel import ChannelMessage, MessageKind
from qualtui.probes.health import HealthProbe
from qualtui.probes.probe import ProbeError
from qualtui.probes.tls import TlsProbe
from qualtui.proxies import ProxyError, proxy_of, spare_this_machine
from tests.certificates import Authority, needs_openssl, tls_server, trusting
from tests.config.sample import AGENT, read
from tests.probes.hostile import JSON, body, raw, serving

BOT = "bot.example.test"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("no_proxy", "")  # so that what a send adds to it is taken back
    yield
    dial.trust.cache_clear()


class Proxying:
    """`heads` are the requests that a proxy got."""

    def __init__(self, answer: bytes, lead_to: int = 0) -> None:
        self.heads: list[str] = []
        self._answer = answer
        self._lead_to = lead_to
        self.tasks: set[asyncio.Task[None]] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(self._answer)
            await writer.drain()
            if self._lead_to:
                await self._lead(reader, writer)
            writer.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_connection("localhost", self._lead_to)
        try:
            await asyncio.gather(_pipe(reader, to), _pipe(there, writer))
        finally:
            to.transport.abort()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxying(answer: bytes, lead_to: int = 0) -> AsyncIterator[tuple[str, Proxying]]:
    proxy = Proxying(answer, lead_to)
    async with await asyncio.start_server(proxy.talk, "127.0.0.1", 0) as server:
        yield f"http://me:s%40cret@127.0.0.1:{server.sockets[0].getsockname()[1]}", proxy
        for task in proxy.tasks:
            task.cancel()
        await asyncio.gather(*proxy.tasks, return_exceptions=True)


HEALTHY = JSON + b'Content-Length: 20\r\nConnection: close\r\n\r\n{"status":"healthy"}'
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"


async def up(url: str, timeout: float = 5.0) -> float | None:
    probe = HealthProbe("bot", Settings(url=url, timeout=Seconds(timeout)))
    try:
        return (await probe.ask(0.0))[0].value
    finally:
        await probe.close()


async def test_http_goes_through_the_proxy_with_its_login(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxying(HEALTHY) as (url, proxy):
        monkeypatch.setenv("http_proxy", url)
        assert await up(f"http://{BOT}/health") == 1
    assert proxy.heads[0].startswith(f"GET http://{BOT}/health HTTP/1.1")
    assert "proxy-authorization: basic bwu6c0bjcmv0" in proxy.heads[0].lower()


@needs_openssl
async def test_https_and_its_certificate_go_through_a_tunnel_and_are_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    trusting(monkeypatch, authority.file)
    async with tls_server(authority.signed(BOT)) as port, proxying(OPEN, port) as (url, proxy):
        monkeypatch.setenv("HTTPS_PROXY", url)
        assert await up(f"https://{BOT}/health") == 1
        probe = TlsProbe("bot", ((BOT, 443),), TlsSettings(timeout=Seconds(5)))
        assert (await probe.ask(0.0))[0].note == BOT
        other = Fetcher("https://other.example.test/", {}, 5.0, keep=False)
        with pytest.raises(FetchError, match="for another name") as caught:
            await other.get()
        await other.close()
    assert caught.value.failure is Failure.BROKEN  # the service's, though a proxy stands between
    assert [head.split()[:2] for head in proxy.heads[:2]] == [["CONNECT", f"{BOT}:443"]] * 2


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_refused_is_no_data_with_its_name(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:1")
    with pytest.raises(ProbeError, match=f"the proxy in {scheme.upper()}_PROXY: refused"):
        await up(f"{scheme}://{BOT}/health")


LOGIN = b"HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("answer", [LOGIN, b"HTTP/1.1 502 X\r\n\r\n", b""])
async def test_a_proxy_that_gives_no_way_is_no_data_and_nothing_was_sent(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxying(answer) as (url, _proxy):
        monkeypatch.setenv("ALL_PROXY", url)
        fetcher = Fetcher(f"https://{BOT}/", {}, 5.0, keep=False)
        with pytest.raises(FetchError, match="the proxy in ALL_PROXY: ") as caught:
            await fetcher.post(b"{}")
        await fetcher.close()
        probe = TlsProbe("bot", ((BOT, 443),), TlsSettings(timeout=Seconds(5)))
        with pytest.raises(ProbeError, match="the proxy in ALL_PROXY: "):
            await probe.ask(0.0)
    assert (caught.value.failure, caught.value.unsent) == (Failure.LOCAL, True)
    assert "cret" not in str(caught.value)


async def test_a_proxy_that_wants_a_login_is_no_answer_of_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(raw(LOGIN)) as url:
        monkeypatch.setenv("http_proxy", url)
        with pytest.raises(ProbeError, match="HTTP 407"):
            await up(f"http://{BOT}/health")


async def test_a_silent_proxy_is_no_silence_of_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    async def mute(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(mute, read=False) as url:
        monkeypatch.setenv("https_proxy", url)
        with pytest.raises(ProbeError, match="the proxy in HTTPS_PROXY: no answer"):
            await up(f"https://{BOT}/health", 0.4)


async def test_this_machine_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with serving(body(b'{"status":"healthy"}')) as url:
        assert await up(url) == 1
        sent = AppriseChannel("ops", Secret(url.replace("http://", "json://")), 5)
        assert (await sent.send(ChannelMessage("t", "b", MessageKind.TEST))).accepted


async def test_a_notice_goes_through_the_same_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxying(HEALTHY) as (url, proxy):
        monkeypatch.setenv("http_proxy", url)
        channel = AppriseChannel("ops", Secret(f"json://{BOT}/in"), 5)
        assert (await channel.send(ChannelMessage("t", "b", MessageKind.TEST))).accepted
    assert proxy.heads[0].startswith(f"POST http://{BOT}/in HTTP/1.1")


async def test_doctor_looks_at_the_proxy_of_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    config = read(AGENT + f'[notify.channels.ops]\nurl = "json://{BOT}/in"\n')
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    (found,) = (one for one in (await channels.check_channels(config)).findings if one.check == "notify.channel")
    assert (found.verdict, "the proxy in HTTP_PROXY: refused" in str(found.why)) == (FindingVerdict.FAILED, True)
    async with proxying(HEALTHY) as (url, proxy):
        monkeypatch.setenv("http_proxy", url)
        (found,) = (
            one for one in (await channels.check_channels(config)).findings if one.check == "notify.channel"
        )
    assert (found.verdict, "the proxy in HTTP_PROXY accepts connections" in str(found.why)) == (
        FindingVerdict.OK,
        True,
    )
    assert proxy.heads == []


@pytest.mark.parametrize(
    ("excepted", "host", "through"),
    [
        ("", "bot.example.test", True),
        ("example.test", "bot.example.test", False),
        (".example.test", "bot.example.test", False),
        ("ample.test", "bot.example.test", True),
        ("bot.example.test:443", "bot.example.test", False),
        ("10.0.0.0/8", "10.1.2.3", False),
        ("10.0.0.0/8", "192.0.2.1", True),
        ("*", "bot.example.test", False),
        ("", "127.0.0.1", False),
        ("", "::1", False),
        ("", "localhost", False),
    ],
)
def test_no_proxy_excepts_hosts_domains_and_networks(
    excepted: str, host: str, through: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example.test:3128")
    monkeypatch.setenv("no_proxy", excepted)
    assert (proxy_of("https", host, 443) is not None) is through


@pytest.mark.parametrize(
    "url", ["socks5://127.0.0.1:1080", "https://proxy.example.test", "http://:0", "http://[x"]
)
def test_a_proxy_that_is_none_of_ours_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", url)
    with pytest.raises(ProxyError, match="HTTPS_PROXY"):
        proxy_of("https", BOT, 443)


def test_this_machine_is_excepted_for_apprise_too() -> None:
    environment = {"HTTP_PROXY": "http://x", "NO_PROXY": "a.test, localhost"}
    spare_this_machine(environment)
    assert environment["no_proxy"] == "a.test,localhost,127.0.0.0/8,::1"
    for other in ({}, {"http_proxy": "http://x", "no_proxy": "*"}):
        before = dict(other)
        spare_this_machine(other)
        assert other == before
