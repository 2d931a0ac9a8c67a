"""Gives the bot what waited for its sender's rate, from one thread of one worker, as long as the process lives."""

import fcntl
import logging
import os
import threading
import time
from pathlib import Path

from qualtui.guard.guard_core import Forward, GuardCore

log = logging.getLogger(__name__)

STEP = 1.0  # s between two looks
PRUNE_EVERY = 3600.0  # s


class Releaser:
    """A daemon thread. Of all workers that share a ledger the one that holds the lock works."""

    def __init__(self, core: GuardCore, lock: Path, forward: Forward) -> None:
        self._core = core
        self._lock = lock
        self._forward = forward
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin, in the background."""
        threading.Thread(target=self._run, name="guard release", daemon=True).start()

    def stop(self) -> None:
        """End after the message that is being passed."""
        self._ended.set()

    def _run(self) -> None:
        held, pruned = -1, 0.0
        while not self._ended.wait(STEP):
            try:
                held = _taken(self._lock) if held < 0 else held
                if held < 0:
                    continue
                self._core.recover()
                self._core.release_due(self._forward)
                if time.monotonic() - pruned > PRUNE_EVERY:
                    self._core.prune()
                    pruned = time.monotonic()
            except Exception:  # the next look may find the disk better
                log.exception("the guard could not release what waits")


def _taken(path: Path) -> int:
    """A descriptor that holds the lock; -1 while another process holds it. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return -1
    return descriptor
