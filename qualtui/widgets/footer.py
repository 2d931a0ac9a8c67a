"""The footer: the keys that matter here, most useful first."""

from collections.abc import Sequence

from qualtui.widgets.line import Line, Span

_NAMES = {
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "colon": ":",
    "escape": "esc",
    "slash": "/",
}


def key_name(key: str) -> str:
    """A key as it is printed on a keyboard: the first of several."""
    first = key.split(",", 1)[0].strip()
    return _NAMES.get(first, first)


def footer(keys: Sequence[tuple[str, str]], cells: int) -> Line:
    """Key and word pairs, as many as fit."""
    spans: list[Span] = []
    used = 1
    for key, word in keys:
        size = len(key) + len(word) + 4
        if used + size > cells:
            break
        spans += [Span(f" {key}", "key"), Span(f" {word}  ", "label")]
        used += size
    return tuple(spans)
