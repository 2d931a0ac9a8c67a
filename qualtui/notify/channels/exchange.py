"""One JSON request to a service, and what its answer means for a delivery: no address, no text of the service."""

import time
from http import HTTPStatus
from typing import TypeVar

import msgspec

from qualtui.answer import Answer
from qualtui.http import Failure, Fetcher, FetchError
from qualtui.notify.channels.channel import Delivery
from qualtui.notify.channels.retry_after import requested_wait
from qualtui.text.message import Saying, message

T = TypeVar("T")
_KNOWN = HTTPStatus._value2member_map_


async def posted(url: str, headers: dict[str, str], timeout: float, payload: object) -> Answer:
    """The answer to a payload, which is sent once. Raises FetchError."""
    fetcher = Fetcher(url, headers, timeout, keep=False)
    try:
        return await fetcher.post(msgspec.json.encode(payload))
    finally:
        await fetcher.close()


def status_words(status: int) -> str:
    """A status as it is known: `HTTP 403 Forbidden`."""
    return f"HTTP {status} {HTTPStatus(status).phrase}" if status in _KNOWN else f"HTTP {status}"


def delivery_of(answer: Answer, in_body: float = 0.0) -> Delivery:
    """Whether a service took a message; `in_body`: the seconds that its body asks us to wait."""
    if 200 <= answer.status < 300:
        return Delivery()
    why = message("the channel did not accept it: {why}", why=status_words(answer.status))
    return Delivery(why, asked=requested_wait(answer.status, answer.headers, time.time(), in_body))


def undelivered(error: FetchError) -> Delivery:
    """What a request without an answer means: it may have arrived, unless it never left."""
    doubt = not error.unsent and error.failure in {Failure.TIMEOUT, Failure.BROKEN}
    return Delivery(message("the channel did not accept it: {why}", why=error.said), doubt=doubt)


def decoded(body: bytes, kind: type[T]) -> T | None:
    """A JSON answer; None where it is none of this kind."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, ValueError):
        return None


def unread(status: int) -> Saying:
    """Why replies could not be read."""
    return status_words(status)
