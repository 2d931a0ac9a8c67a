"""A line of the screen as a value: spans of text with a style token, measured and cut in cells."""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from qualtui.text import clean
from qualtui.text.message import Text, shown


class Span(NamedTuple):
    """Text in one style. `token` is a key of the palette in look.py."""

    text: str
    token: str = "text"  # noqa: S105 - a style's name, not a password


Line = tuple[Span, ...]
BLANK: Line = ()


def safe(text: object, limit: int = 200) -> str:
    """Return outside text, or a Text in the reader's language, as one line, each character with a width.

    Zero-width marks and variation selectors are dropped: terminals disagree on their width.
    """
    line = clean(shown(text) if isinstance(text, Text) else text, limit)
    if line.isascii():
        return line
    composed = unicodedata.normalize("NFC", line)
    return "".join(filter(_visible, composed))


@lru_cache(maxsize=4096)
def _visible(char: str) -> bool:
    """Return whether the character has a width in every terminal."""
    return unicodedata.category(char) not in {"Mn", "Me", "Cf", "Co", "Cn"} and cell_len(char) > 0


def width(line: Line) -> int:
    """Cells that the line takes."""
    return sum(cell_len(span.text) for span in line)


def cut_line(text: str, cells: int) -> str:
    """The text in at most so many cells; what was cut off is an ellipsis."""
    if cells <= 0:
        return ""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + "…"


def whole_words(text: str, cells: int) -> str:
    """As many whole words as fit into so many cells; where not even one does, its beginning."""
    words = text.split(" ")
    while len(words) > 1 and cell_len(" ".join(words)) > cells:
        words.pop()
    return cut_line(" ".join(words), cells)


def padded(text: str, cells: int, right: bool = False) -> str:
    """The text in exactly so many cells, aligned left or right."""
    short = cut_line(text, cells)
    space = " " * max(0, cells - cell_len(short))
    return space + short if right else short + space


def column(text: str, cells: int) -> str:
    """The text in exactly so many cells, the last one blank: what stands beside it is never run into."""
    return padded(text, cells - 1) + " " if cells > 0 else ""


def fit(line: Line, cells: int, fill: str = "text") -> Line:
    """The line in exactly so many cells: cut with an ellipsis, or filled up; equal neighbours are joined."""
    spans: list[Span] = []
    left = max(0, cells)
    whole = width(line) <= left
    for text, token in line:
        if left <= 0:
            break
        piece = text if whole else _piece(text, left)
        _append(spans, piece, token)
        left -= cell_len(piece)
        if not whole and piece != text:
            break
    if left > 0:
        _append(spans, " " * left, fill)
    return tuple(spans)


def _piece(text: str, left: int) -> str:
    """What of a span still fits in a line that is too long: its last cell holds the ellipsis."""
    size = cell_len(text)
    if size < left:
        return text
    return set_cell_size(text, left - 1) + "…"


def _append(spans: list[Span], text: str, token: str) -> None:
    if not text:
        return
    if spans and spans[-1].token == token:
        spans[-1] = Span(spans[-1].text + text, token)
    else:
        spans.append(Span(text, token))


def packed(pieces: Sequence[Span], cells: int, rows: int, gaps: Sequence[int] = (3, 2)) -> list[Line]:
    """Whole pieces on one row with the widest gap that fits, else on as many as they need, at most `rows`.

    A piece that is longer than a row is broken between words; what has no row left is left out.
    """
    shown = [piece for piece in pieces if piece.text]
    length = sum(cell_len(piece.text) for piece in shown)
    for gap in gaps:
        if length + gap * (len(shown) - 1) <= cells:
            return [_row(shown, gap)]
    lines: list[list[Span]] = []
    left = 0
    for piece in shown:
        size = cell_len(piece.text)
        if lines and size + gaps[-1] <= left:
            lines[-1].append(piece)
            left -= size + gaps[-1]
            continue
        parts = wrapped(piece.text, cells)
        lines += [[Span(part, piece.token)] for part in parts]
        left = cells - cell_len(parts[-1])
    return [_row(line, gaps[-1]) for line in lines[:rows]]


def _row(pieces: Sequence[Span], gap: int) -> Line:
    """The pieces with a gap before each but the first."""
    return tuple(Span(" " * gap * (n > 0) + piece.text, piece.token) for n, piece in enumerate(pieces))


def spread(left: Line, right: Line, cells: int) -> Line:
    """Left part, a gap, right part, in so many cells; the left part is cut first to no less than half."""
    room = cells - width(right)
    if room < width(left) + 1:
        if room < cells // 2:
            return fit(left, cells)
        return fit((*fit(left, room - 1), Span(" "), *right), cells)
    return fit((*left, Span(" " * (room - width(left))), *right), cells)


def faded(lines: Iterable[Line], good: str = "●", token: str = "faint") -> list[Line]:  # noqa: S107 - a style's name
    """Return the lines in one quiet style, `good` as a question mark: old figures must not look good."""
    return [tuple(Span(span.text.replace(good, "?"), token) for span in line) for line in lines]


def changed(old: Line, new: Line) -> tuple[int, int] | None:
    """The cells from which and to which two lines of one width differ; None where they are equal."""
    if old == new:
        return None
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    total = max(width(old), width(new))
    end = total - width(new[len(new) - tail :]) if tail and width(old) == width(new) else total
    return width(new[:head]), end


def side_by_side(columns: Sequence[Sequence[Line]], cells: int, gap: int) -> list[Line]:
    """Blocks of lines side by side in so many cells, as `shares` divides them; short blocks are filled up."""
    widths = shares(cells, len(columns), gap)
    space = Span(" " * gap)
    rows: list[Line] = []
    for parts in zip_longest(*columns, fillvalue=BLANK):
        spans: list[Span] = []
        for part, size in zip(parts, widths, strict=True):
            spans += [*fit(part, size), space]
        rows.append(tuple(spans[:-1]))
    return rows


def shares(cells: int, columns: int, gap: int) -> list[int]:
    """The widths of so many columns with gaps between them, as equal as whole cells allow."""
    edges = [n * (cells + gap) // columns for n in range(columns + 1)]
    return [end - start - gap for start, end in pairwise(edges)]


def wrapped(text: str, cells: int) -> list[str]:
    """The text in rows of at most so many cells, broken between words where that can be; at least one row."""
    room = max(2, cells)  # a wide character takes two
    rows, row = [], ""
    for word in text.split():
        longer = f"{row} {word}" if row else word
        if cell_len(longer) <= room:
            row = longer
            continue
        pieces = chop_cells(word, room)
        rows += [row, *pieces[:-1]] if row else pieces[:-1]
        row = pieces[-1]
    return [*rows, row]
