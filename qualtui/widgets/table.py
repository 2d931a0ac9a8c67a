"""Table: rows with a cursor on the Line API; a changed row is repainted, and nothing else."""

from collections.abc import Sequence
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

_CURSOR = Style(bgcolor="#1f2d3d")
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
        self._rows: list[TableRow] = []
        self._cursor = 0
        self.touched = False  # whether a person moved the cursor
        self._top = 0  # the first row that is visible
        self._strips: dict[tuple[Line, int, bool], Strip] = {}
        self.repainted = 0  # cells painted again, for the tests

    @property
    def key(self) -> str:
        """The key of the row under the cursor; empty where there is no row."""
        return self._rows[self._cursor].key if self._rows else ""

    @property
    def shown(self) -> list[Line]:
        """Head and rows as they stand, for tests and copies."""
        return [self._head, *[row.line for row in self._rows]]

    def show(self, head: Line, rows: Sequence[TableRow]) -> None:
        """Shows these rows; the cursor stays on its key while that is among them, or at the top of what is new."""
        before = self._visible()
        key = "" if self._newest and not self._cursor else self.key
        self._head, self._rows = head, list(rows)
        if key:
            keys = [row.key for row in self._rows]
            self._cursor = keys.index(key) if key in keys else min(self._cursor, max(0, len(keys) - 1))
        self._follow()
        self._repaint(before)

    def select(self, key: str) -> None:
        """Puts the cursor on the row with this key, if it is there."""
        for n, row in enumerate(self._rows):
            if row.key == key:
                self._go(n)

    def action_move(self, by: int) -> None:
        """Moves the cursor by so many rows."""
        self._moved(self._cursor + by)

    def action_edge(self, way: int) -> None:
        """Moves the cursor to the first or the last row."""
        self._moved(0 if way < 0 else len(self._rows) - 1)

    def action_page(self, way: int) -> None:
        """Moves the cursor by a screenful."""
        self._moved(self._cursor + way * max(1, self.size.height - 2))

    def action_open(self) -> None:
        """Post that the row was chosen."""
        if self._rows:
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
        line, cursor = self._at(y)
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
        if self._top != top:
            self.refresh()

    def _at(self, y: int) -> tuple[Line, bool]:
        if y == 0:
            return self._head, False
        n = y - 1 + self._top
        if n < len(self._rows):
            return self._rows[n].line, n == self._cursor
        if not self._rows and y == 1:
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
        paint = _CURSOR if lit else Style()
        return Strip([Segment(look.writable(span.text), look.style(span.token) + paint) for span in fitted], cells)

    def _visible(self) -> list[tuple[Line, bool]]:
        return [self._at(y) for y in range(self.size.height)]

    def _repaint(self, before: list[tuple[Line, bool]]) -> None:
        """Repaints the cells of the rows that are not what they were."""
        cells = self.size.width
        regions: list[Region] = []
        for y, (old, new) in enumerate(zip(before, self._visible(), strict=True)):
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
        n = max(0, min(n, len(self._rows) - 1))
        if n == self._cursor or not self._rows:
            return
        before = self._visible()
        self._cursor = n
        self._follow()
        self._repaint(before)

    def _follow(self) -> None:
        """Scrolls so that the cursor can be seen, and no room is left empty; not before the first layout."""
        if not self.size.height:
            return
        room = max(1, self.size.height - 1)
        top = min(max(self._top, self._cursor - room + 1), self._cursor)
        self._top = max(0, min(top, len(self._rows) - room))

    def _touch_cursor(self) -> None:
        self._strips.clear()
        y = self._cursor + 1 - self._top
        if 0 < y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))
