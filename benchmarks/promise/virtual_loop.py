"""An event loop whose time jumps to the next timer as soon as there is nothing else to do."""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

RESOLUTION = 1e-5  # s by which a timer may come too early: far more than what a float can tell apart today
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class _Jumping(selectors.DefaultSelector):
    """Advances `now` instead of waiting, except for work in threads."""

    def __init__(self, now: float) -> None:
        super().__init__()
        self.now = now
        self.working = 0  # jobs in threads: they take no virtual time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; if nothing is, the time at which the next timer is due has come."""
        if timeout is not None and timeout <= 0:
            return super().select(0)
        if self.working:
            return super().select(None)
        if timeout is None:
            raise RuntimeError("every task waits, and no timer will ever wake one")
        ready = super().select(0)
        if not ready:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` begins at `now` (s). The product's own waits and time limits take no real time."""

    def __init__(self, now: float) -> None:
        self._jumping = _Jumping(now)
        super().__init__(self._jumping)
        self._clock_resolution = RESOLUTION

    def time(self) -> float:
        """Virtual seconds."""
        return self._jumping.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> "asyncio.Future[T]":
        """Likewise; until it is done, time stands still."""
        self._jumping.working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._done)
        return future

    def _done(self, _future: "asyncio.Future[Any]") -> None:
        self._jumping.working -= 1
