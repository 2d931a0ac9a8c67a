"""Ranged: a listing with charts, whose range and cursor the keys move; the past is read on request."""

from typing import ClassVar

from textual import work
from textual.binding import BindingType

from qualtui.screens.listing import Listing
from qualtui.screens.pages import PageContext
from qualtui.text import _
from qualtui.text.message import Saying
from qualtui.widgets.marks import MARKED, NONE, ChartMarks, marks_of
from qualtui.widgets.time_axis import TimeAxis
from qualtui.widgets.time_range import FIRST, RANGE_BINDINGS, RANGES, TimeRange
from qualtui.wire import History, SeriesHistory, ShowHistory

SOONEST, LATEST = 5.0, 60.0  # s between two requests of the same past


class Ranged(Listing):
    """Keeps the newest answer to `wanted`, and asks again when a part of a cell has passed."""

    BINDINGS: ClassVar[list[BindingType]] = RANGE_BINDINGS

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look, context.keys)
        self._ask = context.ask
        self._range = FIRST
        self._reads_at: float | None = None  # the time under the cursor
        self._wanted: ShowHistory | None = None
        self._wanted_at = 0.0
        self.past: History | None = None
        self.refused: Saying = ""

    @property
    def range(self) -> TimeRange:
        """The range that is shown."""
        return RANGES[self._range]

    @property
    def axis(self) -> TimeAxis | None:
        """The cells of the newest answer."""
        past = self.past
        if past is None or not past.series:
            return None
        return TimeAxis(past.since, past.step, len(past.series[0].highs), self.zone)

    @property
    def cursor(self) -> int | None:
        """The cell under the cursor."""
        axis = self.axis
        if axis is None or self._reads_at is None:
            return None
        cell = axis.cell(self._reads_at)
        return cell if 0 <= cell < axis.cells else None

    def series(self, name: str) -> SeriesHistory | None:
        """The past of a series, if it came."""
        return next((one for one in self.past.series if one.name == name), None) if self.past else None

    @property
    def marks(self) -> ChartMarks:
        """Deploys and restarts, where the page asks for MARKED."""
        axis = self.axis
        return NONE if axis is None else marks_of(self.series(MARKED[0]), self.series(MARKED[1]), axis)

    def wanted(self) -> ShowHistory | None:
        """The past that the page needs now; None: none."""
        return None

    def use_range(self, place: int) -> None:
        """Show this range from now on; its past is read with the next drawing."""
        self._range = max(0, min(place, len(RANGES) - 1))

    def fresh(self) -> None:
        """Read the past again."""
        self._wanted = None
        self.draw()

    def read_past(self) -> None:
        """Ask for the past where it is another one, or has grown by a part of a cell."""
        wanted = self.wanted()
        if wanted is None or not self.sight.watched:
            return
        step = self.past.step if self.past is not None else SOONEST
        if wanted == self._wanted and self.now - self._wanted_at < max(SOONEST, min(step / 2, LATEST)):
            return
        self._wanted, self._wanted_at = wanted, self.now
        self._read_past(wanted)

    def action_range(self, by: int) -> None:
        """To the next shorter or longer range."""
        place = max(0, min(self._range + by, len(RANGES) - 1))
        if place != self._range:
            self._range, self._reads_at = place, None
            self.draw()

    def action_cursor(self, by: int) -> None:
        """Moves the cursor by a cell; beyond the newest one it goes."""
        axis = self.axis
        if axis is None:
            return
        before = self.cursor
        cell = axis.cells - 1 if before is None else max(0, before + by)
        gone = cell >= axis.cells or (before is None and by > 0)
        self._reads_at = None if gone else axis.begins(cell) + axis.step / 2
        self.draw()

    @work(exclusive=True, group="past")
    async def _read_past(self, wanted: ShowHistory) -> None:
        answer = await self._ask(wanted)
        if wanted != self._wanted:
            return
        if isinstance(answer, History):
            self.past, self.refused = answer, ""
        else:  # the status line has the reason
            self.past, self.refused = None, _("The past can't be read now.")
        if self.is_mounted:
            self.draw()
