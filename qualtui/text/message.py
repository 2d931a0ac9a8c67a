"""Text as data: a sentence travels as its English template and its values; whoever shows it renders it.

Events, notices, samples and views carry `Text`. A window, a channel or a report turns it into words in the
reader's language, so an old event reads in today's language. The English template is the message's code: babel
extracts it from the calls of `message` and `counted`, and a catalogue translates it.

A placeholder may name a format: `{age:span}` (seconds as `5m`), `{share:percent}` (0..1 as `37 %`), `{n:number}`
(four digits at most), `{took:seconds}` (`0.25 s`), `{n:whole}` (no digits after the point), `{at:clock}` (a time
of day in the reader's zone).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from string import Formatter
from typing import Protocol

import msgspec

from qualtui import text as own
from qualtui.text import clean, figure, masked, span

LONGEST = 2000  # characters of one rendered text
DEEPEST = 8  # texts within texts


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence as data. `many` not empty: the template to use where `params["count"]` is not one."""

    code: str
    params: dict[str, "Param"] = {}
    many: str = ""

    def __bool__(self) -> bool:
        return bool(self.code)

    def __str__(self) -> str:
        """The English sentence: for logs and tests. Windows call `shown`."""
        return render(self)

    def __hash__(self) -> int:
        return hash((self.code, self.many))


Param = str | int | float | Text | list[Text | str] | None
Saying = Text | str  # a string: stored by an older version in English, or a name that is never translated
Sayings = tuple[Saying, ...] | Saying  # a text of several lines; a string: an older version stored it
EMPTY = Text("")


class Translations(Protocol):
    """A catalogue: gettext's two look-ups."""

    def gettext(self, message: str) -> str:
        """The template in this language."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The template for the number n in this language."""


class English:
    """The language of the templates themselves."""

    def gettext(self, message: str) -> str:
        """The template as it is."""
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The first template for one, else the second."""
        return msgid1 if n == 1 else msgid2


class TextReader(msgspec.Struct, frozen=True):
    """Who reads: a language, and the time zone of what happened when."""

    language: Translations = English()
    zone: tzinfo = UTC


ENGLISH = TextReader()


def message(template: str, /, **params: Param) -> Text:
    """A sentence with named values. The template must be a literal, so that it can be extracted."""
    return Text(template, params)


def counted(one: str, many: str, count: float, /, **params: Param) -> Text:
    """A sentence whose form depends on a number; both templates may name it as {count}. Both are literals."""
    whole = int(count) if count == int(count) else count
    return Text(one, {**params, "count": whole}, many)


def joined(parts: Sequence[Saying], separator: str = "; ") -> Text:
    """Sentences in a row; only for sentences that each stand alone."""
    kept = [part for part in parts if part]
    if len(kept) == 1 and isinstance(kept[0], Text):
        return kept[0]
    names = [f"p{number}" for number in range(len(kept))]
    return Text(separator.join(f"{{{name}}}" for name in names), dict(zip(names, kept, strict=True)))


def outside(text: Saying, limit: int = 200) -> Saying:
    """A string from outside in one clean line of at most `limit` characters; a Text as it is, translatable."""
    return clean(text, limit) if isinstance(text, str) else text


def masked_saying(text: Saying) -> Saying:
    """The sentence with every phone number in its values masked."""
    if isinstance(text, str):
        return masked(text)
    return Text(text.code, {name: _masked(value) for name, value in text.params.items()}, text.many)


def _masked(value: "Param") -> "Param":
    if isinstance(value, list):
        return [masked_saying(part) for part in value]
    return masked_saying(value) if isinstance(value, Text | str) else value


_own_zone: list[tzinfo] = [UTC]  # as the language, one a process


def use_zone(zone: tzinfo) -> None:
    """Show times of day in this zone, where no other is named: a window's, once the engine has said it."""
    _own_zone[0] = zone


def shown(text: Saying, zone: tzinfo | None = None) -> str:
    """The sentence in the language of the person at this terminal."""
    return render(text, TextReader(own.catalogue(), zone or _own_zone[0]))


def render(text: Saying, reader: TextReader = ENGLISH) -> str:
    """The sentence in the reader's language, in one clean line. Never raises: what does not fit stays visible."""
    return _rendered(text, reader, 0)[:LONGEST]


def _rendered(text: Saying, reader: TextReader, depth: int) -> str:
    if isinstance(text, str):
        return clean(text, LONGEST)
    if not text.code or depth > DEEPEST:
        return ""
    count = text.params.get("count")
    if text.many and isinstance(count, int | float):
        # 1.5 customers take the plural form everywhere that we translate to
        number = int(count) if count == int(count) else 2
        template = reader.language.ngettext(text.code, text.many, number)
    else:
        template = reader.language.gettext(text.code)
    parts = []
    for literal, name, form in _parsed(template):
        parts.append(literal)
        if name:
            parts.append(_value(text.params, name, form, reader, depth))
    return clean("".join(parts), LONGEST)


@lru_cache(maxsize=4096)
def _parsed(template: str) -> tuple[tuple[str, str, str], ...]:
    """Literal, placeholder and format of each piece; a template with a stray brace is one literal."""
    try:
        return tuple((literal, name or "", form or "") for literal, name, form, _c in Formatter().parse(template))
    except ValueError:
        return ((template, "", ""),)


def _value(params: Mapping[str, Param], name: str, form: str, reader: TextReader, depth: int) -> str:
    if name not in params:
        return f"{{{name}}}"
    value = params[name]
    if isinstance(value, Text):
        return _rendered(value, reader, depth + 1)
    if isinstance(value, list):
        return ", ".join(_rendered(part, reader, depth + 1) for part in value)
    if isinstance(value, int | float):
        return _clock(value, reader) if form == "clock" else FORMATS.get(form, figure)(float(value))
    return "" if value is None else clean(value, LONGEST)


def _clock(at: float, reader: TextReader) -> str:
    try:
        return f"{datetime.fromtimestamp(at, reader.zone):%H:%M}"
    except (OverflowError, ValueError, OSError):
        return "?"


def _percent(share: float) -> str:
    return f"{figure(round(100 * share, 1 if share < 0.1 or share > 0.99 else 0))} %"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 1 else f"{figure(round(seconds, 1))} s"


FORMATS: dict[str, Callable[[float], str]] = {
    "span": span,
    "percent": _percent,
    "seconds": _seconds,
    "number": figure,
    "whole": lambda value: f"{value:.0f}",
}
