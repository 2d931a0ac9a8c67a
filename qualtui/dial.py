"""The way out of this machine: look up names, try a host's addresses side by side, sort failures."""

import asyncio
import errno
import os
import re
import socket
import ssl
import threading
from enum import StrEnum
from functools import lru_cache

import aiohappyeyeballs

from qualtui.proxies import Proxy, ProxyError, proxy_of, through_proxy
from qualtui.text.message import Text, message

DELAY = 0.25  # s after which the next address is tried beside the one before (RFC 8305, section 5)
HANGING = 32  # lookups that may hang in their threads at once
_HEAD = 8192  # bytes of a proxy's answer that are read
# Of a time limit: a resolver's silence must show before the limit itself, which would blame the server.
LOOKUP = 0.8

_NAMES = {  # what this machine lacks, by error number
    errno.EMFILE: message("this process has too many open files"),
    errno.ENFILE: message("this machine has too many open files"),
    errno.ENOBUFS: message("this machine has no memory for a connection"),
    errno.ENOMEM: message("this machine has no memory for a connection"),
    errno.EACCES: message("this machine does not permit the connection"),
    errno.EPERM: message("this machine does not permit the connection"),
    errno.EADDRNOTAVAIL: message("this machine has no free address or port"),
    errno.ENETUNREACH: message("no route from here"),
    errno.EHOSTUNREACH: message("no route from here"),  # may be either side's fault: also counts as not polled
    errno.ENETDOWN: message("no route from here"),
}
_ERRNO = re.compile(r"\[Errno (\d+)\]")  # several addresses: asyncio glues their errors together
# OpenSSL's X509_V_ERR codes that a certificate store of ours may cause: unknown issuers, self-signed roots.
_UNTRUSTED = {2, 18, 19, 20, 21, 27}
_NOT_YET, EXPIRED, _REVOKED = 9, 10, 23
_OTHER_NAME = {62, 64}

Address = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]


class DialFault(StrEnum):
    """How a connection failed. LOCAL: nothing left this machine."""

    REFUSED = "refused"
    BROKEN = "broken"
    TIMEOUT = "timeout"
    LOCAL = "local"


class LookupFailedError(socket.gaierror):
    """The resolver did not answer in time, or too many lookups hang already."""


class NoThreadError(OSError):
    """There is no thread for a lookup."""


def sort(error: BaseException) -> tuple[DialFault, Text] | None:
    """Return whose fault a failed connection is, and the reason; None if the error is no connection failure.

    If several addresses were tried, one that answered or stayed silent decides, not one without a route.
    """
    if isinstance(error, socket.gaierror):
        late = isinstance(error, LookupFailedError)
        return DialFault.LOCAL, message("the name could not be looked up in time") if late else message(
            "the name could not be looked up"
        )
    if isinstance(error, ProxyError):
        return DialFault.LOCAL, error.said
    if isinstance(error, NoThreadError):
        return DialFault.LOCAL, message("this machine has no free threads")
    if isinstance(error, MemoryError):
        return DialFault.LOCAL, _NAMES[errno.ENOMEM]
    if not isinstance(error, OSError):
        return None
    numbers = {error.errno} if error.errno else {int(one) for one in _ERRNO.findall(str(error))}
    if errno.ECONNREFUSED in numbers:
        return DialFault.REFUSED, message("refused")
    if errno.ETIMEDOUT in numbers:
        return DialFault.TIMEOUT, message("no answer")
    if numbers & {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED}:
        return DialFault.BROKEN, message("closed without an answer")
    return next(((DialFault.LOCAL, name) for number, name in _NAMES.items() if number in numbers), None)


def certificate(error: ssl.SSLError) -> tuple[bool, Text] | None:
    """Return whether a certificate's failure may be our fault, and the reason; None if it has no OpenSSL code."""
    code = getattr(error, "verify_code", None)  # aiohttp's own class lacks it, and carries the real one inside
    if code is None:
        return None
    if code == EXPIRED:
        return False, message("the certificate has expired")
    if code == _NOT_YET:
        return True, message("the certificate is not valid yet: is this machine's clock right?")
    if code in _OTHER_NAME:
        return False, message("the certificate is for another name")
    if code == _REVOKED:
        return False, message("the certificate was revoked")
    if code in _UNTRUSTED:
        return True, message("the certificate is not trusted here")
    return False, message("the certificate is not valid")


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """The authorities that we trust: $SSL_CERT_FILE or $SSL_CERT_DIR alone, else the system's and certifi's.

    Every TLS connection uses this one store, so that no two parts disagree. Raises OSError if it can't be read.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file or None, capath=None if file else folder)
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


_hanging: set[threading.Thread] = set()


async def lookup(host: str, port: int, limit: float, family: int = socket.AF_UNSPEC) -> list[Address]:
    """The addresses of a host, each once. Raises OSError (gaierror) by `limit` seconds at the latest.

    In a separate daemon thread: a resolver that hangs must delay neither other work nor our end.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[list[Address]] = loop.create_future()
    _hanging.difference_update({thread for thread in _hanging if not thread.is_alive()})
    if len(_hanging) >= HANGING:
        raise LookupFailedError(socket.EAI_AGAIN, "too many lookups hang")

    def answer(found: list[Address] | None, error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(found or [])

    def work() -> None:
        found: list[Address] | None = None
        problem: Exception | None = None
        try:
            # Addresses of a family that this machine has no route for are left out; loopback needs no route.
            flags = 0 if host == "localhost" or host[-1:].isdigit() or ":" in host else socket.AI_ADDRCONFIG
            given = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=flags)
            found = list(dict.fromkeys(given))  # type: ignore[arg-type]
        except (OSError, UnicodeError) as error:
            problem = error
        try:
            loop.call_soon_threadsafe(answer, found, problem)
        except RuntimeError:  # the loop has ended: the result is not needed
            return

    thread = threading.Thread(target=work, name="lookup", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        raise NoThreadError from None
    _hanging.add(thread)
    try:
        async with asyncio.timeout(limit):
            found = await done
    except TimeoutError:
        raise LookupFailedError(socket.EAI_AGAIN, "no answer of the resolver") from None
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    return found


async def connected(host: str, port: int, limit: float) -> socket.socket:
    """A TCP connection to the first address of a host that takes one, tried as RFC 8305 (happy eyeballs) says.

    Raises OSError, which `sort` names; TimeoutError after `limit` seconds.
    """
    clock = asyncio.get_running_loop().time
    started = clock()
    found = await lookup(host, port, LOOKUP * limit)
    async with asyncio.timeout(max(0.01, limit - (clock() - started))):
        return await aiohappyeyeballs.start_connection(found, happy_eyeballs_delay=DELAY)


async def secured(
    host: str, port: int, limit: float, context: ssl.SSLContext | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A TLS connection whose certificate was verified for `host`. Raises OSError, ssl.SSLError, TimeoutError."""
    async with asyncio.timeout(limit):
        proxy = proxy_of("https", host, port)
        plain = await (connected(host, port, limit) if proxy is None else _tunnel(proxy, host, port, limit))
        return await asyncio.open_connection(sock=plain, ssl=context or trust(), server_hostname=host)


async def _tunnel(proxy: Proxy, host: str, port: int, limit: float) -> socket.socket:
    """A connection through a proxy. Raises ProxyError, whatever the proxy's trouble is."""
    try:
        async with asyncio.timeout(LOOKUP * limit):
            plain = await connected(proxy.host, proxy.port, limit)
            try:
                status = await _status_of(plain, proxy, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
            except BaseException:
                plain.close()
                raise
    except OSError as error:
        known = sort(error)
        why = message("no answer") if known is None else known[1]
        raise ProxyError(through_proxy(proxy.variable, why)) from None
    if not status.startswith("2"):
        plain.close()
        raise ProxyError(through_proxy(proxy.variable, f"HTTP {status}"))
    return plain


async def _status_of(plain: socket.socket, proxy: Proxy, place: str) -> str:
    """Return the proxy's status for a CONNECT to the place (RFC 9110); "?" if it sends none."""
    loop = asyncio.get_running_loop()
    head = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in proxy.login.items())
    await loop.sock_sendall(plain, f"{head}\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _HEAD:
        part = await loop.sock_recv(plain, 1024)
        if not part:
            break
        answer += part
    found = re.match(rb"HTTP/1\.[01] (\d\d\d)", answer)
    return found[1].decode("ascii") if found else "?"
