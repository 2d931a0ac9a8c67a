"""The overview: NOW, chain, figures, incidents, activity."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message

from qualtui.client import ClientError
from qualtui.screens.overview_past import OverviewPast, hour_cells, wanted
from qualtui.screens.overview_top import WIDE, OverviewTop, Room, chart_cells
from qualtui.screens.page import Page
from qualtui.text import _
from qualtui.widgets import activity, incidents
from qualtui.widgets.calm_charts import AXIS
from qualtui.widgets.chain import chain_line
from qualtui.widgets.figures import compact, held, literal_rows
from qualtui.widgets.footer import footer
from qualtui.widgets.frame import INSET
from qualtui.widgets.header import banners, header
from qualtui.widgets.line import BLANK, Line, Span, faded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.now import now_box
from qualtui.widgets.panels import panels, roomy
from qualtui.widgets.spark import Past
from qualtui.widgets.story import story_line
from qualtui.widgets.table import Table
from qualtui.wire import AgentDetail, Answer, Command, IncidentView

GAP = 2  # cells between them
HOLD = 20.0  # seconds that bars stand still, unless a figure's severity changes
NIGHT = ("fix", "have", "customers")
STORY_KEYS = ("commands", "fix", "customers", "help")  # what a demo's viewer can try
TALL = 28  # rows from which there is room for two columns above the lists
LOFTY = 54  # rows from which the lists take a smaller part
FEWEST, BOTTOM = 5, 2  # rows of the lists at least, and of status and footer
LISTS = 7  # rows of both lists, status and footer where they stand below each other
SMALL_CHART = 8  # rows of the only chart on a small screen
CHARTED = 20  # rows from which there is room for one
PHONE = 80  # cells below which the first keys at night come first in the footer
LEAST = 4  # rows: two of a list, status, footer
NOWHERE = Size(0, 0)


def lists(cells: int) -> tuple[int, int]:
    """The widths of the incidents and of the activity, as the style sheet shares them out."""
    if cells < WIDE:
        return cells, cells
    left = (cells - GAP) * 3 // 5
    return left, cells - GAP - left


class OverviewPage(Page):
    """The first page. `keys` returns the keys of binding ids, for the footer and the NOW box."""

    DEFAULT_CSS = """
    OverviewPage { layout: vertical; overflow: hidden; }
    OverviewPage.wide { layout: horizontal; }
    OverviewPage #top { dock: top; }
    OverviewPage #bottom { dock: bottom; }
    OverviewPage #incidents { height: 1fr; min-height: 1; }
    OverviewPage #activity { height: 1fr; }
    OverviewPage.wide #incidents { width: 3fr; height: 1fr; margin-right: 2; }
    OverviewPage.wide #activity { width: 2fr; height: 1fr; }
    """
    FOOTER: ClassVar[tuple[str, ...]] = (
        "help", "open", "fix", "have", "customers", "note", "snooze", "silence", "commands", "quit", "undo",
        "handover", "copy", "pause", "literal",
    )  # fmt: skip

    class Chosen(Message):
        """An incident was opened."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(
        self,
        look: Look,
        keys: Callable[[Sequence[str]], list[tuple[str, str]]],
        ask: Callable[[Command], Awaitable[Answer]],
        size: Size = NOWHERE,
    ) -> None:
        """`size`: the terminal's, if known: arranged for it from the start, the first layout is the only one."""
        super().__init__(look)
        self.set_class(size.width >= WIDE, "wide")
        self._keys = keys
        self._ask = ask
        self._past = OverviewPast()
        self._status: Line = BLANK
        self._pasts: dict[str, Past] = {}
        self._arranged = size
        self._spare = LEAST  # rows below the figures
        self._held: tuple[object, ...] = ()
        self._held_at = -HOLD

    def compose(self) -> ComposeResult:
        """The top part, the two lists, status and footer: few widgets, because each costs time at the start."""
        yield Lines(self.look, id="top")
        yield Table(self.look, id="incidents", empty=_("none"))
        yield Table(self.look, id="activity", empty=_("nothing yet"), pointer=False, newest=True)
        yield Lines(self.look, id="bottom")

    def on_mount(self) -> None:
        """Keys go to the incidents; drawn before the first layout, so that one layout is enough."""
        self._arrange(self.app.size)
        self.draw()
        self.query_one("#incidents", Table).focus(scroll_visible=False)

    def on_resize(self, event: Resize) -> None:
        """Another size is another arrangement."""
        if event.size != self._arranged:  # the first event has the size that was drawn for already
            self._arrange(event.size)
            self.draw()

    def _arrange(self, size: Size) -> None:
        self._arranged = size
        self.set_class(size.width >= WIDE, "wide")

    def status(self, text: str, token: str) -> None:
        """Shows the line until the next one."""
        self._status = (Span(f" {safe(text, 400)}", token),) if text else BLANK
        if self.is_mounted:
            self._draw_bottom()

    def subject(self) -> IncidentView | None:
        """The incident under the cursor."""
        key = self.query_one("#incidents", Table).key
        return self.sight.incident(int(key)) if key else None

    def home(self) -> None:
        """The cursor goes back to what NOW speaks of."""
        self.query_one("#incidents", Table).touched = False
        self.draw()

    def footer(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return self.named(self.FOOTER)

    def step(self, by: int) -> None:
        """Moves the cursor."""
        self.query_one("#incidents", Table).action_move(by)

    @on(Table.Opened, "#incidents")
    def _opened(self, event: Table.Opened) -> None:
        event.stop()
        self.post_message(self.Chosen(int(event.key)))

    @on(Table.Opened, "#activity")
    def _follow(self, event: Table.Opened) -> None:
        """A line of activity leads to its incident."""
        event.stop()
        number = event.key.split("/")[1]
        if number != "0":
            self.post_message(self.Chosen(int(number)))

    def draw(self) -> None:
        """Every part from the Sight; each compares before it repaints."""
        cells, height = self._arranged
        if cells <= 0 or height <= 0:
            return
        now = self.now if self.sight.paused is None else self.sight.paused
        top = self._top(cells, height, now)
        self._spare = height - len(top)
        self.query_one("#top", Lines).show(top)
        self._draw_lists(cells, now)
        self._draw_bottom()

    def _draw_bottom(self) -> None:
        cells = self._arranged.width
        status = [self._status] if self._status else []
        room = self._spare >= LEAST + len(status)
        parts = story_line(self.sight, self._keys(STORY_KEYS), cells) if room else []
        blank = [] if status or parts or self._spare < LEAST else [BLANK]
        named = self.footer() if cells >= PHONE else self.named((*NIGHT, *self.FOOTER[1:], "help"))
        keys = footer(list(dict.fromkeys(named)), cells, self.dimmed())
        self.query_one("#bottom", Lines).show([*blank, *parts, *status, keys])

    def _top(self, cells: int, height: int, now: float) -> list[Line]:
        """Header, banners, NOW, and what there is room for."""
        sight, look, view = self.sight, self.look, self.sight.view
        head = [header(sight, self.now, cells, look), *banners(sight, look), *self.running(now)]
        room = self._room(cells, height - len(head))
        if view is None:
            return [*head, *now_box(sight, now, cells, look, self._names(), height=height)]
        top = OverviewTop(sight, view, self._past, now, look)
        calm = view.now.level is None
        chain = chain_line(view.chain, cells - INSET, look, rows=2 if calm and height >= 20 else 1)
        box = now_box(
            sight, now, cells, look, self._names(), height=height, chain=chain if calm else (), limit=top.limit()
        )
        below = [] if calm or room is not None else chain
        left = height - len(head) - len(box) - len(below)
        if room is not None:
            body = self._roomy(top, view, room._replace(rows=room.rows - len(box)), now)
        else:
            body = self._narrow(top, view, cells, left, now, height)
        lines = [*box, *below, *body]
        if not sight.watched and sight.snapshot is not None:
            lines = faded(lines, look.glyphs.good)
        self._read(view, cells, room)
        return [*head, *lines]

    def _room(self, cells: int, rows: int) -> Room | None:
        """The columns, where there is room for two."""
        snapshot = self.sight.snapshot
        if cells < WIDE or rows < TALL:
            return None
        left, right = lists(cells)
        listed = max(len(self.sight.incidents), len(snapshot.activity)) if snapshot is not None else 0
        most = max(FEWEST, rows // 3) if rows < LOFTY else max(FEWEST, rows // 4)
        return Room(left, right, rows - BOTTOM, min(max(FEWEST, listed + 1), most))

    def _roomy(self, top: OverviewTop, view: AgentDetail, room: Room, now: float) -> list[Line]:
        """Both columns, and the literal figures where somebody wants to see them."""
        extra = literal_rows(view, now, self._arranged.width, self.look) if self.sight.literal else []
        room = room._replace(rows=room.rows - len(extra))
        body = top.calm(room, self._still(view)) if view.now.level is None else top.trouble(room)
        return [*body, *extra]

    def _narrow(
        self, top: OverviewTop, view: AgentDetail, cells: int, rows: int, now: float, height: int
    ) -> list[Line]:
        """One column: who waits and the broken link, or the day; then the figures in few rows."""
        if height < 12:
            return []
        look, live = self.look, self.sight.watched
        if self.sight.literal:  # in a small place the rows take the room of the figures
            return literal_rows(view, now, cells, look)
        if roomy(cells, height):
            parts = panels(self._still(view), now, cells, rows - LISTS - 14, look, live=live)
            figures = [row for part in parts for row in part]
        else:
            few = 3 if height >= 22 and (view.now.level is None or height >= 28) else 1
            figures = compact(self._still(view), now, cells, look, live=live, rows=few)
        spare = rows - len(figures) - LISTS
        if spare < 0:
            return []
        if view.now.level is not None:
            return [*top.small(cells, spare), *figures]
        chart = top.small_calm(cells, min(spare, SMALL_CHART)) if height >= CHARTED else []
        return [*chart, *figures]

    def _read(self, view: AgentDetail, cells: int, room: Room | None) -> None:
        """Ask for what has aged, in the background."""
        sight = self.sight
        if not sight.watched or sight.paused is not None or sight.snapshot is None:
            return
        charts = (
            chart_cells(room)
            if room is not None
            else (cells - AXIS - 1 if self._arranged.height >= CHARTED else 0, 0)
        )
        needs = wanted(view, sight.snapshot.speed, charts, self._past, hour_cells(cells))
        for name, ask in self._past.due(needs, self.now):
            self._fetch(name, ask)

    @work(group="past")
    async def _fetch(self, name: str, ask: Command) -> None:
        try:
            answer = await self._ask(ask)
        except ClientError:
            return  # asked again when it has aged
        if self._past.took(name, ask, answer) and self.is_mounted and self.app.screen is self:
            self.draw()

    def _still(self, view: AgentDetail) -> AgentDetail:
        """The view with bars that stand still for a while."""
        alarm = (view.name, view.now.level, *((name, f.severity, f.evidence) for name, f in view.figures.items()))
        if alarm != self._held or not 0 <= self.now - self._held_at < HOLD:
            self._held, self._held_at = alarm, self.now
            self._pasts = {name: figure.past for name, figure in view.figures.items()}
        return held(view, self._pasts)

    def _draw_lists(self, cells: int, now: float) -> None:
        sight, look = self.sight, self.look
        snapshot = sight.snapshot
        left, right = lists(cells)
        table = self.query_one("#incidents", Table)
        many = len(snapshot.agents) > 1 if snapshot else False
        rows = incidents.incident_rows(sight.incidents, now, left, look, many)
        total = sight.firing()
        heading = incidents.incident_head(sight.incidents, left, total)
        listed = self.query_one("#activity", Table)
        lines = snapshot.activity if snapshot else ()
        zone = snapshot.zone if snapshot else "UTC"
        room = self._spare - BOTTOM - 1 if cells >= WIDE else 0
        acts = activity.activity_rows(lines, now, zone, right, look, room)
        if snapshot is not None and not sight.watched:
            rows = [type(row)(row.key, faded([row.line], look.glyphs.good)[0]) for row in rows]
            acts = [type(row)(row.key, faded([row.line], look.glyphs.good)[0]) for row in acts]
        table.show(heading, rows)
        if not table.touched and sight.view is not None and sight.view.now.number:
            table.select(str(sight.view.now.number))
        listed.show(activity.activity_head(), acts)

    def _names(self) -> dict[str, str]:
        wanted = ("fix", "have", "open", "customers", "stop")
        return dict(zip(wanted, (key for key, _word in self._keys(wanted)), strict=True))
