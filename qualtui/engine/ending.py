"""The engine's end: wanted by a signal, a person or an error; it comes in time whatever hangs."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable

END = 2.5  # s from the wish to the end, whatever hangs


class Ending:
    """Waits until somebody stops the engine, and knows why."""

    def __init__(self) -> None:
        self._wanted = asyncio.Event()
        self.reason = ""

    def stop(self, reason: str) -> None:
        """End the engine; a watchdog thread ends the process where the engine does not."""
        if not self._wanted.is_set():
            self.reason = reason
            self._wanted.set()
            watchdog = threading.Timer(END, os._exit, (0,))
            watchdog.daemon = True
            watchdog.start()

    def catch_signals(self, reload: Callable[[], None]) -> None:
        """SIGTERM and SIGINT end the engine, SIGHUP calls `reload`."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop, signal.Signals(number).name)
        loop.add_signal_handler(signal.SIGHUP, reload)

    async def wait(self) -> None:
        """Return once the engine is to end."""
        await self._wanted.wait()
