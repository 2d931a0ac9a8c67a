"""Certificates that openssl makes for one test: an authority, what it signs well or badly, and servers."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qualtui import dial

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made by openssl")
_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
HEALTHY = b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"status":"healthy"}'


class Authority:
    """An authority of one's own; `file` is its root."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._folder = folder
        self.file = folder / f"{name}.pem"
        self._key = folder / f"{name}.key"
        out = ("-keyout", str(self._key), "-out", str(self.file))
        _openssl("req", "-x509", *_CURVE, "-subj", f"/CN={name}", "-days", "60", *out)

    def signed(self, name: str = "localhost", days: int = 60) -> Path:
        """A certificate for the name with its key, in one file; `days` below 0: it has ended."""
        ends = ("csr", "key", "ext", "crt", "pem")
        wish, key, names, made, both = (self._folder / f"{name}{days}.{end}" for end in ends)
        names.write_text(f"subjectAltName=DNS:{name}", encoding="utf-8")
        _openssl("req", *_CURVE, "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(wish))
        by = ("-CA", str(self.file), "-CAkey", str(self._key), "-CAcreateserial", "-extfile", str(names))
        _openssl("x509", "-req", "-in", str(wish), *by, "-days", str(days), "-out", str(made))
        both.write_text(key.read_text() + made.read_text())
        return both

    def self_signed(self) -> Path:
        """A certificate of localhost that nobody else has signed, with its key."""
        key, made, both = (self._folder / f"alone.{end}" for end in ("key", "crt", "pem"))
        names = ("-addext", "subjectAltName=DNS:localhost", "-days", "60")
        out = ("-keyout", str(key), "-out", str(made))
        _openssl("req", "-x509", *_CURVE, "-subj", "/CN=localhost", *names, *out)
        both.write_text(key.read_text() + made.read_text())
        return both


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def trusting(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """From now on the authorities in this file alone are trusted here."""
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    dial.trust.cache_clear()


@asynccontextmanager
async def tls_server(both: Path, answer: bytes = HEALTHY) -> AsyncIterator[int]:
    """The port of an HTTPS server on localhost that gives this answer to everything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()

    async with await asyncio.start_server(talk, "localhost", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]
