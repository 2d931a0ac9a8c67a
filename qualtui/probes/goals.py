"""In how many minutes could customers be answered? Asked of our own store."""

from collections.abc import Awaitable, Callable

from qualtui.config.values import Aggregate
from qualtui.diagnosis.goals import Bins, availability, reply_goals
from qualtui.model import Sample

History = Callable[[str, float, float, float, Aggregate], Awaitable[Bins]]  # series, since, until, bin, how

WINDOW = 30 * 86_400.0
BIN = 3600.0


async def no_history(_series: str, _since: float, _until: float, _bin: float, _how: Aggregate) -> Bins:
    """Nothing was ever seen."""
    return ()


class GoalsProbe:
    """goal.up and the minutes that it is made of, and row.availability, over 30 days.

    `minute`: seconds that a sample stands for.
    """

    def __init__(self, agent: str, history: History, minute: float) -> None:
        self.name = f"{agent}/goals"
        told = {**availability((), (), 0.0, minute, BIN), **reply_goals((), ())}
        self.series = tuple(f"{agent}/{name}" for name in told)
        self.interval = 5 * minute
        self.timeout = 10.0
        self._agent = agent
        self._history = history
        self._minute = minute

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The figures; a share only from 20 known minutes on."""
        minutes = await self._bins("goal.minute", now)
        told = {
            **availability(*minutes, now, self._minute, BIN),
            **reply_goals(*await self._bins("health.up", now)),
        }
        return tuple(Sample(f"{self._agent}/{name}", now, *answer) for name, answer in told.items())

    async def _bins(self, name: str, now: float) -> tuple[Bins, Bins]:
        """How many samples with a value, and their sum, by bin."""
        series = f"{self._agent}/{name}"
        counts = await self._history(series, now - WINDOW, now, BIN, Aggregate.COUNT)
        return counts, await self._history(series, now - WINDOW, now, BIN, Aggregate.SUM)

    async def close(self) -> None:
        """Holds nothing."""
