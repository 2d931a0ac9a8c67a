"""Certificates on real TLS servers: expired, soon to expire, not trusted."""

import asyncio
import ssl
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qualtui.doctor import link, tls
from qualtui.doctor.link import DatabaseRoute
from qualtui.model.findings import Finding, FindingVerdict
from tests.postgres import AgentDatabase

DAY = 86400.0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own making for localhost, good for 60 days, with its key in one file."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "60"),
            *("-keyout", "key.pem", "-out", "cert.pem"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return both


@asynccontextmanager
async def serving(certificate: Path) -> AsyncIterator[str]:
    """A TLS server that closes after the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def end(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(end, "localhost", 0, ssl=context) as server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}/health"


async def examined(url: str, now: float, trust: ssl.SSLContext | None = None) -> Finding:
    return await tls.check_certificate("agent.tls", "certificate", url, 5.0, lambda: now, trust)


@pytest.mark.parametrize(
    ("later", "verdict", "word"),
    [(0.0, FindingVerdict.OK, "59 days"), (50 * DAY, FindingVerdict.WARNING, "9 days")],
)
async def test_a_trusted_certificate_tells_its_days(
    certificate: Path, later: float, verdict: FindingVerdict, word: str
) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    async with serving(certificate) as url:
        found = await examined(url, time.time() + later, trust)
    assert (found.verdict, word in str(found.why)) == (verdict, True)


async def test_a_certificate_that_is_not_trusted_is_a_failure(certificate: Path) -> None:
    async with serving(certificate) as url:
        found = await examined(url, time.time())
    assert (found.verdict, "not trusted" in str(found.why)) == (FindingVerdict.FAILED, True)


async def test_plain_http_to_elsewhere_is_told_and_on_this_machine_is_fine() -> None:
    assert (await examined("http://bot.example.com/health", 0.0)).verdict is FindingVerdict.WARNING
    assert (await examined("http://127.0.0.1:5000/health", 0.0)).verdict is FindingVerdict.OK


@pytest.mark.parametrize(
    ("mode", "offered", "verdict"),
    [
        ("prefer", False, FindingVerdict.FAILED),
        ("prefer", True, FindingVerdict.WARNING),
        ("disable", True, FindingVerdict.FAILED),
        ("require", True, FindingVerdict.WARNING),
        ("verify-full", True, FindingVerdict.OK),
        ("prefer", None, FindingVerdict.SKIPPED),
    ],
)
def test_a_database_elsewhere_must_be_encrypted_and_verified(
    mode: str, offered: bool | None, verdict: FindingVerdict
) -> None:
    assert link.route_findings(DatabaseRoute("db.example.com", 5432, mode), offered).verdict is verdict


@pytest.mark.parametrize(
    ("dsn", "host", "port", "mode"),
    [
        ("postgresql://u:p%40x@db.example.com:6543/d?sslmode=require", "db.example.com", 6543, "require"),
        ("postgresql://u@/d?host=/run/postgresql", "/run/postgresql", 5432, "prefer"),
        ("postgres://u:p@[::1]:5433/d", "::1", 5433, "prefer"),
        ("postgresql://u@one.example.com:1,two.example.com:2/d", "one.example.com", 1, "prefer"),
    ],
)
def test_a_dsn_is_read_for_its_way_alone(dsn: str, host: str, port: int, mode: str) -> None:
    from qualtui.config.values import Secret

    assert link.link_of(Secret(dsn)) == DatabaseRoute(host, port, mode)


async def test_a_real_server_without_tls_says_so(agent_db: AgentDatabase) -> None:
    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_unix_connection(agent_db.server.socket)
        # A Unix socket takes no TLS, and answers the request for it as a server without certificate does.
        to.write(await reader.readexactly(8))
        writer.write(await there.readexactly(1))
        await writer.drain()
        for end in (to, writer):
            end.close()

    async with await asyncio.start_server(forward, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await link.offers_tls(DatabaseRoute("127.0.0.1", port, "prefer"), 5.0) is False
