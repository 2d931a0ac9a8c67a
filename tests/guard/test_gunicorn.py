"""The guard as two lines in a Flask bot under its own server: what reaches the bot, over real HTTP."""

import asyncio
import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qualtui.demo.port import HOST, ReservedPort
from qualtui.guard.decision import MessageState
from qualtui.guard.ledger import GuardLedger, KeptMessage
from tests.guard.posts import KEY, signed
from tests.guard.posts import message as stamped

pytestmark = pytest.mark.live

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30.0  # s


class Server:
    """gunicorn with one worker, as the bot's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = ReservedPort()
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "key").write_text(KEY)
        (folder / "key").chmod(0o600)
        (folder / "guard.toml").write_text(
            'origin.hmac_key = "${file:key}"\nhold.path = "hold"\nlog.path = "attempts.jsonl"\n'
            'stats.key = "an invented key of stats"\n'
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--bind",
                f"{HOST}:{self._port.number}",
                "tests.guard.flask_bot:app",
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "GUARD_TEST_SEEN": str(self._folder / "seen"),
                "GUARD_TEST_TOML": str(self._folder / "guard.toml"),
            },
        )
        until(lambda: self.get("/health")[0] == 200)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
        self._port.release()

    def kill_worker(self) -> None:
        """kill -9 of the worker; gunicorn starts another."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    def post(self, body: bytes, headers: list[tuple[str, str]], path: str = "/webhook") -> int:
        """Post a body; the status of the answer."""
        return self.request("POST", path, body, headers)[0]

    def get(self, path: str, *headers: tuple[str, str]) -> tuple[int, bytes]:
        """Get a path; 0 where nothing answers."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.request("GET", path, b"", list(headers))
        return 0, b""

    def request(self, method: str, path: str, body: bytes, headers: list[tuple[str, str]]) -> tuple[int, bytes]:
        """One request, its headers as they are given, repeated ones too."""
        connection = http.client.HTTPConnection(HOST, self._port.number, timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if not any(name.lower() == "transfer-encoding" for name, _value in headers):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @property
    def seen(self) -> list[bytes]:
        """The bodies that reached the bot."""
        path = self._folder / "seen"
        return path.read_bytes().splitlines() if path.exists() else []

    def kept(self) -> list[KeptMessage]:
        """What waits in the ledger."""
        return GuardLedger(self._folder / "hold" / "guard.db").waiting()


def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def message(number: int = 1, text: str = "quero saber mais") -> bytes:
    """A message of now."""
    return stamped(number=number, text=text, timestamp=int(time.time()))


def proof(body: bytes) -> list[tuple[str, str]]:
    """The headers of a signature."""
    return list(signed(body).headers)


def chunked(body: bytes) -> bytes:
    """A body in chunks of seven bytes."""
    parts = [body[at : at + 7] for at in range(0, len(body), 7)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_signed_messages_pass_whole_also_in_chunks_and_nothing_else_reaches_the_bot(server: Server) -> None:
    one, two = message(number=1), message(number=2)
    assert server.post(one, proof(one)) == 200
    assert server.post(chunked(two), [*proof(two), ("Transfer-Encoding", "chunked")]) == 200
    for path in ("/webhook", "//webhook", "/webhook/", "/%77ebhook", "/WEBHOOK", "/webhook?x=1", "/webhook/token"):
        assert server.post(message(number=3), [], path) in (401, 404, 308), path
        doubled = [*proof(message(number=3)), *proof(b"other")]
        assert server.post(message(number=3), doubled, path) in (401, 404, 308), path
        under = [("x_webhook_hmac", dict(proof(message(number=3)))["x-webhook-hmac"])]
        assert server.post(message(number=3), under, path) in (400, 401, 404, 308), path
    bad = chunked(message(number=4))
    assert server.post(bad, [*proof(two), ("Transfer-Encoding", "chunked")]) == 401
    assert server.post(one, proof(one)) == 200
    assert server.seen == [one, two]
    assert server.get("/health")[0] == 200


def test_statistics_need_their_key_and_name_nobody(server: Server) -> None:
    server.post(message(), [])
    assert server.get("/guard/stats")[0] == 401
    status, answer = server.get("/guard/stats", ("Authorization", "Bearer an invented key of stats"))
    assert status == 200
    assert b'"refused":1' in answer
    assert b"900000001" not in answer


async def test_a_message_whose_worker_is_killed_is_in_doubt_and_never_given_twice(server: Server) -> None:
    body = message(text="slowly")
    posting = asyncio.create_task(asyncio.to_thread(server.post, body, proof(body)))
    await asyncio.to_thread(until, lambda: server.seen == [body])
    server.kill_worker()
    with contextlib.suppress(OSError, http.client.HTTPException):
        await posting
    await asyncio.to_thread(until, lambda: server.get("/health")[0] == 200)
    assert await asyncio.to_thread(server.post, body, proof(body)) == 200  # as a gateway repeats it
    (kept,) = server.kept()
    assert (kept.state, kept.why) == (MessageState.DOUBT, "the bot's worker ended")
    assert server.seen == [body]
