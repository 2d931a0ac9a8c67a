"""How the screen looks: glyphs (or their ASCII stand-ins) and the palette from style token to style."""

import locale
import os
from collections.abc import Mapping

import msgspec
from rich.cells import cell_len, set_cell_size
from rich.style import Style
from textual.theme import Theme

from qualtui.model import Severity

GROUND = "#0d1117"

THEME = Theme(
    name="qualtui",
    dark=True,
    primary="#6f9dc8",
    secondary="#8b98a9",
    accent="#7fb0dd",
    foreground="#c3cad5",
    background=GROUND,
    surface="#131a23",
    panel="#1b2430",
    boost="#1b2430",
    success="#4f8a68",
    warning="#e3b341",
    error="#ff5f56",
)

_COLOURS: dict[str, str] = {
    "text": "#c3cad5",
    "strong": "bold #f0f4f9",
    "label": "#8b98a9",
    "faint": "#5b6675",
    "rule": "#2b3645",
    "title": "bold #7fa6cc",
    "key": "bold #9fc3e6",
    "chip": "bold #0d1117 on #8fb4d9",
    "dimchip": "#8b98a9 on #1f2937",
    "good": "#4f8a68",  # green is dim: only trouble is bright
    "busy": "#6f9dc8",
    "spark": "#3f5f82",
    "gap": "#3a4656",
    "warn": "bold #e3b341",
    "warnspark": "#b8902f",
    "crit": "bold #ff6b62",
    "critspark": "#d14b44",
    # Of a tall column the body is dark and the top bright: the eye follows the tops.
    "sparktop": "#7fa6cc",
    "sparkbody": "#24364a",
    "warnbody": "#4d3d17",
    "critbody": "#5c2523",
    "critbadge": "bold #ffffff on #b62324",
    "warnbadge": "bold #1a1300 on #d29922",
    "infobadge": "bold #0d1117 on #6f9dc8",
    "unknown": "bold #d2a8ff",
    "cursor": "bold #9fc3e6",
}

_PLAIN: dict[
    str, str
] = {  # eight colours, or none: the terminal's own ground, weight and reverse carry the meaning
    "text": "default",
    "strong": "bold default",
    "label": "default",
    "faint": "default",
    "rule": "blue",
    "title": "bold cyan",
    "key": "bold default",
    "chip": "bold reverse default",
    "dimchip": "default",
    "good": "green",
    "busy": "cyan",
    "spark": "blue",
    "gap": "default",
    "warn": "bold yellow",
    "warnspark": "yellow",
    "crit": "bold red",
    "critspark": "red",
    "sparktop": "blue",
    "sparkbody": "blue",
    "warnbody": "yellow",
    "critbody": "red",
    "critbadge": "bold white on red",
    "warnbadge": "bold black on yellow",
    "infobadge": "bold black on cyan",
    "unknown": "bold magenta",
    "cursor": "bold default",
}


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
    """Glyphs and palette of one window. `ascii`: nothing outside ASCII is written; `plain`: eight colours."""

    ascii: bool = False
    plain: bool = False

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
        return (_PLAIN_STYLES if self.plain else _STYLES).get(token, _NONE)


_UNICODE = Glyphs()
_NONE = Style()


def _styles(words: Mapping[str, str], ground: str) -> dict[str, Style]:
    base = Style.parse(f"on {ground}") if ground else Style()
    return {token: base + Style.parse(word) for token, word in words.items()}


_STYLES = _styles(_COLOURS, GROUND)
_PLAIN_STYLES = _styles(_PLAIN, "default")


def terminal_look(environ: Mapping[str, str] = os.environ, want_ascii: bool = False) -> Look:
    """The look that fits the terminal: few colours, NO_COLOR, or a locale that is not UTF-8."""
    term = environ.get("TERM", "")
    rich = environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}
    many = rich or term.rpartition("-")[2] in {"256color", "kitty", "direct"}
    utf8 = locale.getencoding().lower().replace("-", "") == "utf8"
    return Look(ascii=want_ascii or not utf8 or term == "linux", plain=not many or "NO_COLOR" in environ)
