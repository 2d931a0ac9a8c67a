"""The terminal is given back: in a real pseudo-terminal, with a real process."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pyte
import pytest

pytestmark = pytest.mark.live

PRIVATE = re.compile(rb"\x1b\[[>=<][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$[a-z]|\x1b\[[0-9;]*\$[a-z]")
ROOT = Path(__file__).parent.parent.parent
STAGE = (sys.executable, "-m", "benchmarks.stage", "trouble")
# A leader of the session that takes the hangup for itself and waits for its child, as make does.
LEADER = ("/bin/sh", "-c", 'trap : HUP; "$@"; :', "sh")
DEMO = (sys.executable, "-m", "qualtui", "demo")


class Terminal:
    """The window on a stage in a pseudo-terminal, and what it has painted."""

    def __init__(self, cols: int = 100, rows: int = 30, command: tuple[str, ...] = STAGE) -> None:
        environment = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", PYTHONPATH=str(ROOT))
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execve(command[0], command, environment)
        self.settings = termios.tcgetattr(self.fd)
        self.resize(cols, rows)
        self.screen = pyte.Screen(cols, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.status: int | None = None

    def resize(self, cols: int, rows: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def text(self) -> str:
        return "\n".join(self.screen.display)

    def read(self, seconds: float = 0.05) -> None:
        if select.select([self.fd], [], [], seconds)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                return
            self.raw += data
            self.stream.feed(PRIVATE.sub(b"", data))

    def blank(self) -> None:
        """While it is stopped: what was painted is read and forgotten."""
        while select.select([self.fd], [], [], 0.1)[0]:
            self.read()
        self.screen.reset()
        self.raw = b""

    def taken(self, timeout: float = 10.0) -> None:
        """Until it has taken the terminal again."""
        end = time.monotonic() + timeout
        while b"\x1b[?1049h" not in self.raw:
            assert time.monotonic() < end, self.text()
            self.read()

    def until(self, what: str, timeout: float = 10.0) -> None:
        end = time.monotonic() + timeout
        while what not in self.text():
            assert time.monotonic() < end, self.text()
            self.read()

    def ended(self, timeout: float = 6.0, reading: bool = True) -> int:
        """The exit status, within the time."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.status is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self.status = status if pid else None
            if self.status is not None:
                return os.waitstatus_to_exitcode(self.status)
            if reading:
                self.read()
            else:
                time.sleep(0.02)
        raise AssertionError("the window did not end")

    def vanish(self) -> None:
        """The other side is closed: the connection broke, the terminal's own window is gone."""
        os.close(self.fd)
        self.fd = -1

    def close(self) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.fd >= 0:
            os.close(self.fd)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    opened = Terminal()
    try:
        opened.until("CUSTOMERS WAITING")
        yield opened
    finally:
        opened.close()


def echoes(settings: list[object]) -> bool:
    flags = settings[3]
    assert isinstance(flags, int)
    return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)


@pytest.mark.parametrize(
    "number",
    [
        *(signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2),
        *(signal.SIGALRM, signal.SIGABRT, signal.SIGXCPU, signal.SIGRTMIN, signal.SIGRTMAX),
    ],
)
def test_a_signal_ends_it_and_the_terminal_is_as_before(terminal: Terminal, number: int) -> None:
    assert not echoes(termios.tcgetattr(terminal.fd))
    os.kill(terminal.pid, number)
    assert terminal.ended() == 128 + number
    terminal.read()
    assert echoes(termios.tcgetattr(terminal.fd))
    assert b"\x1b[?1049l" in terminal.raw
    assert b"\x1b[?25h" in terminal.raw
    assert b"Traceback" not in terminal.raw


def test_a_stalled_terminal_is_given_back_too(terminal: Terminal) -> None:
    for _wink in range(12):  # much is painted that nobody reads
        terminal.resize(500, 200)
        os.kill(terminal.pid, signal.SIGWINCH)
        time.sleep(0.02)
        terminal.resize(100, 30)
        os.kill(terminal.pid, signal.SIGWINCH)
        time.sleep(0.02)
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.ended(timeout=5, reading=False) == 128 + signal.SIGTERM
    assert echoes(termios.tcgetattr(terminal.fd))


def test_after_a_stop_and_a_continue_it_goes_on_and_still_gives_the_terminal_back(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGSTOP)
    os.waitpid(terminal.pid, os.WUNTRACED)
    terminal.blank()
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.taken()
    terminal.until("CUSTOMERS WAITING")
    terminal.until("Incidents")
    os.write(terminal.fd, b"j")
    terminal.until("›  43")
    os.write(terminal.fd, b"q")
    assert terminal.ended() == 0
    assert echoes(termios.tcgetattr(terminal.fd))


def test_ctrl_z_gives_the_terminal_back_and_a_continue_takes_it_again(terminal: Terminal) -> None:
    os.write(terminal.fd, b"\x1a")
    end = time.monotonic() + 5
    stopped = 0
    while not stopped and time.monotonic() < end:
        terminal.read()
        stopped, status = os.waitpid(terminal.pid, os.WUNTRACED | os.WNOHANG)
    assert stopped
    assert os.WIFSTOPPED(status)
    assert echoes(termios.tcgetattr(terminal.fd))
    terminal.blank()
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.taken()
    terminal.until("CUSTOMERS WAITING")
    os.write(terminal.fd, b"q")
    assert terminal.ended() == 0
    assert echoes(termios.tcgetattr(terminal.fd))


@pytest.mark.parametrize("leader", [(), LEADER], ids=["leads its session", "is led"])
@pytest.mark.parametrize(("command", "shows"), [(STAGE, "CUSTOMERS WAITING"), (DEMO, "Incidents")])
def test_it_ends_with_all_its_processes_when_its_terminal_vanishes(
    leader: tuple[str, ...], command: tuple[str, ...], shows: str
) -> None:
    terminal = Terminal(command=(*leader, *command))
    started: list[psutil.Process] = []
    try:
        terminal.until(shows, timeout=60)
        started = psutil.Process(terminal.pid).children(recursive=True)
        terminal.vanish()
        terminal.ended(timeout=10 if command is DEMO else 3, reading=False)
        assert not psutil.wait_procs(started, timeout=5)[1]
    finally:
        for process in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        terminal.close()
