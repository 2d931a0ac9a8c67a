"""The way to the database: how its DSN says to go, and whether it is encrypted. No password leaves this module."""

import asyncio
import contextlib
import struct

import msgspec

from qualtui import dial
from qualtui.config.dsn import DsnError, parse
from qualtui.config.values import Secret
from qualtui.doctor.http_request import near
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.text import clean
from qualtui.text.message import message

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL's message flow: what a client sends before TLS


class DatabaseRoute(msgspec.Struct, frozen=True):
    """Where a DSN leads: of several hosts the first; a host that begins with / is a socket's folder."""

    host: str
    port: int
    mode: str  # sslmode
    address: str = ""  # hostaddr: dialled in the host's place

    @property
    def near(self) -> bool:
        """It does not leave this machine."""
        return near(self.address or self.host)


def link_of(dsn: Secret) -> DatabaseRoute:
    """A DSN without its user, password and database; what cannot be read leads nowhere."""
    try:
        found = parse(dsn.reveal())
    except DsnError:
        return DatabaseRoute("", 5432, "prefer")
    host, port = found.hosts[0] if found.hosts else ("", 5432)
    return DatabaseRoute(host, port, found.mode, found.params.get("hostaddr", "").split(",")[0])


async def offers_tls(link: DatabaseRoute, timeout: float) -> bool | None:
    """Whether the server accepts TLS; None if that is unknown."""
    if link.host.startswith("/") or not link.host:
        return None
    try:
        async with asyncio.timeout(timeout):
            plain = await dial.connected(link.address or link.host, link.port, timeout)
            reader, writer = await asyncio.open_connection(sock=plain)
            try:
                writer.write(_SSL_REQUEST)
                return await reader.readexactly(1) == b"S"
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, asyncio.IncompleteReadError):
        return None


def route_findings(link: DatabaseRoute, offered: bool | None) -> Finding:
    """Whether rows can be read on the way. asyncpg's `prefer` takes TLS where offered, and verifies nothing."""
    check, what = "database.tls", message("database's TLS")
    if link.near:
        return ok(check, what, message("none needed: it is on this machine"))
    if link.mode in ("verify-ca", "verify-full"):
        return ok(check, what, message("encrypted, the server's certificate is verified"))
    verify = message(
        "add sslmode=verify-full&sslrootcert=FILE to the DSN (Supabase: its own root, prod-ca-2021.crt)"
    )
    if offered is None:
        return skipped(check, what, message("the server does not say whether it accepts TLS"))
    if not offered or link.mode == "disable":
        why = message("none: password and rows cross the network in clear text")
        return failed(check, what, why, message("enable TLS on the server") if not offered else verify)
    why = message("encrypted, but sslmode={mode} does not verify the server", mode=clean(link.mode, 20))
    return warning(check, what, why, verify)
