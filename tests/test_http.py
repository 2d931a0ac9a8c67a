"""What a Fetcher sends: the same each time, and nothing that an answer told it."""

import asyncio

import pytest

from qualtui.http import Fetcher
from tests.probes.hostile import JSON, serving


class Heard:
    """A script that keeps what it was asked and answers with a cookie."""

    def __init__(self) -> None:
        self.requests: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            self.requests.append(head.decode().lower())
            writer.write(JSON + b"Set-Cookie: seen=1\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()


@pytest.mark.parametrize("keep", [False, True])
async def test_no_cookie_goes_back_and_each_request_is_the_same(keep: bool) -> None:
    heard = Heard()
    async with serving(heard, read=False) as url:
        fetcher = Fetcher(f"{url}/health?a=1", {"X-Api-Key": "k"}, 5.0, keep=keep)
        for _ in range(3):
            answer = await fetcher.get()
            assert (answer.status, answer.body, answer.whole, answer.plain) == (200, b"{}", True, True)
            assert answer.headers.get("x-two") == "a, b"
        await fetcher.close()
    assert len(set(heard.requests)) == 1
    assert "cookie" not in heard.requests[0]
    assert "x-api-key: k" in heard.requests[0]
    assert ("connection: close" in heard.requests[0]) is not keep  # the other side need not keep it either


async def test_a_request_with_a_body_says_that_it_is_json() -> None:
    heard = Heard()
    async with serving(heard, read=False) as url:
        fetcher = Fetcher("http://127.0.0.1:1", {}, 5.0, keep=False)
        assert (await fetcher.post(b"{}", f"{url}/other")).status == 200
        await fetcher.close()
    assert heard.requests[0].startswith("post /other http/1.1")
    assert "content-type: application/json" in heard.requests[0]
