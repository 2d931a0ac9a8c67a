"""A tiny client of the demo's control server, for the window: no HTTP library, a connection a question."""

import asyncio
from urllib.parse import quote, urlsplit

import msgspec

from qualtui.demo.story import Told

_TIMEOUT = 5.0
_LIMIT = 1024 * 1024


class SwitchError(Exception):
    """The control server did not answer, or refused; one line."""


class FaultSwitch(msgspec.Struct, frozen=True):
    """A fault of the demo. `since`: Unix time, None while off."""

    name: str
    on: bool
    title: str = ""
    since: float | None = None


async def list_faults(url: str) -> tuple[FaultSwitch, ...]:
    """All faults as they stand. Raises SwitchError."""
    try:
        return msgspec.json.decode(await _ask(url, "GET", "/faults"), type=tuple[FaultSwitch, ...])
    except msgspec.MsgspecError:
        raise SwitchError("the demo's control server sent no valid answer") from None


async def set_fault(url: str, name: str, on: bool) -> FaultSwitch:
    """Switches one on or off; gives it as it stands now. Raises SwitchError."""
    try:
        answer = await _ask(url, "PUT" if on else "DELETE", f"/faults/{quote(name, safe='')}")
        return msgspec.json.decode(answer, type=FaultSwitch)
    except msgspec.MsgspecError:
        raise SwitchError("the demo's control server sent no valid answer") from None


class StoryState(msgspec.Struct, frozen=True):
    """What the demo's story said so far. `over`: it has no more to say, or no story is played."""

    told: tuple[Told, ...]
    over: bool


async def read_story(url: str) -> StoryState:
    """The demo's story as it stands. Raises SwitchError."""
    try:
        return msgspec.json.decode(await _ask(url, "GET", "/story"), type=StoryState)
    except msgspec.MsgspecError:
        raise SwitchError("the demo's control server sent no valid answer") from None


async def _ask(url: str, method: str, path: str) -> bytes:
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(_TIMEOUT):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80, limit=_LIMIT)
            try:
                head = f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
                writer.write(head.encode("ascii"))
                await writer.drain()
                answer = await reader.read(_LIMIT)
                while more := await reader.read(_LIMIT):
                    answer += more
                    if len(answer) > _LIMIT:
                        raise SwitchError("the demo's control server sent too much")
            finally:
                writer.close()
    except (OSError, TimeoutError, UnicodeEncodeError) as error:
        raise SwitchError(f"the demo's control server does not answer: {type(error).__name__}") from None
    return _body(answer)


def _body(answer: bytes) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if status == [b"200"]:
        return body
    try:
        said = msgspec.json.decode(body, type=dict[str, object])
    except msgspec.MsgspecError:
        said = {}
    raise SwitchError(str(said.get("error") or "the demo's control server refused"))
