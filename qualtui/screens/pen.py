"""Writes text at places of a terminal with as few bytes for its styles as it takes."""

from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip


class Codes(NamedTuple):
    """A style as the terminal's codes."""

    attributes: str = ""
    front: str = "39"
    back: str = "49"


PLAIN = Codes()


class Pen:
    """What is sent to a terminal, which shows plain text before and after it."""

    def __init__(self, colors: ColorSystem) -> None:
        self._colors = colors
        self._parts: list[str] = []
        self._now = PLAIN

    def move(self, x: int, y: int) -> None:
        """Write at this cell next."""
        self._parts.append(f"\x1b[{y + 1};{x + 1}H")

    def write(self, text: str, style: Style | None) -> None:
        """Write in a style: of its codes only those that differ from the text before."""
        if style is not None and style.link:
            self._use(PLAIN)
            self._parts.append(Strip.render_style(style, text, self._colors))
            return
        self._use(PLAIN if style is None else codes(Strip.render_ansi(style, self._colors)))
        self._parts.append(text)

    def _use(self, new: Codes) -> None:
        old, self._now = self._now, new
        if new.attributes != old.attributes:  # they are switched off all at once
            changed = ["0", *(part for part, plain in zip(new, PLAIN, strict=True) if part != plain)]
        else:
            changed = [part for part, before in zip(new, old, strict=True) if part != before]
        if changed:
            self._parts.append(f"\x1b[{';'.join(changed)}m")

    def sequence(self) -> str:
        """All that was written, and plain text from here on."""
        self._use(PLAIN)
        return "".join(self._parts)


@lru_cache(maxsize=1024)
def codes(ansi: str) -> Codes:
    """The codes of a style apart: `1;38;5;7;41` has the attribute 1, the colour 38;5;7 and the background 41."""
    numbers = ansi.split(";") if ansi else []
    attributes: list[str] = []
    front, back = PLAIN.front, PLAIN.back
    while numbers:
        first = numbers.pop(0)
        if first in {"38", "48"}:
            size = 4 if numbers[:1] == ["2"] else 2
            color, numbers = ";".join([first, *numbers[:size]]), numbers[size:]
        elif first in _ATTRIBUTES:
            attributes.append(first)
            continue
        else:
            color = first
        front, back = (front, color) if _is_back(color) else (color, back)
    return Codes(";".join(attributes), front, back)


_ATTRIBUTES = frozenset(["1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53"])


def _is_back(color: str) -> bool:
    number = int(color.partition(";")[0])
    return 40 <= number <= 49 or number >= 100
