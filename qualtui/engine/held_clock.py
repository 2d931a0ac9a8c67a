"""A clock that can be held, so that all that is computed of one moment agrees, and is computed once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class HeldClock:
    """Gives the time of `clock`; while it is held, the time at which that began."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._at: float | None = None

    def __call__(self) -> float:
        """Return the time, seconds since the epoch."""
        return self._clock() if self._at is None else self._at

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let it stand still. Not across an await: others would read an old time."""
        before = self._at
        self._at = self()
        try:
            yield
        finally:
            self._at = before
