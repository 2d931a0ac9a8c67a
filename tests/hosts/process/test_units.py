"""A unit of systemd: its state, what the journal says happened to it, and its restart."""

import json
import time
from collections.abc import Sequence

import pytest

from qualtui.config.values import HostName, HostSettings, HostWrite
from qualtui.hosts.host import HostError, HostEvent, HostEventKind, HostFault
from qualtui.hosts.process import systemd
from qualtui.hosts.process.adapter import ProcessHost
from qualtui.hosts.process.command import runner

UNIT = "ldc-bot.service"
STARTED, STOPPED = "39f53479d3a045ac8e11786248231fbf", "9d1aaa27d60140bd96365438aad20286"
FAILURE, KILLED = "d9b373ed55a64feb8242e02dbe79a49c", "fe6faa94e7774663a0da52717891d8ef"


class Machine:
    """Answers as systemctl and journalctl do."""

    def __init__(self, state: str = "active", *entries: tuple[float, str, str], load: str = "loaded") -> None:
        self.commands: list[Sequence[str]] = []
        self._show = f"LoadState={load}\nActiveState={state}\nMainPID=0\nInactiveEnterTimestampMonotonic=0\n"
        rows = [
            {
                "__CURSOR": f"c{n}",
                "__REALTIME_TIMESTAMP": f"{at * 1e6:.0f}",
                "MESSAGE_ID": what,
                "UNIT_RESULT": result,
            }
            for n, (at, what, result) in enumerate(entries)
        ]
        self._journal = "\n".join(map(json.dumps, rows))

    async def run(self, command: Sequence[str]) -> bytes:
        self.commands.append(command)
        return (self._show if command[0] == "systemctl" else self._journal).encode()


def unit(machine: Machine, allow: tuple[HostWrite, ...] = (), now: float = 1000.0) -> ProcessHost:
    settings = HostSettings(kind=HostName.PROCESS, service=UNIT, allow=allow)
    return ProcessHost(settings, lambda: now, machine.run)


def kinds(events: Sequence[HostEvent]) -> list[HostEventKind]:
    return [one.kind for one in events]


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([(1, STARTED, "")], [HostEventKind.AVAILABLE]),
        (  # systemctl restart
            [(1, STOPPED, ""), (2, STARTED, "")],
            [HostEventKind.OTHER, HostEventKind.RESTARTED],
        ),
        (  # it crashed, and Restart=always; older versions write "stopped" on that way, too
            [(1, FAILURE, "exit-code"), (2, STOPPED, ""), (3, STARTED, "")],
            [HostEventKind.FAILED, HostEventKind.OTHER, HostEventKind.AVAILABLE],
        ),
        (  # one kill has two entries
            [(1, KILLED, ""), (1.1, FAILURE, "oom-kill"), (2, STARTED, "")],
            [HostEventKind.OUT_OF_MEMORY, HostEventKind.AVAILABLE],
        ),
        ([(1, "0" * 32, "")], []),
    ],
)
async def test_the_journal_says_what_happened(
    entries: list[tuple[float, str, str]], found: list[HostEventKind]
) -> None:
    events = await unit(Machine("active", *entries)).events(0.0)
    assert kinds(events) == [*found, HostEventKind.AVAILABLE]  # last, how it is now


async def test_a_worker_that_was_killed_does_not_leave_a_running_unit_failing() -> None:
    events = await unit(Machine("active", (1, KILLED, ""))).events(0.0)
    assert kinds(events)[-1] is HostEventKind.AVAILABLE


@pytest.mark.parametrize(
    ("state", "entries", "says"),
    [
        ("inactive", [], "stopped"),
        ("failed", [(900.0, FAILURE, "exit-code")], "exited with an error"),
        ("failed", [], "failed"),
        ("activating", [(900.0, FAILURE, "start-limit-hit")], "failed too often: systemd starts it no more"),
    ],
)
async def test_a_unit_that_does_not_run_is_failing_and_says_why(
    state: str, entries: list[tuple[float, str, str]], says: str
) -> None:
    events = await unit(Machine(state, *entries)).events(0.0)
    assert (events[-1].kind, str(events[-1].text)) == (HostEventKind.FAILED, says)


async def test_a_unit_that_systemd_does_not_know_is_no_service() -> None:
    with pytest.raises(HostError) as caught:
        await unit(Machine("inactive", load="not-found")).service()
    assert caught.value.fault is HostFault.NO_SERVICE


async def test_its_log_is_its_own_lines_even_where_they_are_no_text() -> None:
    entry = '{"__CURSOR":"c","__REALTIME_TIMESTAMP":"2000000","MESSAGE":%s}'
    texts = ('"WORKER TIMEOUT (pid:7)"', "[69,114,114,27,111]", "null")
    answer = "\n".join([*(entry % text for text in texts), "garbage", '{"MESSAGE":'])

    async def run(command: Sequence[str]) -> bytes:
        assert f"_SYSTEMD_UNIT={UNIT}" in command
        return answer.encode()

    host = ProcessHost(HostSettings(kind=HostName.PROCESS, service=UNIT), time.time, run)
    lines = await host.logs(0.0, 1.0)
    assert [(one.at, one.text) for one in lines] == [(2.0, "WORKER TIMEOUT (pid:7)"), (2.0, "Err o")]


async def test_a_restart_needs_its_word_in_allow() -> None:
    machine = Machine()
    with pytest.raises(HostError) as caught:
        await unit(machine).restart()
    assert (caught.value.fault, machine.commands) == (HostFault.FORBIDDEN, [])
    await unit(machine, (HostWrite.RESTART,)).restart()
    assert machine.commands == [systemd.restart(UNIT)]


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (("sh", "-c", "echo Access denied >&2; exit 1"), HostFault.UNAUTHORIZED),
        (("sh", "-c", "echo 'Unit of +55 11 99999-0000 broke' >&2; exit 4"), HostFault.STATUS),
        (("no-such-program",), HostFault.LOCAL),
        (("sh", "-c", "read forever < /dev/zero"), HostFault.SILENT),
    ],
)
async def test_a_program_that_refuses_is_missing_or_hangs_has_its_fault(
    command: Sequence[str], fault: HostFault
) -> None:
    with pytest.raises(HostError) as caught:
        await runner(0.5)(command)
    assert caught.value.fault is fault
    assert "99999" not in str(caught.value)


async def test_what_a_program_prints_is_its_answer_and_it_reads_nothing() -> None:
    assert await runner(5.0)(("cat",)) == b""
    assert await runner(5.0)(("echo", "LoadState=loaded")) == b"LoadState=loaded\n"
