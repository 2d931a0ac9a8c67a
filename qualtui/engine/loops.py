"""The loops of one configuration: they poll each probe and deliver each channel's notices."""

import asyncio
import random
from collections.abc import Callable, Sequence

from qualtui.engine.journal import Journal
from qualtui.engine.notifier import Notifier, no_button, no_link
from qualtui.engine.setup import Setup
from qualtui.engine.supervisor import watch
from qualtui.model import Notice, Sample
from qualtui.notify.reader import channel_reader
from qualtui.text.message import Saying

SPREAD = 0.2  # s between the first questions of two probes


class Loops:
    """Started again with each configuration; a delivery that has begun is finished."""

    def __init__(
        self,
        journal: Journal,
        clock: Callable[[], float],
        sink: Callable[[tuple[Sample, ...]], None],
        link: Callable[[Notice], Saying] = no_link,
        button: Callable[[Notice], str] = no_button,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._sink = sink
        self._link = link
        self._button = button
        self._wakes: list[asyncio.Event] = []
        self._notifiers: Sequence[Notifier] = ()
        self._deliveries: dict[str, asyncio.Task[None]] = {}

    def begin(self, setup: Setup, tasks: asyncio.TaskGroup) -> None:
        """Begins those of this configuration; the end of `tasks` ends them."""
        self._wakes = []
        for place, probe in enumerate(setup.probes):
            wake = asyncio.Event()
            self._wakes.append(wake)
            offset = place * min(SPREAD, probe.interval / len(setup.probes))  # many: evenly spread
            tasks.create_task(watch(probe, self._sink, self._clock, offset, wake), name=probe.name)
        config, retry_for = setup.config, setup.config.notify.retry_for
        spread = random.Random()  # noqa: S311 - spreads retries, keeps no secret
        self._notifiers = [
            Notifier(
                target,
                self._journal,
                self._clock,
                retry_for,
                self._deliveries,
                spread,
                channel_reader(config, target.name),
                self._link,
                self._button,
            )
            for target in setup.targets
        ]
        for notifier in self._notifiers:
            tasks.create_task(notifier.run())

    def ask_all(self) -> None:
        """Poll every probe now."""
        for wake in self._wakes:
            wake.set()

    def wake(self) -> None:
        """Let the notifiers look at once: notices were queued."""
        for notifier in self._notifiers:
            notifier.wake()

    def abandon(self) -> None:
        """Cancel the running deliveries; the next engine reports them as in doubt."""
        for delivery in tuple(self._deliveries.values()):
            delivery.cancel()
