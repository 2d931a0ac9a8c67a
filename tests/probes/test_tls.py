"""Certificates of a real TLS server: the days that are left, one that has ended, one that nobody trusts."""

import asyncio
import shutil
import ssl
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qualtui.config.values import Seconds
from qualtui.config.values import TlsSettings as Settings
from qualtui.probes.probe import ProbeError
from qualtui.probes.tls import TlsProbe, tls_hosts

DAY = 86_400.0
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made by openssl")


def certificate(folder: Path, days: int) -> tuple[Path, Path]:
    """A certificate of localhost that signs itself, and its key."""
    made, key, wish, names = (folder / name for name in ("cert.pem", "key.pem", "wish.csr", "names"))
    names.write_text("subjectAltName=DNS:localhost", encoding="utf-8")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost")
    _openssl("req", *curve, "-keyout", str(key), "-out", str(wish))
    signed = ("-req", "-in", str(wish), "-signkey", str(key), "-extfile", str(names))
    _openssl("x509", *signed, "-days", str(days), "-out", str(made))
    return made, key


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


@asynccontextmanager
async def serving(made: Path, key: Path) -> AsyncIterator[int]:
    """A TLS server that says nothing; its port."""

    async def nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    server = await asyncio.start_server(nothing, "localhost", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def ask(port: int, trust: ssl.SSLContext | None, now: float) -> tuple[float | None, str]:
    probe = TlsProbe("bot", (("localhost", port),), Settings(timeout=Seconds(3)), trust)
    (sample,) = await probe.ask(now)
    assert (sample.series,) == probe.series
    return sample.value, str(sample.note)


@needs_openssl
async def test_the_days_that_are_left_are_told_with_the_host(tmp_path: Path) -> None:
    made, key = certificate(tmp_path, 30)
    trust = ssl.create_default_context(cafile=str(made))
    async with serving(made, key) as port:
        days, note = await ask(port, trust, time.time())
        assert days == pytest.approx(30, abs=0.1)
        assert note == "localhost"
        assert await ask(port, trust, time.time() + 31 * DAY) == (0.0, "localhost")


@needs_openssl
async def test_a_certificate_that_has_ended_is_no_day(tmp_path: Path) -> None:
    made, key = certificate(tmp_path, -1)
    async with serving(made, key) as port:
        assert await ask(port, ssl.create_default_context(cafile=str(made)), time.time()) == (0.0, "localhost")


@needs_openssl
async def test_one_that_is_not_trusted_here_is_not_known(tmp_path: Path) -> None:
    async with serving(*certificate(tmp_path, 30)) as port:
        with pytest.raises(ProbeError, match="localhost: the certificate is not trusted here"):
            await ask(port, ssl.create_default_context(), time.time())


async def test_a_host_that_does_not_answer_is_not_known() -> None:
    with pytest.raises(ProbeError, match="localhost: no answer"):
        await ask(1, ssl.create_default_context(), time.time())


def test_each_https_host_is_asked_once() -> None:
    urls = [
        "https://bot.example.com/health",
        "https://bot.example.com/metrics",
        "http://x.example.com",
        "https://y:8443",
    ]
    assert tls_hosts(urls) == (("bot.example.com", 443), ("y", 8443))
