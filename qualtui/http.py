"""One bounded HTTP request: at most so many bytes, at most so many seconds, whatever the other side does."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

from qualtui import dial
from qualtui.answer import Answer
from qualtui.dial import DialFault
from qualtui.proxies import Proxy, ProxyError, proxy_of, through_proxy
from qualtui.text import clean
from qualtui.text.message import Saying, Text, message

__all__ = ["LIMIT", "Answer", "Failure", "FetchError", "Fetcher"]

LIMIT = 64 * 1024  # bytes of a body that are looked at
_BOM = b"\xef\xbb\xbf"
_HEADERS = {
    "User-Agent": f"python-httpx/{httpx.__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
}


class Failure(StrEnum):
    """Why there is no answer. LOCAL: we could not poll; the others are negative answers of the other side."""

    REFUSED = "refused"  # no process listens
    BROKEN = "broken"  # the connection or the answer broke off, as when a worker is killed, or it was no HTTP
    TIMEOUT = "timeout"
    LOCAL = "local"


class FetchError(Exception):
    """No complete answer; the text is short and holds no address. `unsent`: the request certainly never left."""

    def __init__(
        self, failure: Failure, said: Saying, seconds: float, *, unsent: bool = False, tls: bool = False
    ) -> None:
        super().__init__(str(said))
        self.failure = failure
        self.said = said
        self.text = str(said)  # in English
        self.seconds = seconds
        self.unsent = unsent
        self.tls = tls  # the handshake with the service itself failed


class _Resolver(AbstractResolver):
    """Names, looked up within a time limit shorter than the request's: a silent resolver is our own trouble."""

    def __init__(self, timeout: float) -> None:
        self._limit = dial.LOOKUP * timeout

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await dial.lookup(host, port, self._limit, family)
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=_literal(where), port=port, family=kind, proto=proto, flags=numeric)
            for kind, _type, proto, _name, where in found
        ]

    async def close(self) -> None:
        """Holds nothing."""


def _literal(where: "tuple[str, int] | tuple[str, int, int, int]") -> str:
    """The address as text; a link-local one needs its zone."""
    scope = where[3] if len(where) == 4 else 0
    return f"{where[0]}%{scope}" if scope and "%" not in where[0] else where[0]


class Fetcher:
    """Requests to one URL over a separate transport: no cookies, no redirects, no decompression.

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
        self._proxy: Proxy | None = None
        self._opening = False  # through a proxy: the way to the service is being opened
        self._bare: dict[str, httpx.Request] = {}  # requests without a body, by method: the same each time

    async def get(self, url: str = "") -> Answer:
        """The answer, whatever its status; `url` where it is not the fetcher's own. Raises FetchError."""
        if not url:
            return await self.ask("GET")
        return await self._asked(lambda: httpx.Request("GET", url, headers=self._headers))

    async def ask(self, method: str, *, read: bool = True) -> Answer:
        """The answer to another method, without a body; not `read`: the answer's body is left where it is."""
        return await self._asked(partial(self._asking, method), read=read)

    async def post(self, payload: bytes = b"", url: str = "", method: str = "POST") -> Answer:
        """The answer to this JSON, sent once; `url` where it is not the fetcher's own. Raises FetchError."""
        return await self._asked(partial(self._posting, url or self._url, payload, method))

    def _asking(self, method: str) -> httpx.Request:
        request = self._bare.get(method)
        if request is None:
            request = self._bare[method] = httpx.Request(method, self._url, headers=self._headers)
        return request

    def _posting(self, url: str, payload: bytes, method: str) -> httpx.Request:
        headers = {**self._headers, "Content-Type": "application/json"} if payload else self._headers
        return httpx.Request(method, url, headers=headers, content=payload)

    async def _asked(self, build: Callable[[], httpx.Request], *, read: bool = True) -> Answer:
        clock = asyncio.get_running_loop().time
        started = clock()
        self._opening = False
        try:
            async with asyncio.timeout(self._timeout):
                # Not through httpx's client: it keeps cookies, and builds the same objects for each request.
                status, body, whole, headers = await _exchange(
                    self._opened(), build(), self._limit if read else None
                )
        except TimeoutError:
            late = message("no answer in {limit}s", limit=self._timeout)
            raise self._through(FetchError(Failure.TIMEOUT, late, clock() - started)) from None
        except _TROUBLE as error:
            raise self._through(_failed(error, clock() - started)) from None
        if status == 407 and self._proxy is not None:
            variable = self._proxy.variable
            text = message("the proxy in {variable} answers HTTP {status:whole}", variable=variable, status=status)
            raise FetchError(Failure.LOCAL, text, clock() - started, unsent=True)
        plain = headers.get("content-encoding", "identity") == "identity"
        # A byte order mark before UTF-8 says nothing (RFC 8259 lets a reader pass over it).
        return Answer(status, body.removeprefix(_BOM), whole, plain, clock() - started, headers)

    def _through(self, error: FetchError) -> FetchError:
        """The error; our own proxy's where it came while the way through that was being opened."""
        if self._proxy is None or not self._opening or error.tls:
            return error
        text = through_proxy(self._proxy.variable, error.said)
        return FetchError(Failure.LOCAL, text, error.seconds, unsent=True)

    def _opened(self) -> AiohttpTransport:
        if self._transport is None:
            parts = httpx.URL(self._url)
            self._proxy = proxy = proxy_of(parts.scheme, parts.host, parts.port or 443)
            login = {} if proxy is None else proxy.login
            through = None if proxy is None else httpx.Proxy(proxy.url, headers=login)
            if parts.scheme == "http":  # a request for plain http is the proxy's own to read
                self._headers |= login
            # The certificates are read here, so that a broken store is a probe's failure, not the program's.
            try:
                trust = dial.trust()
            except OSError:
                raise _StoreError from None

            def session() -> aiohttp.ClientSession:
                connector = aiohttp.TCPConnector(
                    limit=2, ssl=trust, force_close=not self._keep, resolver=_Resolver(self._timeout)
                )
                return aiohttp.ClientSession(
                    connector=connector,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    trace_configs=[] if proxy is None else [self._watched()],
                )

            self._transport = AiohttpTransport(verify=trust, client=session, proxy=through)
        return self._transport

    def _watched(self) -> aiohttp.TraceConfig:
        """Record when a connection is being opened and when it is open."""
        trace = aiohttp.TraceConfig()

        async def begun(*_: object) -> None:
            self._opening = True

        async def done(*_: object) -> None:
            self._opening = False

        trace.on_connection_create_start.append(begun)
        trace.on_connection_create_end.append(done)
        return trace

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


_TROUBLE = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError, MemoryError)
_UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    _StoreError,
)


def _failed(error: BaseException, seconds: float) -> FetchError:
    """What an exception means; the transport hides the real one behind an httpx error."""
    chain = [error]
    while (inner := _inner(chain[-1])) is not None and len(chain) < 9:
        chain.append(inner)
    unsent = any(isinstance(link, _UNSENT) for link in chain)
    for link in chain:
        known = _known(link)
        if known is not None:
            return FetchError(*known, seconds, unsent=unsent, tls=isinstance(link, ssl.SSLError))
    if any(isinstance(link, httpx.UnsupportedProtocol | httpx.InvalidURL | ValueError) for link in chain):
        return FetchError(Failure.LOCAL, message("the URL is not valid"), seconds, unsent=unsent)
    return FetchError(Failure.BROKEN, message("not HTTP"), seconds, unsent=unsent)


def _inner(error: BaseException) -> BaseException | None:
    found = error.__cause__ or getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    return found if isinstance(found, BaseException) and found is not error else None


def _known(link: BaseException) -> tuple[Failure, Text] | None:
    if isinstance(link, _BrokenOffError):
        return Failure.BROKEN, message("the answer broke off")
    if isinstance(link, aiohttp.ClientHttpProxyError):
        return Failure.LOCAL, message("HTTP {status:whole}", status=link.status)
    if isinstance(link, _StoreError):
        return Failure.LOCAL, message("this machine's certificates can't be read")
    if isinstance(link, ssl.SSLError):
        return _tls(link)
    if isinstance(link, aiohttp.ServerDisconnectedError):
        return Failure.BROKEN, message("closed without an answer")
    sorted_ = dial.sort(link)
    return None if sorted_ is None else (_FAILURES[sorted_[0]], sorted_[1])


_FAILURES = {
    DialFault.REFUSED: Failure.REFUSED,
    DialFault.BROKEN: Failure.BROKEN,
    DialFault.TIMEOUT: Failure.TIMEOUT,
    DialFault.LOCAL: Failure.LOCAL,
}


def _tls(error: ssl.SSLError) -> tuple[Failure, Text] | None:
    """Return what a failed handshake means; None if the error only wraps the informative one."""
    found = dial.certificate(error)
    if found is not None:
        ours, text = found
        return (Failure.LOCAL if ours else Failure.BROKEN), text
    if isinstance(error, aiohttp.ClientError):
        return None
    reason = clean(str(getattr(error, "reason", None) or "").replace("_", " ").lower(), 60)
    return Failure.BROKEN, message("TLS failed: {reason}", reason=reason) if reason else message("TLS failed")
