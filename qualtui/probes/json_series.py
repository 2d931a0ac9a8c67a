"""A user's own figure out of an HTTP JSON answer: one number, named by a JSON pointer (RFC 6901)."""

import asyncio
import re

import msgspec

from qualtui.config.values import OwnSeries as Settings
from qualtui.http import LIMIT, Answer, Fetcher, FetchError
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.probes.services import not_json
from qualtui.text.message import message

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")  # no leading zeros, says RFC 6901
_FOUND = {
    str: message("a text where a number should be"),
    dict: message("an object where a number should be"),
    list: message("a list where a number should be"),
    type(None): message("null where a number should be"),
}


class JsonSeriesProbe:
    """user.NAME from `url` and `pointer`; without a value wherever the answer has no such number."""

    def __init__(self, agent: str, name: str, settings: Settings) -> None:
        self.name = f"{agent}/user.{name}"
        self.series = (self.name,)
        self.interval = float(settings.interval)
        self.timeout = float(settings.timeout)
        self._pointer = settings.pointer
        headers = {each: secret.reveal() for each, secret in settings.headers.items() if secret.reveal()}
        self._fetcher = Fetcher(settings.url, headers, self.timeout, keep=False)

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The number. Raises ProbeError where the answer has none."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            answer = await self._fetcher.get()
        except FetchError as error:
            raise ProbeError(error.text) from None
        value = json_number(answer, self._pointer)
        return (Sample(self.series[0], now + clock() - started, value),)

    async def close(self) -> None:
        """Gives back the connection."""
        await self._fetcher.close()


def json_number(answer: Answer, pointer: str) -> float:
    """The number that an answer has at the pointer; true and false are 1 and 0. Raises ProbeError."""
    if answer.status != 200:
        raise ProbeError(answer.words)
    if not answer.whole:
        raise ProbeError(message("an answer of more than {limit:whole} kB", limit=LIMIT // 1024))
    if not answer.plain:
        raise ProbeError(message("not JSON: {oddity}", oddity=answer.oddity or message("it is compressed")))
    try:
        found = msgspec.json.decode(answer.body)
    except msgspec.ValidationError:  # what it calls a number that no float can hold
        raise ProbeError(message("a number too large")) from None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise ProbeError(not_json(answer)) from None
    found = _at(found, pointer)
    if not isinstance(found, bool | int | float):
        raise ProbeError(_FOUND[type(found)])
    try:
        return float(found)
    except OverflowError:
        raise ProbeError(message("a number too large")) from None


def _at(found: object, pointer: str) -> object:
    """What stands at the pointer. The error shows only the pointer's words, never the answer's."""
    for token in pointer.split("/")[1:]:
        part = token.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and part in found:
            found = found[part]
        elif isinstance(found, list) and _INDEX.fullmatch(part) and int(part) < len(found):
            found = found[int(part)]
        else:
            raise ProbeError(message("nothing at {pointer}", pointer=pointer))
    return found
