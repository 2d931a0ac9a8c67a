"""Table: rows with a cursor on the Line API; a changed row is repainted, and nothing else."""

from collections.abc import Callable, Container, Sequence
from typing import ClassVar

import msgspec
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from qualtui.widgets.bindings import binding
from qualtui.widgets.line import BLANK, Line, Span, changed, fit
from qualtui.widgets.look import Look
from qualtui.widgets.themes import LIT

_CURSOR_PLAIN = Style(reverse=True, bold=True)


class TableRow(msgspec.Struct, frozen=True):
    """A row: the key that it keeps while its text changes."""

    key: str
    line: Line


class Table(Widget, can_focus=True):
    """Rows under an optional head line, with a cursor that stays on its key."""

    DEFAULT_CSS = """
    Table { height: 1fr; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding("down", "move(1)", "down", show=False),
        binding("up", "move(-1)", "up", show=False),
        binding("first", "edge(-1)", "first", show=False),
        binding("last", "edge(1)", "last", show=False),
        binding("page_down", "page(1)", "page down", show=False),
        binding("page_up", "page(-1)", "page up", show=False),
        binding("open", "open", "open", show=False),
    ]

    class Opened(Message):
        """Enter on a row."""

        def __init__(self, table: "Table", key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> "Table":
            """The table it comes from."""
            return self.table

    class Moved(Message):
        """A person moved the cursor to another row."""

        def __init__(self, table: "Table", key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> "Table":
            """The table it comes from."""
            return self.table

    def __init__(
        self,
        look: Look,
        *,
        empty: str = "",
        pointer: bool = True,
        newest: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's word
    ) -> None:
        super().__init__(id=id)
        self._newest = newest  # new rows come at the top: a cursor that stands there stays there
        self._look = look
        self.empty = empty
        self._pointer = pointer  # whether the cursor shows while the keys go elsewhere
        self._head: Line = BLANK
        self._row_keys: Sequence[str] = ()
        self._line_of: Callable[[int], Line] = lambda _n: BLANK
        self._headings: Container[int] = ()  # rows that the cursor steps over
        self._painted: list[tuple[Line, bool]] = []  # the rows of the screen as they were painted last
        self._cursor = 0
        self.touched = False  # whether a person moved the cursor
        self._top = 0  # the first row that is visible
        self._strips: dict[tuple[Line, int, bool], Strip] = {}
        self.repainted = 0  # cells painted again, for the tests

    @property
    def key(self) -> str:
        """The key of the row under the cursor; empty where there is no row."""
        return self._row_keys[self._cursor] if self._row_keys else ""

    @property
    def shown(self) -> list[Line]:
        """Head and rows as they stand, for tests and copies."""
        return [self._head, *map(self._line_of, range(len(self._row_keys)))]

    def restyle(self, look: Look) -> None:
        """Paint all of it in another look."""
        self._look = look
        self._strips.clear()
        self.refresh()

    def show(self, head: Line, rows: Sequence[TableRow]) -> None:
        """Shows these rows; the cursor stays on its key while that is among them, or at the top of what is new."""
        self.show_lazily(head, [row.key for row in rows], [row.line for row in rows].__getitem__)

    def show_lazily(
        self, head: Line, keys: Sequence[str], line: Callable[[int], Line], headings: Container[int] = ()
    ) -> None:
        """Show as many rows as there are keys; `line` draws the n-th, and is called for visible rows alone.

        `headings`: rows that the cursor steps over; the last row is none.
        """
        key = "" if self._newest and not self._cursor else self.key
        same = keys is self._row_keys
        self._head, self._row_keys, self._line_of, self._headings = head, keys, line, headings
        if key and not same:
            last = max(0, len(keys) - 1)
            self._cursor = keys.index(key) if key in keys else min(self._cursor, last)
        self._cursor = self._beside_headings(self._cursor, 1)
        self._follow()
        self._repaint()

    def select(self, key: str) -> None:
        """Puts the cursor on the row with this key, if it is there."""
        for n, known in enumerate(self._row_keys):
            if known == key:
                self._go(n)

    def action_move(self, by: int) -> None:
        """Moves the cursor by so many rows."""
        self._moved(self._cursor + by)

    def action_edge(self, way: int) -> None:
        """Moves the cursor to the first or the last row."""
        self._moved(0 if way < 0 else len(self._row_keys) - 1)

    def action_page(self, way: int) -> None:
        """Moves the cursor by a screenful."""
        self._moved(self._cursor + way * max(1, self.size.height - 2))

    def action_open(self) -> None:
        """Post that the row was chosen."""
        if self._row_keys:
            self.post_message(self.Opened(self, self.key))

    def on_focus(self) -> None:
        """The cursor shows where the keys go."""
        self._touch_cursor()

    def on_blur(self) -> None:
        """Without focus the cursor is only its pointer."""
        self._touch_cursor()

    def on_click(self, event: object) -> None:
        """A click puts the cursor on the row."""
        y = getattr(event, "y", 0)
        if y >= 1:
            self._moved(self._top + y - 1)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self._moved(self._cursor + 1)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self._moved(self._cursor - 1)

    def render_line(self, y: int) -> Strip:
        """One row of the screen, from the cache of rows drawn before."""
        line, cursor = self._painted[y] if y < len(self._painted) else self._at(y)
        cells = self.size.width
        known = (line, cells, cursor)
        cached = self._strips.get(known)
        if cached is None:
            if len(self._strips) > 400:
                self._strips.clear()
            cached = self._strips[known] = self._drawn(line, cells, cursor)
        return cached

    def on_resize(self) -> None:
        """What was drawn for another width is of no use, and another height may show other rows."""
        self._strips.clear()
        top = self._top
        self._follow()
        self._painted = self._visible()
        if self._top != top:
            self.refresh()

    def _at(self, y: int) -> tuple[Line, bool]:
        if y == 0:
            return self._head, False
        n = y - 1 + self._top
        if n < len(self._row_keys):
            return self._line_of(n), n == self._cursor
        if not self._row_keys and y == 1:
            return (Span("  " + self.empty, "faint"),), False
        return BLANK, False

    def _drawn(self, line: Line, cells: int, cursor: bool) -> Strip:
        fitted = fit(line, cells)
        if cursor and (self._pointer or self.has_focus) and fitted and fitted[0].text.startswith(" "):
            first = fitted[0]
            fitted = (Span(self._look.glyphs.pointer, "cursor"), Span(first.text[1:], first.token), *fitted[1:])
        look = self._look
        lit = cursor and self.has_focus
        if lit and look.plain:  # reverse alone: reversed colours would be a patchwork
            return Strip([Segment(look.writable(span.text), _CURSOR_PLAIN) for span in fitted], cells)
        paint = Style(bgcolor=LIT[look.theme]) if lit else Style()
        return Strip([Segment(look.writable(span.text), look.style(span.token) + paint) for span in fitted], cells)

    def _visible(self) -> list[tuple[Line, bool]]:
        return [self._at(y) for y in range(self.size.height)]

    def _repaint(self) -> None:
        """Repaints the cells of the rows that are not what they were."""
        before, self._painted = self._painted, self._visible()
        if len(before) != len(self._painted):
            self.refresh()
            return
        cells = self.size.width
        regions: list[Region] = []
        for y, (old, new) in enumerate(zip(before, self._painted, strict=True)):
            if old == new:
                continue
            if old[1] != new[1]:
                regions.append(Region(0, y, cells, 1))
                continue
            span = changed(fit(old[0], cells), fit(new[0], cells))
            if span is not None:
                regions.append(Region(span[0], y, span[1] - span[0], 1))
        if regions:
            self.repainted += sum(region.area for region in regions)
            self.refresh(*regions)

    def _moved(self, n: int) -> None:
        self.touched = True
        before = self.key
        self._go(n)
        if self.key != before:
            self.post_message(self.Moved(self, self.key))

    def _go(self, n: int) -> None:
        n = max(0, min(n, len(self._row_keys) - 1))
        n = self._beside_headings(n, -1 if n < self._cursor else 1)
        if n == self._cursor or not self._row_keys:
            return
        self._cursor = n
        self._follow()
        self._repaint()

    def _beside_headings(self, n: int, way: int) -> int:
        """The next row that is no heading, first in this way, then in the other."""
        for by in (way, -way):
            place = n
            while 0 <= place < len(self._row_keys):
                if place not in self._headings:
                    return place
                place += by
        return n

    def _follow(self) -> None:
        """Scrolls so that the cursor can be seen, and no room is left empty; not before the first layout."""
        if not self.size.height:
            return
        room = max(1, self.size.height - 1)
        first = self._cursor
        while first - 1 in self._headings and self._cursor - first + 1 < room:  # a heading stays in sight
            first -= 1
        top = min(max(self._top, self._cursor - room + 1), first)
        self._top = max(0, min(top, len(self._row_keys) - room))

    def _touch_cursor(self) -> None:
        self._strips.clear()
        y = self._cursor + 1 - self._top
        if 0 < y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))
