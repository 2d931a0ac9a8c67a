"""The demo's time: virtual seconds run `speed` times as fast as real ones."""

import asyncio
import time

HOUR = 3600.0


class Pace:
    """Virtual seconds since the start, and the hour of the virtual day."""

    def __init__(self, speed: float = 1.0, start_hour: float = 10.0) -> None:
        self.speed = speed
        self.start_hour = start_hour
        self._zero = time.monotonic()

    def restart(self) -> None:
        """Begins the virtual day again: now is the start."""
        self._zero = time.monotonic()

    def now(self) -> float:
        """Virtual seconds since the start."""
        return (time.monotonic() - self._zero) * self.speed

    def real(self, virtual: float) -> float:
        """Real seconds that so many virtual ones take."""
        return virtual / self.speed

    def clock(self, virtual: float | None = None, *, seconds: bool = False) -> str:
        """The virtual time of day, as 03:10, or with seconds as 03:10:00."""
        total = int(round(self.start_hour * HOUR) + (self.now() if virtual is None else virtual))
        hours = f"{total // 3600 % 24:02d}:{total // 60 % 60:02d}"
        return f"{hours}:{total % 60:02d}" if seconds else hours

    async def sleep(self, virtual: float) -> None:
        """Waits so many virtual seconds."""
        await asyncio.sleep(self.real(virtual))
