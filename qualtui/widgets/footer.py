"""The footer: the keys that matter here, most useful first."""

from collections.abc import Container, Sequence

from qualtui.text import _
from qualtui.widgets.chips import GAP, chips
from qualtui.widgets.line import Line

NARROW = 60  # cells below which keys stand closer together

_NAMES = {
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "colon": ":",
    "escape": "esc",
    "slash": "/",
    "minus": "-",
    "plus": "+",
    "equals_sign": "=",
}


def key_name(key: str) -> str:
    """A key as it is printed on a keyboard: the first of several."""
    first = key.split(",", 1)[0].strip()
    return _NAMES.get(first, first)


def footer(keys: Sequence[tuple[str, str]], cells: int, dim: Container[str] = ()) -> Line:
    """Keys and words, as many as fit; a help that comes last keeps its place. `dim`: of no use now."""
    last = keys[-1][0] if keys and keys[-1][1] == _("help") else ""
    return chips(keys, cells, dim, last, gap=1 if cells < NARROW else GAP)
