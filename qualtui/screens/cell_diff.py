"""What of a repainted area differs from what the terminal shows already: only those cells are sent.

Textual sends each region that a widget refreshed, whole: for a digit that counts seconds, a row of 2 kB.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, repeat
from operator import itemgetter
from typing import TypeAlias

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from qualtui.screens.pen import Pen

Cell: TypeAlias = tuple[str, Style | None]  # the second cell of a wide character is ""

BRIDGE = 6  # equal cells that are sent along: moving the cursor takes more bytes


class CellDiff:
    """The cells that a terminal shows, by row. An unknown row is painted whole."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell | None]] = {}
        self._painted: dict[int, list[Strip]] = {}  # rows painted whole, from the left edge, not yet looked at

    def forget(self) -> None:
        """The terminal may show anything: it was resumed, or something else wrote to it."""
        self._rows, self._painted = {}, {}

    def less(self, update: CompositorUpdate) -> CompositorUpdate:
        """The update, which sends no cell that is shown already."""
        return _Less(update, self)

    def sent(self, update: CompositorUpdate, console: Console) -> str:
        """What to send to the terminal; from then on it is shown."""
        if isinstance(update, ChopsUpdate):
            pen = Pen(console._color_system or ColorSystem.TRUECOLOR)
            for y, row, x in self._touched(update):
                self._draw(pen, x, y, row)
            return pen.sequence()
        self.forget()
        if isinstance(update, LayoutUpdate) and update.region.x == 0:
            self._painted = {y: list(line) for y, line in enumerate(update.strips, update.region.y)}
            update = LayoutUpdate([self._painted[y] for y in sorted(self._painted)], update.region)
        return update.render_segments(console)

    @staticmethod
    def _touched(update: ChopsUpdate) -> Iterator[tuple[int, Strip, int]]:
        """The row, strip and first cell of each part of a row that holds what was refreshed."""
        ranges: dict[int, list[tuple[int, int]]] = {}
        for y, x1, x2 in update.spans:
            ranges.setdefault(y, []).append((x1, x2))
        for y, wanted in ranges.items():
            for (x, strip), end in zip(update.chops[y].items(), update.chop_ends[y], strict=False):
                if strip is not None and any(x < x2 and end > x1 for x1, x2 in wanted):
                    yield y, strip, x

    def _draw(self, pen: Pen, x: int, y: int, strip: Strip) -> None:
        row, new = self._row(y), cells(strip)
        if len(row) < x + len(new):
            row += repeat(None, x + len(new) - len(row))
        old = row[x : x + len(new)]
        row[x : x + len(new)] = new
        for first, after in runs(old, new) if old != new else ():
            pen.move(x + first, y)
            for style, group in groupby(new[first:after], key=itemgetter(1)):
                pen.write("".join(char for char, _style in group), style)

    def _row(self, y: int) -> list[Cell | None]:
        if y not in self._rows:
            self._rows[y] = [cell for strip in self._painted.pop(y, ()) for cell in cells(strip)]
        return self._rows[y]


class _Less(CompositorUpdate):
    def __init__(self, update: CompositorUpdate, shown: CellDiff) -> None:
        self._update = update
        self._shown = shown

    def render_segments(self, console: Console) -> str:
        """What to send: asked only where it is sent."""
        return self._shown.sent(self._update, console)


def cells(strip: Iterable[Segment]) -> list[Cell]:
    """The cells of a strip, one by one. A character without a width stays with the one before it."""
    found: list[Cell] = []
    for text, style, control in strip:
        if control:
            continue
        if text.isascii():
            found += zip(text, repeat(style))
            continue
        for char in text:
            size = cell_len(char)
            if size:
                found.append((char, style))
                found += repeat(("", style), size - 1)
            elif found:
                found[-1] = (found[-1][0] + char, found[-1][1])
    return found


def runs(old: Sequence[Cell | None], new: Sequence[Cell]) -> list[tuple[int, int]]:
    """From which to which cell the two differ; short equal parts in the style beside them are bridged."""
    found: list[tuple[int, int]] = []
    for at, (before, after) in enumerate(zip(old, new, strict=True)):
        if before == after:
            continue
        first, last = at, at + 1
        while first and ("" in (new[first][0], _char(old[first]))):
            first -= 1  # never half of a wide character, neither of the old nor of the new one
        while last < len(new) and "" in (new[last][0], _char(old[last])):
            last += 1
        if found and (first <= found[-1][1] or _bridged(new, found[-1][1], first)):
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _char(cell: Cell | None) -> str:
    return " " if cell is None else cell[0]


def _bridged(new: Sequence[Cell], start: int, end: int) -> bool:
    styles = [style for _char, style in new[start - 1 : end + 1]]
    return end - start <= BRIDGE and all(style == styles[0] for style in styles)
