"""Requests to Render: one origin, the table, no redirect, pauses after 429, errors whose body may be anything."""

import random
from collections.abc import Callable, Collection
from typing import TypeVar

import msgspec

from qualtui.config.values import HostSettings, HostWrite
from qualtui.hosts.host import HostError, HostFault
from qualtui.hosts.render import pause
from qualtui.hosts.render.calls import ORIGIN, Query, RenderCall, target
from qualtui.http import Answer, Failure, Fetcher, FetchError
from qualtui.text import clean, masked
from qualtui.text.message import Saying, message

_BODY = 1024 * 1024  # bytes: 100 log lines, or a day of points
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeError)
_FAULTS = {
    Failure.LOCAL: HostFault.LOCAL,
    Failure.REFUSED: HostFault.BROKEN,
    Failure.BROKEN: HostFault.BROKEN,
    Failure.TIMEOUT: HostFault.SILENT,
}
_RANDOM = random.SystemRandom()

T = TypeVar("T")


class _Error(msgspec.Struct, frozen=True):
    message: str = ""


class RenderClient:
    """One service's requests, over a connection that is kept. `clock`: Unix time."""

    def __init__(
        self,
        settings: HostSettings,
        clock: Callable[[], float],
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        self._service = settings.service
        self._allow: Collection[HostWrite] = frozenset(settings.allow)
        self._origin = settings.demo_url.rstrip("/") or ORIGIN
        key = "" if settings.key is None else settings.key.reveal()
        headers = {"Authorization": f"Bearer {key}"}
        self._fetcher = Fetcher(self._origin, headers, float(settings.timeout), keep=True, limit=_BODY)
        self._pause = pause.Pause()
        self._clock = clock
        self._jitter = jitter

    async def get(self, call: RenderCall, of: type[T], query: Query = ()) -> T:
        """The decoded answer of a reading call. Raises HostError."""
        answer = await self._answer(call, query)
        try:
            return msgspec.json.decode(answer.body, type=of)
        except _UNREADABLE:
            raise _not_renders(answer) from None

    async def send(self, call: RenderCall, body: object = None) -> Answer:
        """The answer of a writing call, which may have no body. Raises HostError."""
        return await self._answer(call, (), b"" if body is None else msgspec.json.encode(body))

    async def _answer(self, call: RenderCall, query: Query, body: bytes = b"") -> Answer:
        url = self._origin + target(call, self._service, query, self._allow)
        now = self._clock()
        if now < self._pause.until:
            raise HostError(HostFault.LIMITED, _limited(self._pause.until - now), http=429)
        try:
            if call.method == "GET":
                answer = await self._fetcher.get(url)
            else:
                answer = await self._fetcher.post(body, url, call.method)
        except FetchError as error:
            raise HostError(_FAULTS[error.failure], error.said) from None
        now = self._clock()
        self._pause = pause.after(self._pause, answer.status, answer.headers, now, self._jitter())
        if answer.status == 429:
            raise HostError(HostFault.LIMITED, _limited(self._pause.until - now), http=429)
        if not 200 <= answer.status < 300:
            raise _refusal(answer)
        if not (answer.whole and answer.plain):
            raise _not_renders(answer)
        return answer

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()


def _limited(wait: float) -> Saying:
    return message("Render's rate limit is reached: next request in {wait:span}", wait=max(1.0, wait))


def _refusal(answer: Answer) -> HostError:
    """The error of a status; what its body says goes with it where it is JSON with a message."""
    try:
        said = msgspec.json.decode(answer.body, type=_Error).message if answer.whole else ""
    except _UNREADABLE:
        said = ""
    said = masked(clean(said, 80))
    words = message("{status}: {said}", status=answer.words, said=said) if said else answer.words
    match answer.status:
        case 401 | 403:
            return HostError(HostFault.UNAUTHORIZED, message("Render rejects the key"), http=answer.status)
        case 404 | 410:
            return HostError(HostFault.NO_SERVICE, message("Render has no such service"), http=answer.status)
    return HostError(HostFault.STATUS, words, http=answer.status)


def _not_renders(answer: Answer) -> HostError:
    why = answer.oddity
    text = message("not Render's answer: {why}", why=why) if why else message("not Render's answer")
    return HostError(HostFault.UNREADABLE, text, http=answer.status)
