"""In how many minutes could customers be answered? Asked of our own store."""

from collections.abc import Awaitable, Callable

from qualtui.config.values import Aggregate
from qualtui.model import Sample
from qualtui.signals.goals import Bins, availability

History = Callable[[str, float, float, float, Aggregate], Awaitable[Bins]]  # series, since, until, bin, how

WINDOW = 30 * 86_400.0
BIN = 3600.0


async def no_history(_series: str, _since: float, _until: float, _bin: float, _how: Aggregate) -> Bins:
    """Nothing was ever seen."""
    return ()


class GoalsProbe:
    """goal.up and the minutes that it is made of, over 30 days. `minute`: seconds that a sample stands for."""

    def __init__(self, agent: str, history: History, minute: float) -> None:
        self.name = f"{agent}/goals"
        self.series = tuple(f"{agent}/{name}" for name in availability((), (), 0.0, minute, BIN))
        self.interval = 5 * minute
        self.timeout = 10.0
        self._agent = agent
        self._history = history
        self._minute = minute

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The figures; a share only from 20 known minutes on."""
        series = f"{self._agent}/goal.minute"
        counts = await self._history(series, now - WINDOW, now, BIN, Aggregate.COUNT)
        sums = await self._history(series, now - WINDOW, now, BIN, Aggregate.SUM)
        told = availability(counts, sums, now, self._minute, BIN)
        return tuple(Sample(f"{self._agent}/{name}", now, *answer) for name, answer in told.items())

    async def close(self) -> None:
        """Holds nothing."""
