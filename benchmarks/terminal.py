"""A program in a real pseudo-terminal: what it paints, how soon, and what it costs."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import psutil
import pyte

# Sequences that pyte does not know and would print.
_UNKNOWN = re.compile(
    rb"\x1b\[[>=<][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*[^hl0-9;]|\x1b\[[0-9;]*\$[a-z]|\x1bP[^\x1b]*\x1b\\"
)
# What a terminal answers when it is asked: synchronised output, cursor position, device attributes.
_ANSWERS = ((b"\x1b[?2026$p", b"\x1b[?2026;2$y"), (b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62;c"))


class Terminal:
    """A pseudo-terminal of `cols` x `rows` with a program in it; `with Terminal(...) as terminal`."""

    def __init__(self, command: Sequence[str], cols: int, rows: int, env: Mapping[str, str] | None = None) -> None:
        self.screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.total = 0
        self.ended = False
        self._cpu: dict[int, float] = {}
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8", LC_ALL="C.UTF-8")
            os.environ.update(env or {})
            _resize(0, cols, rows)
            os.execvp(command[0], list(command))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.ended:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            self.pump(3, lambda: self.ended)
        with suppress(ProcessLookupError, ChildProcessError):
            if not self.ended:
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def text(self) -> str:
        """The screen as text."""
        return "\n".join(self.screen.display)

    def pump(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Reads what the program paints for so long, or until the condition holds; whether it held."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and not self.ended:
            if not select.select([self.fd], [], [], min(left, 0.05))[0]:
                if until is not None and until():
                    return True
                continue
            self._paint(self._read())
            if until is not None and until():
                return True
        return until is not None and until()

    def first(self, seconds: float, ready: Callable[[str], bool]) -> float | None:
        """Seconds from the start to the bytes that completed the picture; None where it did not come in time.

        What was read is painted in the pauses: emulating a terminal takes longer than many a program's painting.
        """
        end = time.perf_counter() + seconds
        waiting: list[tuple[float, bytes]] = []
        while time.perf_counter() < end and not self.ended:
            if select.select([self.fd], [], [], 0.05)[0]:
                data = self._read()
                waiting.append((time.perf_counter() - self.started, data))
                continue
            for at, data in waiting:
                self._paint(data)
                if ready(self.text()):
                    return at
            waiting.clear()
        return None

    def _read(self) -> bytes:
        """What there is; answers what the program asks. Empty at the end."""
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # how Linux reports that the other side is closed
            data = b""
        self.ended = not data
        self.total += len(data)
        for ask, answer in _ANSWERS:
            if ask in data:
                os.write(self.fd, answer)
        return data

    def _paint(self, data: bytes) -> None:
        self._stream.feed(_UNKNOWN.sub(b"", data))

    def send(self, keys: bytes) -> None:
        """Types."""
        os.write(self.fd, keys)

    def resize(self, cols: int, rows: int) -> None:
        """Changes the size, as dragging a window does."""
        _resize(self.fd, cols, rows)
        self.screen.resize(rows, cols)

    def cpu_seconds(self) -> float:
        """CPU seconds of the program and its children so far."""
        for process in _tree(self.pid):
            with suppress(psutil.Error):
                times = process.cpu_times()
                self._cpu[process.pid] = times.user + times.system
        return sum(self._cpu.values())

    def resident(self) -> int:
        """Resident bytes of the program and its children."""
        total = 0
        for process in _tree(self.pid):
            with suppress(psutil.Error):
                total += process.memory_info().rss
        return total


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def _resize(fd: int, cols: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
