"""The themes: what style each token has. Each has contrast, and severities that colour-blind eyes can distinguish.

tests/widgets/test_themes.py computes both: WCAG 2.1, and distances in simulated protanopia and deuteranopia.
"""

from collections.abc import Mapping
from functools import cache

from rich.style import Style
from textual.theme import Theme

_DARK = {
    "text": "#c3cad5",
    "strong": "bold #f0f4f9",
    "label": "#8b98a9",
    "faint": "#7b8797",
    "rule": "#2b3645",
    "title": "bold #7fa6cc",
    "key": "bold #9fc3e6",
    "chip": "bold #0d1117 on #8fb4d9",
    "dimchip": "#8b98a9 on #1f2937",
    "good": "#56918a",  # dim: only trouble is bright; bluish, so that it is no red to any eye
    "busy": "#4f8df2",
    "spark": "#3d719f",
    "gap": "#3a4656",
    "warn": "bold #f0cd2e",
    "warnspark": "#cfae22",
    "crit": "bold #f5503f",
    "critspark": "#af3626",
    # Of a tall column the body is dark and the top bright: the eye follows the tops.
    "sparktop": "#7fa6cc",
    "sparkbody": "#24364a",
    "warnbody": "#4d3d17",
    "critbody": "#5c2523",
    "critbadge": "bold #ffffff on #b62324",
    "warnbadge": "bold #1a1300 on #d29922",
    "infobadge": "bold #0d1117 on #6f9dc8",
    "okbadge": "bold #a9d6cf on #12302d",
    "unknown": "bold #f0ccff",
    "cursor": "bold #9fc3e6",
}

_LIGHT = {
    "text": "#24292f",
    "strong": "bold #0b0f14",
    "label": "#4f5b68",
    "faint": "#66717d",
    "rule": "#c4ccd6",
    "title": "bold #0a4a86",
    "key": "bold #0a4a86",
    "chip": "bold #ffffff on #2f5f92",
    "dimchip": "#4f5b68 on #e6eaef",
    "good": "#077967",
    "busy": "#293f6c",
    "spark": "#4287bc",
    "gap": "#c4ccd6",
    "warn": "bold #a05a11",
    "warnspark": "#c28123",
    "crit": "bold #8a0f26",
    "critspark": "#8f1022",
    "sparktop": "#2f6a9c",
    "sparkbody": "#b9d0e6",
    "warnbody": "#f0d9ad",
    "critbody": "#ecc3c8",
    "critbadge": "bold #ffffff on #a01024",
    "warnbadge": "bold #1a1300 on #e0a020",
    "infobadge": "bold #ffffff on #2f5f92",
    "okbadge": "bold #054d42 on #d5ece8",
    "unknown": "bold #975ab0",
    "cursor": "bold #0a4a86",
}

_WALL = _DARK | {
    "text": "#dfe6ef",
    "strong": "bold #ffffff",
    "label": "#b4c0cf",
    "faint": "#94a2b3",
    "rule": "#3a4656",
    "title": "bold #9cc6f0",
    "key": "bold #b5d8fb",
    "good": "#79b6ab",
    "busy": "#78a6f8",
    "spark": "#4f86b8",
    "gap": "#4a5768",
    "warn": "bold #fade66",
    "warnspark": "#dcbc3a",
    "crit": "bold #ff7a5c",
    "critspark": "#cc392f",
    "sparktop": "#9cc6f0",
    "critbadge": "bold #ffffff on #a01818",
    "warnbadge": "bold #000000 on #f0b429",
    "infobadge": "bold #000000 on #8fb4e0",
    "okbadge": "bold #bfe6df on #0f2b28",
    "unknown": "bold #eddafd",
    "cursor": "bold #b5d8fb",
}

PLAIN: Mapping[
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
    "okbadge": "bold green",
    "unknown": "bold magenta",
    "cursor": "bold default",
}

DEFAULT, ON_WALL = "dark", "wall"
COLOURS: Mapping[str, Mapping[str, str]] = {"dark": _DARK, "light": _LIGHT, "wall": _WALL}
LIT: Mapping[str, str] = {
    "dark": "#1f2d3d",
    "light": "#dbe6f2",
    "wall": "#22303f",
}  # of the row under the cursor
GROUNDS: Mapping[str, str] = {"dark": "#0d1117", "light": "#ffffff", "wall": "#000000"}
_PANELS = {"dark": ("#131a23", "#1b2430"), "light": ("#f2f5f8", "#e6eaef"), "wall": ("#10151c", "#1b2430")}


@cache
def styles(theme: str) -> Mapping[str, Style]:
    """The styles of a theme on its ground; `plain`: in eight colours on the terminal's own."""
    words = PLAIN if theme == "plain" else COLOURS[theme]
    base = Style.parse(f"on {GROUNDS.get(theme, 'default')}")
    return {token: base + Style.parse(word) for token, word in words.items()}


def app_theme(theme: str) -> Theme:
    """The same for Textual: dialogs, inputs, the palette."""
    colours = {token: word.rpartition(" ")[2] for token, word in COLOURS[theme].items() if " on " not in word}
    surface, panel = _PANELS[theme]
    return Theme(
        name=f"qualtui-{theme}",
        dark=theme != "light",
        primary=colours["busy"],
        secondary=colours["label"],
        accent=colours["title"],
        foreground=colours["text"],
        background=GROUNDS[theme],
        surface=surface,
        panel=panel,
        boost=panel,
        success=colours["good"],
        warning=colours["warn"],
        error=colours["crit"],
    )
