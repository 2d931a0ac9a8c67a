"""The overview: NOW, chain, figures, incidents, activity."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize
from textual.message import Message

from qualtui.model import Severity
from qualtui.screens.page import Page
from qualtui.text import _
from qualtui.widgets import activity, incidents
from qualtui.widgets.chain import chain
from qualtui.widgets.figures import compact, literal_rows, panels
from qualtui.widgets.footer import footer
from qualtui.widgets.header import banners, header
from qualtui.widgets.line import BLANK, Line, Span, faded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.now import now_box
from qualtui.widgets.sight import firing
from qualtui.widgets.table import Table
from qualtui.wire import IncidentView

WIDE = 120  # cells from which incidents and activity stand side by side


class Overview(Page):
    """The first page. `keys` tells the keys of binding ids, for the footer and the NOW box."""

    DEFAULT_CSS = """
    Overview { layout: vertical; overflow: hidden; }
    Overview #lists { layout: vertical; height: 1fr; min-height: 2; }
    Overview.wide #lists { layout: horizontal; }
    Overview #incidents { height: 3fr; width: 1fr; }
    Overview #activity { height: 2fr; width: 1fr; }
    Overview.wide #incidents { width: 3fr; height: 1fr; margin-right: 2; }
    Overview.wide #activity { width: 2fr; height: 1fr; }
    """
    FOOTER: ClassVar[tuple[str, ...]] = (
        "help", "open", "fix", "have", "note", "customers", "pause", "literal", "copy", "commands", "quit",
    )  # fmt: skip

    class Chosen(Message):
        """An incident was opened."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, look: Look, keys: Callable[[Sequence[str]], list[tuple[str, str]]]) -> None:
        super().__init__(look)
        self._keys = keys
        self._status: Line = BLANK

    def compose(self) -> ComposeResult:
        """Header, banners, NOW, chain, figures, the two lists, status, footer."""
        yield Lines(self.look, id="header")
        yield Lines(self.look, id="banners")
        yield Lines(self.look, id="now")
        yield Lines(self.look, id="chain")
        yield Lines(self.look, id="figures")
        with Container(id="lists"):
            yield Table(self.look, id="incidents", empty=_("none"))
            yield Table(self.look, id="activity", empty=_("nothing yet"), pointer=False)
        yield Lines(self.look, id="status")
        yield Lines(self.look, id="footer")

    def on_mount(self) -> None:
        """Keys go to the incidents."""
        self.query_one("#incidents", Table).focus(scroll_visible=False)

    def on_resize(self, event: Resize) -> None:
        """Another size is another arrangement."""
        self.set_class(event.size.width >= WIDE, "wide")
        self.draw()
        self.call_after_refresh(self.draw)  # the lists know their width only now

    def status(self, text: str, token: str) -> None:
        """Shows the line until the next one."""
        self._status = (Span(f" {safe(text, 400)}", token),) if text else BLANK
        if self.is_mounted:
            self.query_one("#status", Lines).show([self._status])

    def subject(self) -> IncidentView | None:
        """The incident under the cursor."""
        key = self.query_one("#incidents", Table).key
        return self.sight.incident(int(key)) if key else None

    def home(self) -> None:
        """The cursor goes back to what NOW speaks of."""
        self.query_one("#incidents", Table).touched = False
        self.draw()

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
        cells, height = self.size
        if cells <= 0 or height <= 0:
            return
        now = self.now if self.sight.paused is None else self.sight.paused
        self._draw_top(cells, height, now)
        self._draw_lists(now)
        self.query_one("#status", Lines).show([self._status])
        self.query_one("#footer", Lines).show([footer(self._keys(self.FOOTER), cells)])

    def _draw_top(self, cells: int, height: int, now: float) -> None:
        sight, look, view = self.sight, self.look, self.sight.view
        head = header(sight, self.now, cells, look)
        self.query_one("#header", Lines).show([head, BLANK] if height >= 34 else [head])
        tell = self.query_one("#banners", Lines)
        warnings = banners(sight, look)
        tell.show(warnings)
        box = now_box(sight, now, cells, look, self._names())
        links = chain(view.chain, cells, look, rows=1 if height < 20 else 2) if view else []
        figures = self._figures(cells, height, now)
        if not sight.watched and sight.snapshot is not None:
            box, links, figures = faded(box), faded(links), faded(figures)
        roomy = height >= 34
        self.query_one("#now", Lines).show([*box, BLANK] if roomy and view else box)
        self.query_one("#chain", Lines).show([*links, BLANK] if roomy and links else links)
        self.query_one("#figures", Lines).show([*figures, BLANK] if roomy and figures else figures)

    def _figures(self, cells: int, height: int, now: float) -> list[Line]:
        sight, view = self.sight, self.sight.view
        if view is None or height < 12:
            return []
        live = sight.watched
        extra = literal_rows(view, now, cells, self.look) if sight.literal else []
        if cells < 100 or height < 34:
            rows = 3 if height >= 22 else 1
            return [*compact(view, now, cells, self.look, live=live, rows=rows), *extra]
        calm = view.now.level is None and live
        spare = height - (30 if calm else 39)  # rows beyond what everything else needs
        chart = 0 if cells < 140 or spare < 3 else min(spare, 12 if calm else 6)
        grid = panels(view, now, cells, self.look, live=live, chart=chart)
        return [*grid, BLANK, *extra] if extra else grid

    def _draw_lists(self, now: float) -> None:
        sight, look = self.sight, self.look
        snapshot = sight.snapshot
        table = self.query_one("#incidents", Table)
        many = len(snapshot.agents) > 1 if snapshot else False
        rows = incidents.incident_rows(sight.incidents, now, table.size.width, look, many)
        total = sum(firing(sight.incidents, severity) for severity in Severity)
        heading = incidents.head(table.size.width, total)
        listed = self.query_one("#activity", Table)
        lines = snapshot.activity if snapshot else ()
        zone = snapshot.zone if snapshot else "UTC"
        acts = activity.activity_rows(lines, now, zone, listed.size.width, look)
        if snapshot is not None and not sight.watched:
            rows = [type(row)(row.key, faded([row.line])[0]) for row in rows]
            acts = [type(row)(row.key, faded([row.line])[0]) for row in acts]
        table.show(heading, rows)
        if not table.touched and sight.view is not None and sight.view.now.number:
            table.select(str(sight.view.now.number))
        listed.show(activity.head(), acts)

    def _names(self) -> dict[str, str]:
        wanted = ("fix", "have", "open", "customers")
        return dict(zip(wanted, (key for key, _word in self._keys(wanted)), strict=True))
