"""What fails before a byte has left this machine has its name, and one silent address does not hide a good one."""

import asyncio
import errno
import os
import resource
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from qualtui import dial
from qualtui.config.values import HealthSettings as Settings
from qualtui.config.values import Seconds
from qualtui.dial import DialFault
from qualtui.probes.health import HealthProbe
from qualtui.probes.probe import ProbeError
from tests.probes.hostile import body, serving
from tests.silent import HOST, silent_address, two_addresses

HEALTHY = b'{"status":"healthy"}'


async def health(url: str, timeout: float) -> float | None:
    probe = HealthProbe("bot", Settings(url=url, timeout=Seconds(timeout)))
    try:
        return (await probe.ask(0.0))[0].value
    finally:
        await probe.close()


def numbered(number: int, text: str = "x") -> OSError:
    return OSError(number, text)


@pytest.mark.parametrize(
    ("error", "fault", "word"),
    [
        (numbered(errno.ECONNREFUSED), DialFault.REFUSED, "refused"),
        (numbered(errno.EMFILE), DialFault.LOCAL, "too many open files"),
        (numbered(errno.EPERM), DialFault.LOCAL, "not permit"),
        (numbered(errno.ENETUNREACH), DialFault.LOCAL, "no route"),
        (numbered(errno.EHOSTUNREACH, "Connect call failed ('192.0.2.1', 80)"), DialFault.LOCAL, "no route"),
        (numbered(errno.ETIMEDOUT, "Connect call failed ('192.0.2.1', 80)"), DialFault.TIMEOUT, "no answer"),
        (numbered(errno.ECONNRESET), DialFault.BROKEN, "closed"),
        (OSError("Multiple exceptions: [Errno 101] a, [Errno 111] b"), DialFault.REFUSED, "refused"),
        (
            OSError("Multiple exceptions: [Errno 101] a, [Errno 110] Connect call failed"),
            DialFault.TIMEOUT,
            "no answer",
        ),
        (OSError("Multiple exceptions: [Errno 101] a, [Errno 24] b"), DialFault.LOCAL, "too many open files"),
        (socket.gaierror(-2, "Name or service not known"), DialFault.LOCAL, "looked up"),
        (dial.NoThreadError(), DialFault.LOCAL, "threads"),
    ],
)
def test_each_failure_is_whose_it_is(error: OSError, fault: DialFault, word: str) -> None:
    found = dial.sort(error)
    assert found is not None
    assert (found[0], word in str(found[1])) == (fault, True)


def test_a_clock_that_is_slow_is_ours_and_a_wrapping_error_is_looked_into() -> None:
    early = ssl.SSLCertVerificationError(1, "certificate is not yet valid")
    assert dial.certificate(early) is None  # no code: what it wraps tells
    early.verify_code = 9
    found = dial.certificate(early)
    assert found is not None
    assert (found[0], "clock" in str(found[1])) == (True, True)


async def test_a_silent_address_does_not_hide_the_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    two_addresses(monkeypatch)
    async with serving(body(HEALTHY)) as url:
        port = int(url.rpartition(":")[2])
        with silent_address(port):
            with await dial.connected(HOST, port, 3.0) as got:
                assert got.getpeername() == ("127.0.0.1", port)
            assert await health(f"http://{HOST}:{port}/health", 3.0) == 1


async def test_a_host_whose_only_address_is_silent_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    two_addresses(monkeypatch, "127.0.0.2")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with silent_address(port), pytest.raises(TimeoutError):
        await dial.connected(HOST, port, 0.3)


@pytest.fixture
def mute_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A resolver that does not answer until the test's end."""
    ended = threading.Event()

    def looked_up(*_words: Any, **_named: Any) -> Any:
        ended.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "x")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    yield
    ended.set()


async def test_a_resolver_that_is_silent_is_no_data_and_never_their_silence(mute_resolver: None) -> None:
    with pytest.raises(ProbeError, match="could not be looked up in time"):
        await health("http://bot.example.test/health", 0.5)


async def test_lookups_that_hang_are_bounded(mute_resolver: None) -> None:
    asked = [dial.lookup("bot.example.test", 80, 0.2) for _ in range(dial.HANGING + 20)]
    assert all(isinstance(one, OSError) for one in await asyncio.gather(*asked, return_exceptions=True))
    assert sum(thread.name == "lookup" for thread in threading.enumerate()) <= dial.HANGING + 1


async def test_no_file_descriptor_left_is_no_data_with_its_name() -> None:
    async with serving(body(HEALTHY)) as url:
        probe = HealthProbe("bot", Settings(url=url, timeout=Seconds(5)))
        assert (await probe.ask(0.0))[0].value == 1
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        lowest = os.open("/dev/null", os.O_RDONLY)
        os.close(lowest)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
            with pytest.raises(ProbeError, match="this process has too many open files"):
                await probe.ask(0.0)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        await probe.close()
