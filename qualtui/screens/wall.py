"""The wall's page: one widget over the whole screen, and the past that its charts show."""

from textual import work
from textual.app import ComposeResult
from textual.events import Resize
from textual.geometry import Size

from qualtui.screens.overview_past import ANSWERED, CHAIN, HOUR, OLDEST, SHORTEST, OverviewPast
from qualtui.screens.page import Page
from qualtui.screens.pages import PageContext
from qualtui.text import _
from qualtui.widgets.broke_first import MARK, MOST, broke_first, oldest_wait
from qualtui.widgets.calm_charts import AXIS, calm_charts
from qualtui.widgets.chain import chain_line
from qualtui.widgets.line import BLANK, Line, Span, fit
from qualtui.widgets.lines import Lines
from qualtui.widgets.time_axis import TimeAxis
from qualtui.widgets.waiting import wait_limit
from qualtui.widgets.wall import wall
from qualtui.widgets.wall_blackout import blackout_lines
from qualtui.widgets.wall_facts import Blackout, blackout, shown_agent
from qualtui.widgets.words import lasting
from qualtui.wire import AgentSummary, Command, ShowHistory, ShowToday, Snapshot

DRIFT, STEPS = 60.0, ((0, 0), (1, 0), (1, 1), (0, 1))  # s between two places of all that stands there
CHART, CAUSES = 6, 16  # rows from which there is a chart, and one with the links above it
FEWEST, MANY = 20, 150  # cells of the hour
DAY = 24  # h


class WallPage(Page):
    """What hangs on the wall: no key is needed, and no customer is shown."""

    DEFAULT_CSS = """
    WallPage { overflow: hidden; }
    WallPage #wall { height: 100%; }
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__(context.look)
        self._ask = context.ask
        self._past = OverviewPast()
        self._agent = ""  # whose turn it is
        self._arranged = Size(0, 0)

    def compose(self) -> ComposeResult:
        """One widget, so that only the cells that change are painted."""
        yield Lines(self.look, id="wall")

    def on_resize(self, event: Resize) -> None:
        """Another size is another wall."""
        self._arranged = event.size
        self.draw()

    def agents(self) -> tuple[str, ...]:
        """The agent whose turn it is."""
        return (self._agent,) if self._agent else ()

    def draw(self) -> None:
        """The whole wall, moved by a cell each minute, so that nothing burns in."""
        cells, rows = self._arranged
        if cells < 1 or rows < 1:
            return
        x, y = STEPS[int(self.now // DRIFT) % len(STEPS)] if min(cells, rows) > 1 else (0, 0)
        inner = Size(max(1, cells - 1), max(1, rows - 1))
        kind, snapshot = blackout(self.sight, self.now), self.sight.snapshot
        if kind is not None or snapshot is None:
            lines = blackout_lines(self.sight, kind or Blackout.CONNECTING, self.now, inner, self.look)
        else:
            lines = self._live(snapshot, inner)
        ground = lines[0][0].token if lines[0] and kind is not None else "text"
        moved = [BLANK] * y + [(Span(" " * x, ground), *line) for line in lines]
        moved += [BLANK] * (rows - len(moved))
        if ground != "text":  # a band over all of it
            moved = [fit(line, cells, ground) for line in moved]
        self.query_one("#wall", Lines).show(moved[:rows])

    def _live(self, snapshot: Snapshot, size: Size) -> list[Line]:
        """Exactly so many rows of what is known now."""
        cells, rows = size
        turn = shown_agent(snapshot, self.now)
        self._agent = turn.name if turn is not None else ""
        if turn is None:
            none = (
                Span(f"  {self.look.glyphs.unknown} ", "unknown"),
                Span(_("No agent is configured."), "strong"),
            )
            return [none, *[BLANK] * (rows - 1)]
        self._read(turn, snapshot.speed, cells)
        limit, today = self._limit(turn.name), self._past.today(turn.name)
        drawn = wall(self.sight, snapshot, turn, self.now, cells, rows, self.look, limit, today)
        room = rows - len(drawn.top) - len(drawn.bottom)
        middle = self._charts(turn, snapshot.zone, cells, room)[:room]
        return [*drawn.top, *middle, *[BLANK] * (room - len(middle)), *drawn.bottom]

    def _charts(self, agent: AgentSummary, zone: str, cells: int, rows: int) -> list[Line]:
        """In trouble what broke first and the longest wait, when calm the day; else the chain alone."""
        view, look = self.sight.detail(agent.name), self.look
        if view is None or not view.chain:
            return []
        chain = chain_line(view.chain, cells, look, rows=1)
        hour, day = self._past.history("hour", agent.name), self._past.history("day", agent.name)
        if agent.now.level is None and agent.now.calm:
            height = rows - len(chain) - 1
            drawn = calm_charts(day, None, self.now, (cells, 0), height, zone, look) if height >= CHART else []
            return [*drawn, *([BLANK] if drawn else []), *chain]
        if hour is None or rows < CHART:
            return chain
        axis = TimeAxis(hour.since, hour.step, len(hour.series[0].highs), zone)
        find = {one.name: one for one in hour.series}.get
        causes = broke_first(view, find, axis, self.now, cells, look) if rows >= CAUSES else chain
        return [*causes, *oldest_wait(find(OLDEST), axis, self.now, cells, rows - len(causes), look)]

    def _limit(self, agent: str) -> str:
        """The limit of the longest wait; empty where no rule has one."""
        series = self._past.series("hour", agent, OLDEST)
        limit = wait_limit(series.limits) if series is not None else None
        return _("limit {limit}").format(limit=lasting(limit)) if limit is not None else ""

    def _read(self, agent: AgentSummary, speed: float, cells: int) -> None:
        """Ask for the past that has aged, in the background."""
        if agent.now.level is None and agent.now.calm:
            reach = self._past.reach("day", max(SHORTEST, DAY * HOUR / speed))
            day = ShowHistory(agent.name, (ANSWERED,), seconds=reach, cells=max(1, cells - AXIS - 1))
            wanted: dict[str, Command] = {"day": day, "today": ShowToday(agent.name)}
        else:
            columns = max(FEWEST, min(MANY, cells - MOST - MARK))
            wanted = {"hour": ShowHistory(agent.name, CHAIN, seconds=max(SHORTEST, HOUR / speed), cells=columns)}
        for name, ask in self._past.due(wanted, self.now):
            self._fetch(name, ask)

    @work(group="past")
    async def _fetch(self, name: str, ask: Command) -> None:
        answer = await self._ask(ask)
        if answer is not None and self._past.took(name, ask, answer) and self.is_mounted:
            self.draw()
