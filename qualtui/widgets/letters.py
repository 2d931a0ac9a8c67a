"""Text in letters of five rows and more, to be read from across a room. Pure."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from qualtui.widgets.line import Line, Span

ROWS = 5  # of a letter at the smallest scale
SPACE = 1  # columns between two letters
_MARKS = {"✖": "X", "▲": "^", "●": "*", "○": "0"}  # as they stand in _FACES
# A letter a column: its rows from the top, '#' is filled. Small letters are units of time alone.
_ALPHABET = """
A      B      C      D      E      F      G      H      I      J      K      L      M      N      O      P
.##.   ###.   .###   ###.   ####   ####   .###   #..#   ###    ..##   #..#   #...   #...#  #..#   .##.   ###.
#..#   #..#   #...   #..#   #...   #...   #...   #..#   .#.    ...#   #.#.   #...   ##.##  ##.#   #..#   #..#
####   ###.   #...   #..#   ###.   ###.   #.##   ####   .#.    ...#   ##..   #...   #.#.#  #.##   #..#   ###.
#..#   #..#   #...   #..#   #...   #...   #..#   #..#   .#.    #..#   #.#.   #...   #...#  #..#   #..#   #...
#..#   ###.   .###   ###.   ####   #...   .###   #..#   ###    .##.   #..#   ####   #...#  #..#   .##.   #...

Q      R      S      T      U      V      W      X      Y      Z      m      h      s      d      ^      *
.##.   ###.   .###   #####  #..#   #...#  #...#  #...#  #...#  ####   .....  #...   ....   ...#   ..#..  .###.
#..#   #..#   #...   ..#..  #..#   #...#  #...#  .#.#.  .#.#.  ...#   ##.#.  #...   .###   ...#   ..#..  #####
#..#   ###.   .##.   ..#..  #..#   #...#  #.#.#  ..#..  ..#..  .##.   #.#.#  ###.   ##..   .###   .###.  #####
#.##   #.#.   ...#   ..#..  #..#   .#.#.  ##.##  .#.#.  ..#..  #...   #.#.#  #..#   ..##   #..#   .###.  #####
.###   #..#   ###.   ..#..  .##.   ..#..  #...#  #...#  ..#..  ####   #.#.#  #..#   ###.   .###   #####  .###.

0      1      2      3      4      5      6      7      8      9      :      .      ,      -      !      ?
.##.   .#.    ###.   ###.   #..#   ####   .##.   ####   .##.   .##.   .      .      ..     ....   #      ###.
#..#   ##.    ...#   ...#   #..#   #...   #...   ...#   #..#   #..#   #      .      ..     ....   #      ...#
#..#   .#.    .##.   .##.   ####   ###.   ###.   ..#.   .##.   .###   .      .      ..     ####   #      .##.
#..#   .#.    #...   ...#   ...#   ...#   #..#   ..#.   #..#   ...#   #      .      .#     ....   .      ....
.##.   ###    ####   ###.   ...#   ###.   .##.   ..#.   .##.   .##.   .      #      #.     ....   #      .#..

/      %      '      "      (      )      +      >      <      #      =      &      _      ;      |
...#   #..#   #      #.#    .#     #.     ...    #..    ..#    .#.#.  ....   .#..   ....   ..     #
..#.   ...#   #      #.#    #.     .#     .#.    .#.    .#.    #####  ####   #.#.   ....   .#     #
..#.   .##.   .      ...    #.     .#     ###    ..#    #..    .#.#.  ....   .#..   ....   ..     #
.#..   #...   .      ...    #.     .#     .#.    .#.    .#.    #####  ####   #.#.   ....   .#     #
#...   #..#   .      ...    .#     #.     ...    #..    ..#    .#.#.  ....   .#.#   ####   #.     #
"""


def _faces() -> dict[str, tuple[str, ...]]:
    faces = {" ": ("..",) * ROWS}
    for block in _ALPHABET.strip().split("\n\n"):
        names, *rows = (line.split() for line in block.splitlines())
        faces |= dict(zip(names, zip(*rows, strict=True), strict=True))
    return faces


_FACES = _faces()


class LetterScale(NamedTuple):
    """Cells of a column, and rows of a row, of a letter."""

    wide: int
    tall: int


LARGE, BROAD, PLAIN = LetterScale(4, 2), LetterScale(2, 1), LetterScale(1, 1)


def letters(text: str, token: str, fill: str, scale: LetterScale = PLAIN) -> list[Line]:
    """The text in ROWS times the scale's rows of equal width; none where it has a sign without a letter."""
    return [(Span(row, token),) for row in _rows(text, fill, scale) for _turn in range(scale.tall)]


@lru_cache(maxsize=256)
def _rows(text: str, fill: str, scale: LetterScale) -> tuple[str, ...]:
    faces = [_face(sign) for sign in text]
    known = [face for face in faces if face is not None]
    if not text or len(known) < len(faces):
        return ()
    gap = " " * (SPACE * scale.wide)
    drawn = [[row.replace(".", " ").replace("#", fill) for row in face] for face in known]
    wide = [["".join(sign * scale.wide for sign in row) for row in face] for face in drawn]
    return tuple(gap.join(face[n] for face in wide) for n in range(ROWS))


def letters_wide(text: str, scale: LetterScale = PLAIN) -> int:
    """The cells that the text takes in letters; 0 where it has a sign without a letter."""
    faces = [_face(sign) for sign in text]
    if not text or None in faces:
        return 0
    columns = sum(len(face[0]) for face in faces if face is not None) + SPACE * (len(text) - 1)
    return columns * scale.wide


def lettered(text: str, cells: int, most: int, token: str, fill: str, scales: Sequence[LetterScale]) -> list[Line]:
    """The text in the first of the scales in which it fits into so many cells and `most` rows, else none.

    It is broken between words, with a blank row between two rows of letters.
    """
    for scale in scales:
        rows: list[str] = []
        for word in text.split():
            longer = f"{rows[-1]} {word}" if rows else word
            if rows and letters_wide(longer, scale) <= cells:
                rows[-1] = longer
            else:
                rows.append(word)
        sizes = [letters_wide(row, scale) for row in rows]
        tall = len(rows) * (ROWS * scale.tall + 1) - 1
        if not rows or not all(0 < size <= cells for size in sizes) or tall > most:
            continue
        lines: list[Line] = []
        for row in rows:
            lines += [*([()] if lines else []), *letters(row, token, fill, scale)]
        return lines
    return []


def _face(sign: str) -> tuple[str, ...] | None:
    """The face of a sign, of its capital, or of what is left without its accents."""
    name = _MARKS.get(sign, sign)
    return (
        _FACES.get(name) or _FACES.get(name.upper()) or _FACES.get(unicodedata.normalize("NFD", name)[0].upper())
    )
