"""A delivery in a separate process, which can be killed at a step: the real store, journal, notifier and channel.

`python -m benchmarks.delivering STORE URL BEGAN STEP`: queues three notices of two incidents and delivers them; at
STEP it kills itself (SIGKILL). Without a step it ends when all are delivered. Its clock runs fast.
"""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from qualtui.config.values import ChannelSettings, Seconds, Secret
from qualtui.engine.journal import Entry, Journal
from qualtui.engine.notifier import Notifier
from qualtui.eventlog.notices import NoticeDelivered, NoticeFailed, NoticeQueued
from qualtui.model import Event, Severity
from qualtui.notify.channels.channel import Channel, ChannelLimits, ChannelMessage, Delivery
from qualtui.notify.channels.registry import channel_kind, channel_of
from qualtui.store.sqlite import SqliteStore

STEPS = ("before append", "after append", "after send", "after confirm")
KEYS = ("1/1/firing/0.0/ops", "2/1/firing/0.0/ops", "1/2/worse/0.0/ops")
SPEED = 100.0  # times faster than time passes: a wait of 30 s is 0.3 s
TIMEOUT = 1.5  # s for a send


def die() -> NoReturn:
    """SIGKILL, at once."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


class Dying:
    """Implements Channel: another one, until a send has returned."""

    def __init__(self, channel: Channel, step: str) -> None:
        self._channel = channel
        self._step = step
        self.name = channel.name

    @property
    def limits(self) -> ChannelLimits:
        """Those of the other one."""
        return self._channel.limits

    async def send(self, note: ChannelMessage) -> Delivery:
        """Send, and die where that is the step."""
        delivery = await self._channel.send(note)
        if self._step == "after send":
            die()
        return delivery

    def close(self) -> None:
        """Close the other one."""
        self._channel.close()


class DyingJournal(Journal):
    """A journal, until a result is written."""

    step = ""

    async def append(self, *entries: Entry) -> tuple[Event, ...]:
        """Write, and die where that is the step."""
        queues = any(isinstance(body, NoticeQueued) for body, _key in entries)
        if queues and self.step == "before append":
            die()
        events = await super().append(*entries)
        if queues and self.step == "after append":
            die()
        if self.step == "after confirm" and any(
            isinstance(b, NoticeDelivered | NoticeFailed) for b, _k in entries
        ):
            die()
        return events


async def deliver(path: Path, url: str, began: float, step: str) -> None:
    """Queue what is not queued yet, and deliver all."""

    def clock() -> float:
        return began + (time.time() - began) * SPEED

    settings = ChannelSettings(url=Secret(url), timeout=Seconds(TIMEOUT))
    channel_kind(settings).understood(settings)  # the library is imported now, not within the first send's time
    with SqliteStore.open(path) as store:
        journal = DyingJournal(store, store.load(), store.epoch, clock)
        journal.step = step
        notifier = Notifier(Dying(channel_of("ops", settings), step), journal, clock, 86400.0, {})
        for key in KEYS:
            number, kind = int(key[0]), key.split("/")[2]
            queued = NoticeQueued(key, number, "ops", kind, Severity.CRITICAL, f"title {key}", f"key {key}")
            await journal.append((queued, f"notice/{key}"))
        task = asyncio.create_task(notifier.run())
        while any(one.status != "delivered" for one in journal.state.notices.values()):
            await asyncio.sleep(0.02)
            notifier.wake()
        task.cancel()


if __name__ == "__main__":
    asyncio.run(deliver(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), " ".join(sys.argv[4:])))
