"""One bounded HTTP request: at most so many bytes, at most so many seconds, whatever the other side does."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from urllib.parse import urlsplit

import aiohttp
import httpx
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

from qualtui import dial
from qualtui.dial import Fault
from qualtui.text import _, clean

LIMIT = 64 * 1024  # bytes of a body that are looked at
_BOM, _UTF16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_HEADERS = {
    "User-Agent": f"python-httpx/{httpx.__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
}


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

    @property
    def oddity(self) -> str:
        """Why this is no service's JSON, in a few words: it is somebody else's, or was changed on its way."""
        if 300 <= self.status < 400 and (to := self.headers.get("location", "")):
            return _("redirects to {}").format(_shown(to))
        if not self.plain and (how := self.headers.get("content-encoding", "")):
            return _("it is compressed ({})").format(clean(how, 20))
        if self.body[:2] in _UTF16:
            return _("it is UTF-16, not UTF-8")
        kind = self.headers.get("content-type", "")
        if kind.startswith("text/html") or self.body[:200].lstrip()[:9].lower() == b"<!doctype":
            return _("it is a web page (HTML)")
        return ""

    @property
    def words(self) -> str:
        """The status for people, and where a redirect leads."""
        leads = self.oddity if 300 <= self.status < 400 else ""
        return f"HTTP {self.status}, {leads}" if leads else f"HTTP {self.status}"


def _shown(location: str) -> str:
    """Where a redirect leads, without what may be a secret: no user, no query."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return "?"
    place = parts.netloc.rpartition("@")[2]
    return clean(f"{parts.scheme}://{place}{parts.path}" if place else parts.path or "?", 80)


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
        except _TROUBLE as error:
            raise _failed(error, clock() - started) from None
        plain = headers.get("content-encoding", "identity") == "identity"
        # A byte order mark before UTF-8 says nothing (RFC 8259 lets a reader pass over it).
        return Answer(status, body.removeprefix(_BOM), whole, plain, clock() - started, headers)

    def _opened(self) -> AiohttpTransport:
        if self._transport is None:
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


_TROUBLE = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError, MemoryError)
_UNSENT = (aiohttp.ClientConnectorError, httpx.UnsupportedProtocol, httpx.InvalidURL, _StoreError)


def _failed(error: BaseException, seconds: float) -> FetchError:
    """What an exception means; the transport hides the real one behind an httpx error."""
    chain = [error]
    while (inner := _inner(chain[-1])) is not None and len(chain) < 9:
        chain.append(inner)
    unsent = any(isinstance(link, _UNSENT) for link in chain)
    for link in chain:
        known = _known(link)
        if known is not None:
            return FetchError(*known, seconds, unsent=unsent)
    if any(isinstance(link, httpx.UnsupportedProtocol | httpx.InvalidURL | ValueError) for link in chain):
        return FetchError(Failure.LOCAL, "the URL is not valid", seconds, unsent=unsent)
    return FetchError(Failure.BROKEN, "not HTTP", seconds, unsent=unsent)


def _inner(error: BaseException) -> BaseException | None:
    found = error.__cause__ or getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    return found if isinstance(found, BaseException) and found is not error else None


def _known(link: BaseException) -> tuple[Failure, str] | None:
    if isinstance(link, _BrokenOffError):
        return Failure.BROKEN, _("broke off in the answer")
    if isinstance(link, _StoreError):
        return Failure.LOCAL, _("the certificates here cannot be read")
    if isinstance(link, ssl.SSLError):
        return _tls(link)
    if isinstance(link, aiohttp.ServerDisconnectedError):
        return Failure.BROKEN, _("closed without an answer")
    sorted_ = dial.sort(link)
    return None if sorted_ is None else (_FAILURES[sorted_[0]], sorted_[1])


_FAILURES = {
    Fault.REFUSED: Failure.REFUSED,
    Fault.BROKEN: Failure.BROKEN,
    Fault.TIMEOUT: Failure.TIMEOUT,
    Fault.LOCAL: Failure.LOCAL,
}


def _tls(error: ssl.SSLError) -> tuple[Failure, str] | None:
    """What a failed handshake means; None where the error only wraps the one that tells."""
    found = dial.certificate(error)
    if found is not None:
        ours, text = found
        return (Failure.LOCAL if ours else Failure.BROKEN), text
    if isinstance(error, aiohttp.ClientError):
        return None
    reason = clean(str(getattr(error, "reason", None) or "").replace("_", " ").lower(), 60)
    return Failure.BROKEN, _("TLS failed: {}").format(reason) if reason else _("TLS failed")
