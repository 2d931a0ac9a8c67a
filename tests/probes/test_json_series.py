"""A user's own figure over HTTP: a number, or no value with a note; never an exception, never a guess."""

import asyncio
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.config.values import OwnSeries, Seconds, Secret
from qualtui.http import Answer
from qualtui.model import Sample
from qualtui.probes.json_series import JsonSeriesProbe, json_number
from qualtui.probes.probe import ProbeError
from tests.probes.hostile import JSON, Script, body, forever, serving


async def ask(script: Script, pointer: str = "/n", timeout: float = 5.0) -> Sample:
    async with serving(script) as url:
        probe = JsonSeriesProbe("bot", "queue", OwnSeries(url=url, pointer=pointer, timeout=Seconds(timeout)))
        assert probe.series == ("bot/user.queue",)
        try:
            (sample,) = await probe.ask(1000.0)
        finally:
            await probe.close()
    return sample


@pytest.mark.parametrize(
    ("content", "pointer", "value"),
    [
        (b'{"n": 12}', "/n", 12),
        (b'{"n": -0.5}', "/n", -0.5),
        (b'{"n": true}', "/n", 1),
        (b'{"n": false}', "/n", 0),
        (b"7", "", 7),
        (b'{"queues": [{"size": 1}, {"size": 3}]}', "/queues/1/size", 3),
        (b'{"a/b": {"m~n": {"": 4}}}', "/a~1b/m~0n/", 4),
        (b'{"~1": 5}', "/~01", 5),
        (b'{"0": 6}', "/0", 6),
        (b'{"n": 18446744073709551616}', "/n", 2.0**64),
    ],
)
async def test_the_pointer_names_the_number(content: bytes, pointer: str, value: float) -> None:
    assert (await ask(body(content), pointer)).value == value


@pytest.mark.parametrize(
    ("script", "note"),
    [
        (body(b'{"n": "12"}'), "a text where a number should be"),
        (body(b'{"n": {"n": 1}}'), "an object where"),
        (body(b'{"n": [1]}'), "a list where"),
        (body(b'{"n": null}'), "null where"),
        (body(b'{"m": 1}'), "nothing at /n"),
        (body(b'[{"n": 1}]'), "nothing at /n"),
        (body(b'{"n": NaN}'), "not JSON"),
        (body(b'{"n": 1e999}'), "a number too large"),
        (body(b'{"n": ' + b"9" * 60_000 + b"}"), "a number too large"),
        (body(b'{"n": ' + b"9" * 320 + b"}"), "a number too large"),
        (body(b"[" * 60_000), "not JSON"),
        (body(b'{"n": "\xff"}'), "not JSON"),
        (body(b""), "not JSON"),
        (body(b"<html>n: 1</html>"), "not JSON"),
        (body(b'{"n": 1}' + b" " * 70_000), "more than 64 kB"),
        (body(b'{"n": 1}', JSON + b"Content-Encoding: gzip\r\n"), "compressed"),
        (body(b'{"n": 1}', b"HTTP/1.1 503 X\r\n"), "HTTP 503"),
        (body(b"", b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\n"), "HTTP 302"),
    ],
)
async def test_whatever_is_no_number_is_no_value_with_a_note(script: Script, note: str) -> None:
    with pytest.raises(ProbeError, match=note):
        await ask(script)


async def test_a_hundred_megabytes_are_not_read_and_drops_are_ended_by_the_limit() -> None:
    async with asyncio.timeout(5):
        with pytest.raises(ProbeError, match="more than 64 kB"):
            await ask(forever(b"1" * 65536, 0))
        with pytest.raises(ProbeError, match=r"no answer in 0\.3s"):
            await ask(forever(b" ", 0.01), timeout=0.3)


async def test_a_closed_port_is_no_value() -> None:
    async with serving(body(b"1")) as url:
        pass
    probe = JsonSeriesProbe("bot", "queue", OwnSeries(url=url))
    with pytest.raises(ProbeError, match="refused"):
        await probe.ask(0.0)
    await probe.close()


async def test_the_headers_are_sent_and_empty_ones_are_not() -> None:
    heard: list[bytes] = []

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        await body(b"3")(reader, writer)

    async with serving(script, read=False) as url:
        headers = {"Authorization": Secret("Bearer sesame"), "X-None": Secret("")}
        probe = JsonSeriesProbe("bot", "queue", OwnSeries(url=f"{url}/stats?of=all", headers=headers))
        try:
            (sample,) = await probe.ask(0.0)
        finally:
            await probe.close()
    assert sample.value == 3
    assert heard[0].startswith(b"GET /stats?of=all ")
    assert b"authorization: bearer sesame\r\n" in heard[0].lower()
    assert b"x-none" not in heard[0].lower()


@given(st.binary(max_size=200), st.lists(st.text(max_size=5), max_size=3))
@settings(max_examples=200, deadline=None)
def test_any_answer_at_any_pointer_is_a_number_or_a_told_failure(content: bytes, parts: list[str]) -> None:
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    with contextlib.suppress(ProbeError):
        assert isinstance(json_number(Answer(200, content, True, True, 0.0), pointer), float)
