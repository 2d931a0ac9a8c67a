"""The terminal is given back whatever happens: on each signal that ends us, after SIGSTOP, and when it is stalled.

Left out are SIGKILL, which no process can handle, and those of a processor's fault (SIGSEGV), which Python can't.

A handler on the loop never runs while the loop is blocked by a terminal that takes no more output; so a thread
waits for the signal too, and ends the process when the loop does not. When a terminal vanishes, the kernel informs
only the leader of its session, which may be a shell or make: another thread waits for its hangup.
"""

import asyncio
import contextlib
import os
import select
import signal
import termios
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

PATIENCE = 2.0  # seconds that the loop has to end by itself after a signal

# Out of: kitty keys, bracketed paste, focus events, mouse, in-band resize, the alternate screen; cursor on.
LEAVE = (
    b"\x1b[<u\x1b[?2004l\x1b[?1004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?2048l\x1b[?2026l"
    b"\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
)


_ENDING = (
    *("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM"),
    *("SIGPROF", "SIGPOLL", "SIGPWR", "SIGSTKFLT", "SIGXCPU", "SIGSYS", "SIGTRAP"),
)

_ALWAYS = {signal.SIGTERM, signal.SIGHUP}  # the others are left alone where they are ignored, or somebody's


def ending() -> list[int]:
    """The signals that end a process and can be handled, as far as this system has them."""
    named = [int(getattr(signal, name)) for name in _ENDING if hasattr(signal, name)]
    real_time = range(signal.SIGRTMIN, signal.SIGRTMAX + 1) if hasattr(signal, "SIGRTMIN") else ()
    return [*dict.fromkeys([*named, *real_time])]


class TerminalGuard:
    """Keeps the terminal's settings; `attach` starts the async parts once the loop runs."""

    def __init__(self, tty: int = 0) -> None:
        self._tty = tty
        self._settings: list[Any] | None = None
        self._signal = 0
        self._asked = threading.Event()
        self._done = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: Callable[[int], object] | None = None
        self._before: dict[int, Any] = {}
        self.last_words = b""  # sent besides, where the process is ended by force

    def __enter__(self) -> Self:
        with contextlib.suppress(termios.error, OSError):
            self._settings = termios.tcgetattr(self._tty)
        for number in ending():
            if number in _ALWAYS or signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
                self._before[number] = signal.signal(number, self._end)
        threading.Thread(target=self._watch, name="terminal-guard", daemon=True).start()
        threading.Thread(target=self._listen, name="terminal-hangup", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._asked.set()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._settle()

    @property
    def ended_by(self) -> int:
        """The signal that ended it; 0: none did."""
        return self._signal

    def attach(self, leave: Callable[[int], object], restart: Callable[[], object]) -> None:
        """On the loop: `leave(code)` ends the app, `restart()` takes the terminal again after SIGCONT."""
        self._loop = asyncio.get_running_loop()
        self._leave = leave
        if signal.getsignal(signal.SIGCONT) not in {signal.SIG_DFL, None}:  # a real terminal
            loop = self._loop
            signal.signal(signal.SIGCONT, lambda *_: loop.call_soon_threadsafe(restart))

    def _end(self, number: int, _frame: FrameType | None) -> None:
        self._signal = number
        self._asked.set()
        if self._loop is not None and self._leave is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: it is ending already
                self._loop.call_soon_threadsafe(self._leave, 128 + number)

    def _listen(self) -> None:
        """A hangup counts as SIGHUP, whether or not the signal came to us."""
        line = select.poll()
        line.register(self._tty, 0)  # no input: a hangup is always reported
        if any(event & select.POLLHUP for _tty, event in line.poll()) and not self._signal:
            self._end(signal.SIGHUP, None)

    def _watch(self) -> None:
        self._asked.wait()
        if self._done.wait(PATIENCE):
            return
        with contextlib.suppress(termios.error, OSError):
            termios.tcflush(self._tty, termios.TCOFLUSH)  # what a stalled terminal never took
        with contextlib.suppress(OSError):
            out = os.open(os.ttyname(self._tty), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
            os.write(out, LEAVE + self.last_words)
        self._settle()
        os._exit(128 + self._signal)

    def _settle(self) -> None:
        if self._settings is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(self._tty, termios.TCSANOW, self._settings)
