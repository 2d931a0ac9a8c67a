"""The mistakes in a configuration: all at once, one line each, no secret printed."""

import json
import re

import msgspec

from qualtui.text import clean, masked
from qualtui.text.message import Text, message

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://[^\s\"']*")
_BARE = re.compile(r"[A-Za-z0-9_\-]+")


class Problem(msgspec.Struct, frozen=True):
    """One mistake. `key` is the dotted path in the file, or a line, or empty for the whole file."""

    file: str
    key: str
    found: str
    expected: str
    remedy: str = ""  # the next step, if `expected` does not say it

    @property
    def text(self) -> Text:
        """The mistake as one sentence for people."""
        place = ": ".join(part for part in (self.file, self.key) if part) or "?"
        if self.remedy:
            return message(
                "{place}: found {found}, expected {expected}. {remedy}",
                place=place,
                found=self.found,
                expected=self.expected,
                remedy=self.remedy,
            )
        return message(
            "{place}: found {found}, expected {expected}", place=place, found=self.found, expected=self.expected
        )

    def __str__(self) -> str:
        return str(self.text)


class ConfigErrors(Exception):  # noqa: N818 - it carries several errors
    """The configuration can't be used; `problems` lists every mistake in it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the configuration")
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def toml_kind(value: object) -> str:
    """What TOML calls a value of this type, with its article."""
    names = {
        dict: "a table",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "a date or time")


def shown_value(value: object) -> str:
    """A value as a problem may print it: short, one line; of an address only what can't be a secret."""
    if isinstance(value, str):
        text = _ADDRESS.sub(lambda found: f"{found[1]}://***", value[:400])
        return json.dumps(clean(masked(text), 60), ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**20 else "a number of more than 20 digits"
    if isinstance(value, float):
        return repr(value)
    return toml_kind(value)


def dotted(*parts: str | int) -> str:
    """A path as TOML writes it: a part that is not a bare key is quoted, a number is a position in a list."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            bare = _BARE.fullmatch(part) and len(part) <= 60
            path += ("." if path else "") + (part if bare else shown_value(part))
    return path


def nearest(word: str, known: list[str]) -> str:
    """The most similar known word, or all of them: the `expected` of an unknown word."""
    import difflib

    close = difflib.get_close_matches(word[:80], known, n=1, cutoff=0.6)
    if close:
        return f'"{close[0]}"'
    return f"one of {_listed(known)}" if known else "none"


def _listed(names: list[str]) -> str:
    """All names; those with the same first word together: db.{seconds, up}."""
    alone = sorted(name for name in names if "." not in name)
    groups: dict[str, list[str]] = {}
    for name in sorted(name for name in names if "." in name):
        first, _dot, rest = name.partition(".")
        groups.setdefault(first, []).append(rest)
    grouped = [f"{first}.{_braced(rest)}" for first, rest in groups.items()]
    return ", ".join(sorted([*alone, *grouped]))


def _braced(names: list[str]) -> str:
    return names[0] if len(names) == 1 else "{" + ", ".join(names) + "}"
