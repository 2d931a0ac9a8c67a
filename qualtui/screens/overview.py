"""The overview: NOW, chain, figures, incidents, activity."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message

from qualtui.model import Severity
from qualtui.screens.page import Page
from qualtui.text import _
from qualtui.widgets import activity, incidents
from qualtui.widgets.catalogue import groups, own
from qualtui.widgets.chain import chain
from qualtui.widgets.figures import compact, held, literal_rows, panel
from qualtui.widgets.footer import footer
from qualtui.widgets.header import banners, header
from qualtui.widgets.line import BLANK, Line, Span, faded, safe
from qualtui.widgets.lines import Lines
from qualtui.widgets.look import Look
from qualtui.widgets.now import now_box
from qualtui.widgets.sight import firing
from qualtui.widgets.spark import Past
from qualtui.widgets.table import Table
from qualtui.wire import AgentView, IncidentView

WIDE = 120  # cells from which incidents and activity stand side by side
FOUR = 140  # cells from which the four groups of figures stand side by side
HOLD = 20.0  # seconds that bars stand still, unless a figure's severity changes


NOWHERE = Size(0, 0)


class Overview(Page):
    """The first page. `keys` tells the keys of binding ids, for the footer and the NOW box."""

    DEFAULT_CSS = """
    Overview { layout: vertical; overflow: hidden; }
    Overview #panels { layout: grid; grid-size: 4; grid-gutter: 0 2; grid-rows: auto; height: auto; }
    Overview #panels { display: none; }
    Overview.paneled #panels { display: block; }
    Overview.narrow #panels { grid-size: 2; }
    Overview #own { display: none; }
    Overview.owned #own { display: block; }
    Overview #lists { layout: vertical; height: 1fr; min-height: 2; }
    Overview.wide #lists { layout: horizontal; }
    Overview #incidents { height: 3fr; width: 1fr; }
    Overview #activity { height: 2fr; width: 1fr; }
    Overview.wide #incidents { width: 3fr; height: 1fr; margin-right: 2; }
    Overview.wide #activity { width: 2fr; height: 1fr; }
    """
    FOOTER: ClassVar[tuple[str, ...]] = (
        "help", "open", "fix", "have", "note", "customers", "quit", "pause", "literal", "copy", "undo", "commands",
    )  # fmt: skip

    class Chosen(Message):
        """An incident was opened."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(
        self, look: Look, keys: Callable[[Sequence[str]], list[tuple[str, str]]], size: Size = NOWHERE
    ) -> None:
        """`size`: the terminal's, if known: arranged for it from the start, the first layout is the only one."""
        super().__init__(look)
        for name, holds in self._arrangement(size).items():
            if holds:
                self.add_class(name)
        self._keys = keys
        self._status: Line = BLANK
        self._pasts: dict[str, Past] = {}
        self._arranged = size
        self._held: tuple[object, ...] = ()
        self._held_at = -HOLD

    def compose(self) -> ComposeResult:
        """Header, banners, NOW, chain, figures, the two lists, status, footer."""
        yield Lines(self.look, id="header")
        yield Lines(self.look, id="banners")
        yield Lines(self.look, id="now")
        yield Lines(self.look, id="chain")
        with Container(id="panels"):
            for n in range(len(groups())):
                yield Lines(self.look, id=f"panel{n}")
            yield Lines(self.look, id="own")
        yield Lines(self.look, id="figures")
        with Container(id="lists"):
            yield Table(self.look, id="incidents", empty=_("none"))
            yield Table(self.look, id="activity", empty=_("nothing yet"), pointer=False)
        yield Lines(self.look, id="status")
        yield Lines(self.look, id="footer")

    def on_mount(self) -> None:
        """Keys go to the incidents; drawn before the first layout, so that one layout is enough."""
        self._arrange(self.app.size)
        self.draw()
        self.query_one("#incidents", Table).focus(scroll_visible=False)

    def on_resize(self, event: Resize) -> None:
        """Another size is another arrangement."""
        if event.size != self._arranged:  # the first one tells what was drawn for already
            self._arrange(event.size)
            self.draw()
        self.call_after_refresh(self.draw)  # the lists know their width only now

    def _arrange(self, size: Size) -> None:
        self._arranged = size
        for name, holds in self._arrangement(size).items():
            self.set_class(holds, name)

    def _arrangement(self, size: Size) -> dict[str, bool]:
        return {
            "wide": size.width >= WIDE,
            "narrow": size.width < FOUR,
            "paneled": self._paneled(size.width, size.height),
        }

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
        cells, height = self.size if self.size.area else self.app.size
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
        warnings = [*banners(sight, look), *self.running(now)]
        tell.show(warnings)
        box = now_box(sight, now, cells, look, self._names())
        links = chain(view.chain, cells, look, rows=1 if height < 20 else 2) if view else []
        figures = self._figures(cells, height, now)
        if not sight.watched and sight.snapshot is not None:
            box, links, figures = (faded(part, look.glyphs.good) for part in (box, links, figures))
        self._draw_panels(cells, height, now)
        roomy = height >= 34
        self.query_one("#now", Lines).show([*box, BLANK] if roomy and view else box)
        self.query_one("#chain", Lines).show([*links, BLANK] if roomy and links else links)
        self.query_one("#figures", Lines).show([*figures, BLANK] if roomy and figures else figures)

    def _paneled(self, cells: int, height: int) -> bool:
        """Whether there is room for the groups with their titles."""
        return cells >= 100 and height >= (34 if cells >= FOUR else 40)

    def _figures(self, cells: int, height: int, now: float) -> list[Line]:
        """The figures in few rows where there is no room for groups, and the literal ones."""
        view, live = self.sight.view, self.sight.watched
        if view is None or height < 12:
            return []
        extra = literal_rows(view, now, cells, self.look) if self.sight.literal else []
        if extra or self._paneled(cells, height):  # in a small place the rows take the room of the figures
            return extra
        few = compact(self._still(view), now, cells, self.look, live=live, rows=3 if height >= 22 else 1)
        return [*few, *extra]

    def _draw_panels(self, cells: int, height: int, now: float) -> None:
        view, live = self.sight.view, self.sight.watched
        if view is None or not self._paneled(cells, height):
            return
        calm = view.now.level is None and live
        spare = height - (32 if calm else 41)  # rows beyond what everything else needs
        spare -= 10 if self.sight.literal else 0
        mine = own(view)
        room = len(mine.entries) + 2 if mine else 0
        wanted = mine is not None and (spare >= room or any(view.figures[e.series].severity for e in mine.entries))
        self.set_class(wanted, "owned")
        spare -= room if wanted else 0
        chart = 0 if cells < FOUR or spare < 3 else min(spare, 8 if calm else 5)
        each = (cells - 2 * 3) // 4 if cells >= FOUR else (cells - 2) // 2
        still = self._still(view)
        panels = [(f"#panel{n}", group, chart) for n, group in enumerate(groups())]
        panels += [("#own", mine, 0)] if mine is not None else []
        for name, group, rows in panels:
            place = self.query_one(name, Lines)
            lines = [*panel(group, still, now, place.size.width or each, self.look, live, rows), BLANK]
            place.show(lines if live else faded(lines, self.look.glyphs.good))

    def _still(self, view: AgentView) -> AgentView:
        """The view with bars that stand still for a while."""
        alarm = (view.name, view.now.level, *((name, f.severity, f.evidence) for name, f in view.figures.items()))
        if alarm != self._held or not 0 <= self.now - self._held_at < HOLD:
            self._held, self._held_at = alarm, self.now
            self._pasts = {name: figure.past for name, figure in view.figures.items()}
        return held(view, self._pasts)

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
            rows = [type(row)(row.key, faded([row.line], look.glyphs.good)[0]) for row in rows]
            acts = [type(row)(row.key, faded([row.line], look.glyphs.good)[0]) for row in acts]
        table.show(heading, rows)
        if not table.touched and sight.view is not None and sight.view.now.number:
            table.select(str(sight.view.now.number))
        listed.show(activity.head(), acts)

    def _names(self) -> dict[str, str]:
        wanted = ("fix", "have", "open", "customers")
        return dict(zip(wanted, (key for key, _word in self._keys(wanted)), strict=True))
