"""A number in digits of five rows, to be read from afar."""

from qualtui.widgets.line import Line, Span

ROWS = 5
MOST = 9999
_BROAD, _SLIM = (2, 2, 2), (2, 1, 2)  # cells of the three columns of a digit
_FACES = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
}


def digits(number: int, token: str, fill: str, *, slim: bool = False) -> list[Line]:
    """The number in ROWS rows of equal width, drawn with `fill`; none where it has more than four digits."""
    if not 0 <= number <= MOST:
        return []
    wide = _SLIM if slim else _BROAD
    faces = [_FACES[sign] for sign in str(number)]
    rows = ("  ".join(_row(face[n], wide) for face in faces) for n in range(ROWS))
    return [(Span(row.replace("#", fill), token),) for row in rows]


def _row(signs: str, wide: tuple[int, ...]) -> str:
    return "".join(sign * cells for sign, cells in zip(signs, wide, strict=True))
