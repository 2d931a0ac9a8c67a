"""What stands above the lists of the overview: in trouble what broke first and who waits, when calm the day."""

from typing import NamedTuple

from qualtui.screens.overview_past import OLDEST, OverviewPast
from qualtui.text import _
from qualtui.widgets.broke_first import broke_first, oldest_wait
from qualtui.widgets.calm_charts import AXIS, calm_charts, uptime_row
from qualtui.widgets.chain import chain_line
from qualtui.widgets.chart import LEAST
from qualtui.widgets.figure_grid import figure_grid
from qualtui.widgets.frame import ruled
from qualtui.widgets.line import BLANK, Line, Span, fit, safe, wrapped
from qualtui.widgets.look import Look
from qualtui.widgets.panels import panels
from qualtui.widgets.time_axis import TimeAxis
from qualtui.widgets.view_state import ViewState
from qualtui.widgets.waiting import wait_limit, waiting_panel
from qualtui.widgets.week import week_panel
from qualtui.widgets.words import lasting
from qualtui.wire import AgentDetail, SeriesHistory

WIDE, GAP = 120, 2  # cells from which there are two columns, and between them
CHART_MOST = 22  # rows of a chart
PEOPLE = 8  # rows of those who wait
SPARE = 20  # rows of charts and figures, before the user's own have a place
RUNBOOK = 4  # rows
WEEK = 4  # rows of what needs attention this week at most
GRID = 8  # rows of figures at least


class Room(NamedTuple):
    """The cells of both columns, and the rows that there are: for all of it, and for the lists at least."""

    left: int
    right: int
    rows: int
    lists: int


def chart_cells(room: Room) -> tuple[int, int]:
    """The cells of the two calm charts."""
    return max(0, room.left - AXIS - 1), max(0, room.right - AXIS - 1)


class OverviewTop:
    """Draws it for one moment."""

    def __init__(self, sight: ViewState, view: AgentDetail, past: OverviewPast, now: float, look: Look) -> None:
        self._sight = sight
        self._view = view
        self._past = past
        self._now = now
        self._look = look
        self._zone = sight.snapshot.zone if sight.snapshot else "UTC"

    def trouble(self, room: Room) -> list[Line]:
        """Two columns: causes on one time axis beside who waits, the figures, and the runbook."""
        view, now, look = self._view, self._now, self._look
        most = room.rows - room.lists
        right = [*self._waiting(room.right, PEOPLE), ruled(_("Now / goal"), room.right, look)]
        book = self._runbook(room.right)
        book = book if len(right) + GRID + len(book) <= most else []
        grid = max(GRID, most - len(right) - len(book))
        figures = figure_grid(view, now, room.right, 2, grid, look, live=self._sight.watched)
        spare = most - len(right) - len(figures) - len(book)
        if spare > 0:  # who waits is worth more than an empty row
            right = [*self._waiting(room.right, PEOPLE + spare), right[-1]]
        right += [*figures, *book]
        left = chain_line(view.chain, room.left, look)  # until the past is read
        if (axis := self._axis()) is not None:
            left = broke_first(view, self._series, axis, now, room.left, look)
            height = min(CHART_MOST, max(len(right), most) - len(left))
            left += oldest_wait(self._series(OLDEST), axis, now, room.left, height, look)
        return _beside(left, right, room)

    def calm(self, room: Room, view: AgentDetail) -> list[Line]:
        """The day in charts, the days before, and the figures. `view`: with bars that stand still."""
        look, past = self._look, self._past
        cells = room.left + GAP + room.right
        spare = room.rows - room.lists - SPARE
        parts = panels(view, self._now, cells, spare, look, live=self._sight.watched)
        figures = [row for part in parts for row in part]
        up = uptime_row(view, past.history("month", view.name), room.left, look)
        week = week_panel(view.week, cells, WEEK, look)
        height = min(CHART_MOST, room.rows - room.lists - len(figures) - len(up) - len(week))
        answered, replies = past.history("day", view.name), past.history("six", view.name)
        widths, today = (room.left, room.right), past.today(view.name)
        drawn = calm_charts(answered, replies, self._now, widths, height, self._zone, look, today)
        return [*drawn, *up, *figures, *week]

    def small(self, cells: int, rows: int) -> list[Line]:
        """On a small screen: the broken link and the customer on a time axis, and who waits."""
        axis = self._axis()
        lines: list[Line] = []
        if axis is not None:
            lines = broke_first(self._view, self._series, axis, self._now, cells, self._look, brief=True)
        if self._past.people(self._view.name) and rows - len(lines) > 2:
            lines += self._waiting(cells, rows - len(lines) - 1)
        return lines[:rows]

    def small_calm(self, cells: int, rows: int) -> list[Line]:
        """On a small screen: the day."""
        answered = self._past.history("day", self._view.name)
        today = self._past.today(self._view.name)
        week = week_panel(self._view.week, cells, WEEK if rows >= LEAST + WEEK else rows - LEAST, self._look)
        height = rows - len(week)
        return [*calm_charts(answered, None, self._now, (cells, 0), height, self._zone, self._look, today), *week]

    def limit(self) -> str:
        """The limit of the longest wait, and when it is reached; empty where no rule has one."""
        series, figure = self._series(OLDEST), self._view.figures.get(OLDEST)
        limit = wait_limit(series.limits) if series is not None else None
        if limit is None or figure is None or not figure.value:
            return ""
        left = limit - figure.value - max(0.0, self._now - (figure.at or self._now))
        if left <= 0:
            return _("limit {limit} passed").format(limit=lasting(limit))
        return _("limit {limit}, in {left}").format(limit=lasting(limit), left=lasting(left))

    def _series(self, name: str) -> SeriesHistory | None:
        return self._past.series("hour", self._view.name, name)

    def _axis(self) -> TimeAxis | None:
        past = self._past.history("hour", self._view.name)
        if past is None:
            return None
        return TimeAxis(past.since, past.step, len(past.series[0].highs), self._zone)

    def _waiting(self, cells: int, rows: int) -> list[Line]:
        figure = self._view.figures.get("customers.waiting")
        number = int(figure.value) if figure is not None and figure.value and 0 < figure.value < 1e9 else 0
        if not number:
            return []
        oldest = self._series(OLDEST)
        people = self._past.people(self._view.name)
        return waiting_panel(
            people, number, oldest.limits if oldest is not None else (), self._now, cells, rows, self._look
        )

    def _runbook(self, cells: int) -> list[Line]:
        """What to do where the fix does not help, by the rule of the incident that NOW speaks of."""
        incident = self._sight.incident(self._view.now.number)
        text = safe(incident.runbook, 600) if incident is not None else ""
        if not text:
            return []
        rows = wrapped(text, cells - 2)[:RUNBOOK]
        return [ruled(_("Runbook"), cells, self._look), *((Span(f" {row}", "text"),) for row in rows)]


def _beside(left: list[Line], right: list[Line], room: Room) -> list[Line]:
    rows = max(len(left), len(right))
    pairs = zip([*left, *[BLANK] * (rows - len(left))], [*right, *[BLANK] * (rows - len(right))], strict=True)
    return [(*fit(one, room.left), Span(" " * GAP), *fit(other, room.right)) for one, other in pairs]
