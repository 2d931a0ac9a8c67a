"""From samples to decisions: takes what probes answer, and looks at the agents that it touches."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from qualtui.engine.evaluator import Evaluator
from qualtui.engine.own_health import OwnWatch
from qualtui.engine.projector import Projector
from qualtui.engine.publisher import PACE
from qualtui.engine.sample_cache import SampleCache
from qualtui.engine.sample_writer import SampleWriter
from qualtui.model import Event, Sample

EVERY = 1.0  # s between looks at all agents: for what only time changes


class EvaluationLoop:
    """Looks at once where samples came, and every second at all agents. `decided` gets what was decided."""

    def __init__(
        self,
        evaluator: Evaluator,
        projector: Projector,
        cache: SampleCache,
        writer: SampleWriter,
        own: OwnWatch,
        clock: Callable[[], float],
        decided: Callable[[tuple[Event, ...]], None],
    ) -> None:
        self._evaluator = evaluator
        self._projector = projector
        self._cache = cache
        self._writer = writer
        self._own = own
        self._clock = clock
        self._decided = decided
        self._touched: set[str] = set()
        self._fresh = asyncio.Event()

    def take(self, samples: tuple[Sample, ...]) -> None:
        """Take what a probe answered: its agent is looked at next."""
        samples = self._projector.excused(samples, self._clock())
        self._own.answered(samples)
        self._cache.add(samples)
        self._writer.take(samples)
        self._touched.update(sample.series.partition("/")[0] for sample in samples)
        self._fresh.set()

    async def run(self, agents: Callable[[], Sequence[str]], each_second: Callable[[], Awaitable[None]]) -> None:
        """Look until cancelled. `agents`: all that the configuration has now."""
        loop = asyncio.get_running_loop()
        all_due = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._fresh.wait()
            wanted = tuple(self._touched)
            if loop.time() >= all_due:  # also while the samples of a busy agent never cease
                all_due = loop.time() + EVERY
                wanted = tuple(agents())
                await each_second()
            self._fresh.clear()
            self._touched.clear()
            for first in range(0, len(wanted), PACE):
                await self._look(wanted[first : first + PACE])
                await asyncio.sleep(0)  # many agents: windows and probes get their turn in between
            self._own.looked()

    async def _look(self, agents: tuple[str, ...]) -> None:
        now = self._clock()
        for agent in agents:
            derived = self._projector.derive(agent, now)
            self._cache.add(derived)
            self._writer.take(derived)
        self._decided(await self._evaluator.look(agents))
