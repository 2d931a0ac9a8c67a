"""A real process on this machine: what it uses, that it ended, that another one runs, and its log."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qualtui.config.values import HostName, HostSettings, HostWrite, Seconds
from qualtui.hosts.host import HostCapability, HostError, HostEventKind, HostFault
from qualtui.hosts.process.adapter import ProcessHost
from qualtui.probes.host import HostProbe

BUSY = "import sys\nprint('up', flush=True)\nwhile True: pass"
CALM = "import sys\nprint('up', flush=True)\nsys.stdin.read()"
# A master that waits while its worker works, as gunicorn's does.
PARENT = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])"

Started = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bot.pid"


@pytest.fixture
def start(file: Path) -> Iterator[Started]:
    """Starts a program, and writes its number into the file once it runs."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(program: str) -> "subprocess.Popen[bytes]":
        one = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        running.append(one)
        assert one.stdout is not None
        assert one.stdout.readline() == b"up\n"
        file.write_text(f"{one.pid}\n")
        return one

    yield begin
    for one in running:
        subprocess.run(["pkill", "-KILL", "-s", str(one.pid)], check=False)
        end(one)


def end(one: "subprocess.Popen[bytes]") -> None:
    """Ends it, and its pipes."""
    one.kill()
    one.wait()
    for pipe in (one.stdin, one.stdout):
        assert pipe is not None
        pipe.close()


def host(file: Path, **more: object) -> ProcessHost:
    settings = {"kind": HostName.PROCESS, "pid_file": str(file), "timeout": Seconds(5), **more}
    return ProcessHost(HostSettings(**settings))  # type: ignore[arg-type]


async def test_a_busy_worker_is_seen_in_the_use_of_its_master(file: Path, start: Started) -> None:
    start(PARENT)
    bot = host(file)
    now = time.time()
    first = await bot.usage(now)
    assert first.cpu.percent is None
    assert "second poll" in str(first.cpu.note)
    began = time.process_time()
    while time.process_time() - began < 0.3:  # this process works meanwhile: time passes, and nobody sleeps
        pass
    while time.time() < now + 0.6:
        pass
    again = await bot.usage(time.time())
    assert again.cpu.percent is not None
    assert again.cpu.percent > 10
    assert again.memory.percent is not None
    assert 0 < again.memory.percent < 100


async def test_a_calm_process_uses_next_to_nothing_and_runs_since_its_start(file: Path, start: Started) -> None:
    one = start(CALM)
    bot = host(file)
    (instance,) = await bot.instances()
    assert instance.id == str(one.pid)
    assert time.time() - 60 < instance.since <= time.time() + 1
    await bot.usage(100.0)
    assert (await bot.usage(160.0)).cpu.percent == pytest.approx(0, abs=1)


async def test_a_kill_and_the_next_start_are_each_seen_once(file: Path, start: Started) -> None:
    first = start(CALM)
    bot = host(file)
    assert await bot.events(0.0) == ()
    end(first)
    assert [one.kind for one in await bot.events(0.0)] == [HostEventKind.FAILED]
    assert await bot.instances() == ()
    start(CALM)
    for _ in range(2):
        kinds = [one.kind for one in await bot.events(0.0)]
        assert kinds == [HostEventKind.FAILED, HostEventKind.AVAILABLE]


async def test_a_process_that_ended_but_was_not_collected_does_not_run(file: Path, start: Started) -> None:
    one = start("print('up', flush=True)")
    assert one.stdout is not None
    assert one.stdout.read() == b""  # it has ended; nobody waited for it
    while await host(file).instances():
        pass
    assert await host(file).instances() == ()


async def test_a_number_that_became_another_processs_is_not_the_bot(file: Path, start: Started) -> None:
    start(CALM)
    old = time.time() - 3600  # the file is older than the process that has its number now
    os.utime(file, (old, old))
    assert await host(file).instances() == ()


@pytest.mark.parametrize("text", ["", "bot", "-1", "99999999999999999999", "0x10"])
async def test_a_file_without_a_number_names_no_process(file: Path, text: str) -> None:
    file.write_text(text)  # noqa: ASYNC240
    assert await host(file).instances() == ()
    assert [one.kind for one in await host(file).events(0.0)] == [HostEventKind.FAILED]


async def test_without_a_log_file_the_log_is_unknown_and_nothing_can_be_restarted(file: Path) -> None:
    bot = host(file, allow=(HostWrite.RESTART,))
    with pytest.raises(HostError, match="log_file"):
        await bot.logs(0.0, 1.0)
    for call in (bot.restart(), bot.rollback("dep-1"), bot.stop_automatic_deploys()):
        with pytest.raises(HostError) as caught:
            await call
        assert caught.value.fault is HostFault.FORBIDDEN


async def test_the_probe_leaves_out_what_a_process_can_not_report(file: Path, start: Started) -> None:
    start(CALM)
    probe = HostProbe("bot", HostSettings(kind=HostName.PROCESS, pid_file=str(file)))
    said = {one.series.removeprefix("bot/host."): one.value for one in await probe.ask(time.time())}
    assert said["suspended"] == said["failing"] == said["restarts_1h"] == 0
    assert said["instances"] == 1
    assert not {"deploys", "deploy_age", "http_errors"} & said.keys()
    assert HostCapability.DEPLOYS not in ProcessHost.capabilities
