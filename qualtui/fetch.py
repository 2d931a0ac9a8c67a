"""One bounded HTTP request: at most so many bytes, at most so many seconds, whatever the other side does."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache, partial

import aiohttp
import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

LIMIT = 64 * 1024  # bytes of a body that are looked at
_HEADERS = {
    "User-Agent": f"python-httpx/{httpx.__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
}

# These say that this machine could not ask. EHOSTUNREACH may be either side's fault: not asked, too.
_LOCAL = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOBUFS,
    errno.ENOMEM,
    errno.EACCES,
    errno.EPERM,
}
# OpenSSL's X509_V_ERR codes that a certificate store of ours may cause: unknown issuers, self-signed roots.
_UNTRUSTED = {2, 18, 19, 20, 21, 27}


class Failure(StrEnum):
    """Why there is no answer. LOCAL: we could not ask; the others are the other side's negative answers."""

    REFUSED = "refused"  # nobody listens
    BROKEN = "broken"  # the connection or the answer broke off, as when a worker is killed, or it was no HTTP
    TIMEOUT = "timeout"
    LOCAL = "local"


class FetchError(Exception):
    """No whole answer; the text is short and has no address in it. `unsent`: the request never left for sure."""

    def __init__(self, failure: Failure, text: str, seconds: float, *, unsent: bool = False) -> None:
        super().__init__(text)
        self.failure = failure
        self.text = text
        self.seconds = seconds
        self.unsent = unsent


class Answer(msgspec.Struct, frozen=True):
    """An answer. `body` is cut at its limit, `whole` says whether that was all; `plain`: it is not compressed."""

    status: int
    body: bytes
    whole: bool
    plain: bool
    seconds: float
    headers: Mapping[str, str] = {}  # asked for by names in lower case


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class Fetcher:
    """Requests to one URL over a transport of its own: no cookies, no redirects, no decompression.

    `keep`: whether to keep the connection between requests. `limit`: bytes of a body that are looked at.
    """

    def __init__(
        self, url: str, headers: dict[str, str], timeout: float, *, keep: bool, limit: int = LIMIT
    ) -> None:
        self._url = url
        self._headers = {**_HEADERS, **headers}
        self._timeout = timeout
        self._keep = keep
        self._limit = limit
        self._transport: AiohttpTransport | None = None
        self._bare: dict[str, httpx.Request] = {}  # requests without a body, by method: the same each time

    async def get(self) -> Answer:
        """The answer, whatever its status. Raises FetchError."""
        return await self.ask("GET")

    async def ask(self, method: str, *, read: bool = True) -> Answer:
        """The answer to another method, without a body; not `read`: the answer's body is left where it is."""
        return await self._asked(partial(self._asking, method), read=read)

    async def post(self, payload: bytes = b"", url: str = "") -> Answer:
        """The answer to this JSON, sent once; `url` where it is not the fetcher's own. Raises FetchError."""
        return await self._asked(partial(self._posting, url or self._url, payload))

    def _asking(self, method: str) -> httpx.Request:
        request = self._bare.get(method)
        if request is None:
            request = self._bare[method] = httpx.Request(method, self._url, headers=self._headers)
        return request

    def _posting(self, url: str, payload: bytes) -> httpx.Request:
        headers = {**self._headers, "Content-Type": "application/json"} if payload else self._headers
        return httpx.Request("POST", url, headers=headers, content=payload)

    async def _asked(self, build: Callable[[], httpx.Request], *, read: bool = True) -> Answer:
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(self._timeout):
                # Not through httpx's client: it keeps cookies, and builds anew each time what is the same.
                status, body, whole, headers = await _exchange(
                    self._opened(), build(), self._limit if read else None
                )
        except TimeoutError:
            raise FetchError(Failure.TIMEOUT, f"no answer in {self._timeout:g}s", clock() - started) from None
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as error:
            raise _failed(error, clock() - started) from None
        plain = headers.get("content-encoding", "identity") == "identity"
        return Answer(status, body, whole, plain, clock() - started, headers)

    def _opened(self) -> AiohttpTransport:
        if self._transport is None:
            # The certificates are read here, so that a broken store is a probe's failure, not the program's.
            try:
                trust = _trust()
            except OSError:
                raise _StoreError from None

            def session() -> aiohttp.ClientSession:
                connector = aiohttp.TCPConnector(limit=2, ssl=trust, force_close=not self._keep)
                return aiohttp.ClientSession(
                    connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
                )

            self._transport = AiohttpTransport(verify=trust, client=session)
        return self._transport

    async def close(self) -> None:
        """Gives the connections back within a second."""
        transport, self._transport = self._transport, None
        if transport is not None:
            try:
                async with asyncio.timeout(1.0):
                    await transport.aclose()
            except (TimeoutError, httpx.HTTPError, aiohttp.ClientError, OSError):
                pass


async def _exchange(
    transport: AiohttpTransport, request: httpx.Request, limit: int | None
) -> tuple[int, bytes, bool, Mapping[str, str]]:
    """Status, at most `limit` bytes of the body (None: it is left where it is), whether that is all, headers."""
    response = await transport.handle_async_request(request)
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)
    try:
        if limit is None:
            return response.status_code, b"", False, response.headers
        parts: list[bytes] = []
        size = 0
        try:
            async for part in stream:
                parts.append(part)
                size += len(part)
                if size > limit:
                    break
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise _BrokenOffError from None
        return response.status_code, b"".join(parts)[:limit], size <= limit, response.headers
    finally:
        await stream.aclose()


class _BrokenOffError(OSError):
    """The answer broke off in its body."""


class _StoreError(OSError):
    """This machine's certificates cannot be read."""


_UNSENT = (aiohttp.ClientConnectorError, httpx.UnsupportedProtocol, httpx.InvalidURL, _StoreError)


def _failed(error: BaseException, seconds: float) -> FetchError:
    """What an exception means; the transport hides the real one behind an httpx error."""
    chain = [error]
    while (inner := chain[-1].__cause__ or getattr(chain[-1], "os_error", None)) is not None and len(chain) < 9:
        chain.append(inner)
    unsent = any(isinstance(link, _UNSENT) for link in chain)
    for link in chain:
        known = _known(link)
        if known is not None:
            return FetchError(*known, seconds, unsent=unsent)
    if any(isinstance(link, httpx.UnsupportedProtocol | httpx.InvalidURL | ValueError) for link in chain):
        return FetchError(Failure.LOCAL, "the URL is not valid", seconds, unsent=unsent)
    return FetchError(Failure.BROKEN, "not HTTP", seconds, unsent=unsent)


def _known(link: BaseException) -> tuple[Failure, str] | None:
    if isinstance(link, _BrokenOffError):
        return Failure.BROKEN, "broke off in the answer"
    if isinstance(link, _StoreError):
        return Failure.LOCAL, "the certificates here cannot be read"
    if isinstance(link, ssl.SSLCertVerificationError):
        if link.verify_code in _UNTRUSTED:
            return Failure.LOCAL, "the certificate is not trusted here"
        return Failure.BROKEN, "the certificate is not valid"
    if isinstance(link, ssl.SSLError):
        return Failure.BROKEN, "TLS failed"
    if isinstance(link, socket.gaierror):
        return Failure.LOCAL, "the name could not be looked up"
    if isinstance(link, aiohttp.ServerDisconnectedError | ConnectionResetError | BrokenPipeError):
        return Failure.BROKEN, "closed without an answer"
    if isinstance(link, ConnectionRefusedError) or "Connect call failed" in str(link):
        return Failure.REFUSED, "refused"
    if isinstance(link, OSError) and link.errno in _LOCAL:
        return Failure.LOCAL, "no route from here"
    if isinstance(link, OSError) and link.errno == errno.ETIMEDOUT:
        return Failure.TIMEOUT, "no answer"
    return None
