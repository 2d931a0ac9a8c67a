"""Keeps the store: samples written in batches, checkpoints, roll-up and pruning."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from qualtui.config.values import StoreSettings as Retention
from qualtui.engine.journal import Journal
from qualtui.engine.sample_cache import SampleCache
from qualtui.model import Sample
from qualtui.store.errors import StoreError
from qualtui.store.ports import Store
from qualtui.text.message import Saying, message

log = logging.getLogger(__name__)

FLUSH = 5.0  # s between batches of samples
HOUR = 3600.0
FIRST = 60.0  # s from the start to the first cleaning: an engine beside a window seldom lives for an hour
BREATH = 0.05  # s between two prunings
UPKEEP = 600.0  # s that a roll-up or a pruning may take: it holds nothing up
BUFFER = 200_000  # samples kept in memory while the store fails; beyond that the oldest go
LEAST = 1024 * 1024  # bytes free on the store's disk: with less it says so before a write fails


def room(path: Path) -> int | None:
    """Bytes that we may still write on the disk of `path`; None where that is not known."""
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return None
    return found.f_frsize * (found.f_bavail if os.geteuid() else found.f_bfree) if found.f_blocks else None


class SampleWriter:
    """Owns the samples that are not written yet."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        clock: Callable[[], float],
        room: Callable[[Path], int | None] = room,
    ) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._room = room
        self._waiting: list[Sample] = []
        self._trouble: Saying = ""
        self.retention = Retention()

    @property
    def trouble(self) -> Saying:
        """Why samples are not written; empty if they are, or if the journal reports it already."""
        return "" if self._journal.trouble else self._trouble

    def take(self, samples: tuple[Sample, ...]) -> None:
        """Take samples for the next batch."""
        self._waiting.extend(samples)
        if len(self._waiting) > BUFFER:
            del self._waiting[: len(self._waiting) - BUFFER]

    async def restore(self, recent: SampleCache, series: Iterable[str]) -> None:
        """Puts back into memory what it keeps of these series; a store that fails gives none."""
        now = self._clock()
        try:
            for name in series:
                points = await self._journal.read(partial(self._store.window, name, now - recent.kept(name), now))
                recent.add(Sample(name, at, value) for at, value in points)
        except StoreError as error:
            log.warning("the recent past could not be read: %s", error)

    async def run(self) -> None:
        """Checks the store and writes every few seconds, cleans every hour, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write())
            tasks.create_task(self._clean())

    async def _write(self) -> None:
        while True:
            await asyncio.sleep(FLUSH)
            await self._journal.retry()  # first: a store that was lost is made again by it
            await self.flush()

    async def _clean(self) -> None:
        await asyncio.sleep(FIRST)
        while True:
            await self.clean()
            await asyncio.sleep(HOUR)

    async def flush(self) -> None:
        """Write the waiting samples; keep them if the store fails."""
        left = self._room(self._store.path)
        full = message("no room left for the store {path}: make room on that disk", path=str(self._store.path))
        trouble: Saying = full if left is not None and left < LEAST else ""
        batch, self._waiting = self._waiting, []
        try:
            if batch:
                await self._journal.run(lambda: self._store.add_samples(batch))
        except StoreError as error:
            self._waiting = batch + self._waiting
            trouble = error.text
        if trouble and not self._trouble:
            log.warning("samples are kept in memory: %s", trouble)
        self._trouble = trouble

    async def clean(self) -> None:
        """Checkpoint, roll up and prune. The journal reports a failing store."""
        if self._journal.trouble:
            return  # the state is ahead of the log
        state, now, retention = self._journal.state, self._clock(), self.retention
        try:
            await self._journal.keep_up(lambda: self._store.checkpoint(state), UPKEEP)
            await self._journal.keep_up(lambda: self._store.roll_up(now), UPKEEP)
            more = True
            while more:
                more = (await self._journal.keep_up(lambda: self._store.prune(now, retention), UPKEEP)).more
                await asyncio.sleep(BREATH)
        except StoreError as error:
            log.warning("the store could not be cleaned: %s", error)

    async def close(self) -> None:
        """The last batch and a checkpoint, if the store still works."""
        await self.flush()
        state = self._journal.state
        if not self._journal.trouble:
            try:
                await self._journal.run(lambda: self._store.checkpoint(state), 1.0)
            except StoreError as error:
                log.warning("no checkpoint at the end: %s", error)
