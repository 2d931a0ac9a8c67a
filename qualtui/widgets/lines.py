"""Lines: a widget that shows lines of spans and repaints only the cells that changed."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from qualtui.widgets.line import BLANK, Line, changed, fit
from qualtui.widgets.look import Look


def strip(line: Line, cells: int, look: Look) -> Strip:
    """The line as Textual paints it, exactly so many cells wide."""
    fitted = fit(line, cells)
    return Strip([Segment(look.writable(span.text), look.style(span.token)) for span in fitted], cells)


class Lines(Widget):
    """Rows of text, as many as it is given (or as its height allows)."""

    DEFAULT_CSS = """
    Lines { height: auto; width: 1fr; }
    """

    def __init__(self, look: Look, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id, classes=classes)
        self._look = look
        self._lines: list[Line] = []
        self._strips: dict[int, tuple[Line, int, Strip]] = {}
        self.repainted = 0  # cells painted again, for the tests

    @property
    def lines(self) -> list[Line]:
        """What it shows."""
        return self._lines

    def restyle(self, look: Look) -> None:
        """Paint all of it in another look."""
        self._look = look
        self._strips.clear()
        self.refresh()

    def show(self, lines: Sequence[Line]) -> None:
        """Shows these lines; cells that stay the same are not touched."""
        old, new = self._lines, list(lines)
        if old == new:
            return
        self._lines = new
        if len(old) != len(new):
            self.repainted += self.size.area
            self.refresh(layout=True)
            return
        cells = self.size.width
        regions = []
        for y, (before, after) in enumerate(zip(old, new, strict=True)):
            if before == after:
                continue
            span = changed(fit(before, cells), fit(after, cells))
            if span is not None and span[1] > span[0]:
                regions.append(Region(span[0], y, span[1] - span[0], 1))
        if regions:
            self.repainted += sum(region.area for region in regions)
            self.refresh(*regions)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """One row a line."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """One row, from the cache where it did not change."""
        line = self._lines[y] if y < len(self._lines) else BLANK
        cells = self.size.width
        cached = self._strips.get(y)
        if cached is not None and cached[0] == line and cached[1] == cells:
            return cached[2]
        drawn = strip(line, cells, self._look)
        self._strips[y] = (line, cells, drawn)
        return drawn
