"""Key bindings from one declaration: the keys stand in config/keys.py, action and word beside who obeys them."""

from textual.binding import Binding

from qualtui.config.keys import BINDINGS

_TEXTUAL = {
    "?": "question_mark",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    ":": "colon",
    "-": "minus",
    "+": "plus",
    "=": "equals_sign",
    "/": "slash",
}


def binding(name: str, action: str, word: str, *, show: bool = True) -> Binding:
    """The binding with this id. `word` is English; whoever shows it translates it. Raises KeyError."""
    keys = ",".join(_TEXTUAL.get(key, key) for key in BINDINGS[name])
    return Binding(keys, action, word, id=name, show=show)
