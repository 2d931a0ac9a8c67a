"""How the screen looks: glyphs (or their ASCII stand-ins) and the style of each token."""

import locale
import os
from collections.abc import Mapping

import msgspec
from rich.cells import cell_len, set_cell_size
from rich.style import Style

from qualtui.model import Severity
from qualtui.widgets.themes import DEFAULT, styles


class Glyphs(msgspec.Struct, frozen=True):
    """Signs of width 1. Severity is never shown by colour alone."""

    critical: str = "✖"
    warning: str = "▲"
    info: str = "◆"
    good: str = "●"
    none: str = "○"
    unknown: str = "?"
    heart: str = "♥"
    arrow: str = "→"
    pointer: str = "›"
    gap: str = "·"
    dash: str = "─"
    bar: str = "│"
    corners: str = "╭╮╰╯"
    blocks: str = "▁▂▃▄▅▆▇█"
    fill: str = "█"
    hollow: str = "░"
    line: str = "┄"  # of a limit
    first: str = "◄"  # what broke first
    ends: str = "├┤"  # of a stretch of time
    dot: str = "·"
    times: str = "×"
    checked: str = "☑"
    unchecked: str = "☐"

    def body(self, *, plain: bool) -> str:
        """What a tall column is filled with below its top; without a dark shade it is a lighter sign."""
        return self.bar if self.fill == "#" else self.hollow if plain else self.fill


ASCII = Glyphs(
    critical="X",
    warning="!",
    info="*",
    good="o",
    none="-",
    heart="~",
    arrow=">",
    pointer=">",
    gap=".",
    dash="-",
    bar="|",
    corners="++++",
    blocks="_.-:=+*#",
    fill="#",
    hollow=".",
    line="-",
    first="<",
    ends="||",
    dot="-",
    times="x",
    checked="[x]",
    unchecked="[ ]",
)

_ASCII_WORDS = str.maketrans(
    {"…": "~", "≤": "<", "≥": ">", "•": "*", "·": "-", "×": "x", "—": "-", "–": "-", "’": "'"}
)


class Look(msgspec.Struct, frozen=True):
    """Glyphs and theme of one window. `ascii`: nothing outside ASCII is written; `plain`: eight colours."""

    ascii: bool = False
    plain: bool = False
    theme: str = DEFAULT

    @property
    def glyphs(self) -> Glyphs:
        """The signs to draw with."""
        return ASCII if self.ascii else _UNICODE

    def severity(self, severity: Severity | None) -> tuple[str, str]:
        """Glyph and token of a severity; of none: the good ones."""
        glyphs = self.glyphs
        return {
            Severity.CRITICAL: (glyphs.critical, "crit"),
            Severity.WARNING: (glyphs.warning, "warn"),
            Severity.INFO: (glyphs.info, "busy"),
            None: (glyphs.good, "good"),
        }[severity]

    def writable(self, text: str) -> str:
        """The text as this terminal can show it."""
        if not self.ascii or text.isascii():
            return text
        signs = text.translate(_ASCII_WORDS)
        plain = "".join(sign if sign.isascii() else "?" * cell_len(sign) for sign in signs)
        return set_cell_size(plain, cell_len(text))  # what stands beside a wide sign stays in its cell

    def style(self, token: str) -> Style:
        """The style of a token."""
        return styles("plain" if self.plain else self.theme).get(token, _NONE)


_UNICODE = Glyphs()
_NONE = Style()


def terminal_look(environ: Mapping[str, str] = os.environ, want_ascii: bool = False, theme: str = DEFAULT) -> Look:
    """The look that fits the terminal: few colours, NO_COLOR, or a locale that is not UTF-8."""
    term = environ.get("TERM", "")
    rich = environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}
    many = rich or term.rpartition("-")[2] in {"256color", "kitty", "direct"}
    utf8 = locale.getencoding().lower().replace("-", "") == "utf8"
    return Look(want_ascii or not utf8 or term == "linux", not many or "NO_COLOR" in environ, theme)
