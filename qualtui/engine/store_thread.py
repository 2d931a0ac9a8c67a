"""A thread for one kind of the store's work, so that a slow disk holds up nothing else."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from qualtui.store.errors import StoreError
from qualtui.text.message import message

Result = TypeVar("Result")


class StoreThread:
    """Runs work in the order it comes. While one that took too long still runs, others fail at once."""

    def __init__(self, name: str, patience: float) -> None:
        self._patience = patience
        self._thread = ThreadPoolExecutor(1, name)
        self.hung: asyncio.Future[Any] | None = None

    async def run(self, work: Callable[[], Result], patience: float = 0.0) -> Result:
        """Return what `work` returns. Raises StoreError, also where it takes longer than `patience` seconds."""
        if self.hung is not None and not self.hung.done():
            raise StoreError(message("the store does not answer"))
        patience = patience or self._patience
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        future.add_done_callback(_seen)
        try:
            async with asyncio.timeout(patience):  # not wait_for: that of 3.11 may swallow a cancellation
                return await asyncio.shield(future)
        except TimeoutError:
            self.hung = future
            raise StoreError(
                message("the store did not answer within {patience:seconds}: check the disk", patience=patience)
            ) from None


def _seen(done: asyncio.Future[Any]) -> None:
    """Ignores what it raises: perhaps no one waits for it any more."""
    if not done.cancelled():
        done.exception()
