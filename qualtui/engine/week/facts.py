"""What a provider may look at, and what it returns. Pure."""

from collections.abc import Callable, Mapping

import msgspec

from qualtui.config.values import Config
from qualtui.model import State
from qualtui.series.evidence import Reading
from qualtui.text.message import Text

DAY = 86_400.0


class WeekFacts(msgspec.Struct, frozen=True):
    """One agent at one moment."""

    agent: str
    readings: Mapping[str, Reading]  # by series without the agent
    state: State
    config: Config
    now: float

    def fresh(self, series: str) -> float | None:
        """The newest value of a series where it may be believed, else None."""
        reading = self.readings.get(series)
        return None if reading is None else reading.fresh


Provider = Callable[[WeekFacts], Text | None]  # one line, or nothing to do
