"""What may stand under [keys]: the bindings with their own keys, and what a key is. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

# In the order of the help; a test holds them to the screen's own.
BINDINGS: dict[str, tuple[str, ...]] = {
    "quit": ("q",),
    "back": ("escape",),
    "help": ("?",),
    "customers": ("c", "2"),
    "incidents": ("3",),
    "machines": ("4",),
    "failures": ("5",),
    "sessions": ("6",),
    "notices": ("7",),
    "security": ("8",),
    "activity": ("9",),
    "handover": ("H",),
    "wall": ("t",),
    "doctor": ("d",),
    "figures": ("e",),
    "fix": ("f",),
    "have": ("a",),
    "release": ("A",),
    "snooze": ("z",),
    "note": ("n",),
    "silence": ("s",),
    "answered": ("m",),
    "reveal": ("v",),
    "stop": ("x",),
    "automatic": ("P",),
    "undo": ("u",),
    "refresh": ("r",),
    "pause": ("p",),
    "literal": ("w",),
    "copy": ("y",),
    "previous": ("[",),
    "next": ("]",),
    "commands": (":",),
    "suspend": ("ctrl+z",),
    "down": ("j", "down"),
    "up": ("k", "up"),
    "first": ("g", "home"),
    "last": ("G", "end"),
    "page_down": ("pagedown",),
    "page_up": ("pageup",),
    "open": ("enter",),
    "shorter": ("-",),
    "longer": ("+", "="),
    "earlier": ("left",),
    "later": ("right",),
    "filter": ("/",),
    "sort": ("S",),
    "list": ("l",),
    "resend": ("T",),
}
NAMES = (
    *("tab", "enter", "space", "comma", "backspace", "escape", "insert", "delete"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *(f"f{number}" for number in range(1, 13)),
)
MODIFIERS = ("ctrl", "shift", "alt")
EXPECTED = 'a key, such as "h", "?", "f1" or "ctrl+h"'


class Wrong(NamedTuple):
    """A binding whose key can't be taken."""

    binding: str
    found: str
    expected: str


def is_key(name: str) -> bool:
    """One printable character, or a key's name, after ctrl+, alt+ or shift+ (a capital needs none)."""
    *before, last = name.split("+") if len(name) > 1 else (name,)
    if len(set(before)) < len(before) or not set(before) <= set(MODIFIERS):
        return False
    character = len(last) == 1 and last.isprintable() and not last.isspace() and last != ","
    return last in NAMES or (character and "shift" not in before)


def keys_of(text: str) -> tuple[str, ...]:
    """The keys of a binding as they are written: one, or several with commas between them."""
    return tuple(part.strip() for part in text.split(","))


def wrong_keys(given: Mapping[str, str]) -> list[Wrong]:
    """What is wrong with the keys that were given: no such binding, no key, or another binding's key."""
    if not given:  # the usual case; the window's start waits for this
        return []
    from qualtui.config.errors import nearest, shown_value

    problems: list[Wrong] = []
    bound = BINDINGS | {name: keys_of(text) for name, text in given.items() if name in BINDINGS}
    owners = {key: name for name, keys in bound.items() if name not in given for key in keys}
    for name in given:
        if name not in BINDINGS:
            problems.append(Wrong(name, "an unknown key", nearest(name, list(BINDINGS))))
        for key in bound.get(name, ()):
            owner = owners.setdefault(key, name)  # of two that were given the first one has it
            if not is_key(key):
                problems.append(Wrong(name, shown_value(key), _meant(key)))
            elif owner != name:
                problems.append(
                    Wrong(
                        name, f'{shown_value(key)}, which is the key of "{owner}"', "a key that nothing else uses"
                    )
                )
    return problems


def _meant(key: str) -> str:
    import difflib

    close = difflib.get_close_matches(key.lower()[:40], NAMES, n=1, cutoff=0.75)
    return f'"{close[0]}"' if close else EXPECTED
