"""Children that end with their parent, whatever kills it."""

import asyncio
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

_SET_PDEATHSIG = 1  # PR_SET_PDEATHSIG of linux/prctl.h
_PATIENCE = 6.0  # seconds that an orderly end may take once the parent is gone


def die_with_parent(number: int = signal.SIGKILL) -> Callable[[], None]:
    """A `preexec_fn`: the child gets signal `number` when its spawning thread ends (Linux; elsewhere nothing).

    It has to run after a change of user, which clears the setting; subprocess's `user=` comes first.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def arm() -> None:
        if libc is not None:
            libc.prctl(_SET_PDEATHSIG, number, 0, 0, 0)
            if os.getppid() != parent:  # it ended before we could ask
                os._exit(1)

    return arm


def watch_lifeline(fd: int, ended: Callable[[], None], at_last: Callable[[], None] = lambda: None) -> None:
    """Call `ended` in the running loop at EOF on `fd`; where the loop does not obey, end the process by force.

    `at_last`: called in a thread right before that, to leave nothing behind.
    """
    loop = asyncio.get_running_loop()

    def wait() -> None:
        while os.read(fd, 1):  # a writer that writes is alive
            pass
        try:
            loop.call_soon_threadsafe(ended)
        except RuntimeError:  # the loop is closed: we are ending already
            return
        threading.Event().wait(_PATIENCE)
        try:
            at_last()
        finally:
            os._exit(1)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
