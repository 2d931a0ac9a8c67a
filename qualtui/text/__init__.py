"""Text for people: translation, cleaning of outside text, durations, masked phones."""

import gettext
import re
from functools import lru_cache
from math import isfinite
from pathlib import Path

_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: a terminal obeys these
    "\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"  # invisible and direction-changing characters
    "\ud800-\udfff]+"  # lone surrogates cannot be encoded
)
_PHONE = re.compile(
    "\\+?\\d(?:[\\s()./_·\\-\u2010-\u2015\u2212]{0,3}\\d){7,}"
)  # the dashes of keyboards and of phones, too


@lru_cache(maxsize=1)
def catalogue() -> gettext.NullTranslations:
    """The catalogue of the language in LANGUAGE, LC_ALL, LC_MESSAGES or LANG; English where there is none."""
    return gettext.translation("qualtui", Path(__file__).parent / "locale", fallback=True)


@lru_cache(maxsize=32)
def catalogue_of(language: str) -> gettext.NullTranslations:
    """The catalogue of a language such as `pt_BR`; English where it is empty or there is none."""
    if not language:
        return gettext.NullTranslations()
    return gettext.translation("qualtui", Path(__file__).parent / "locale", languages=[language], fallback=True)


def _(message: str) -> str:
    """The message in the reader's language."""
    return catalogue().gettext(message)


def plural(one: str, many: str, n: int) -> str:
    """The message that fits the number n, in the reader's language."""
    return catalogue().ngettext(one, many, n)


def clean(text: object, limit: int = 200) -> str:
    """Outside text made safe to show: one line, no control characters, at most `limit` characters."""
    if type(text) is str and len(text) <= limit and text.isprintable() and "  " not in text:
        return text.strip(
            " "
        )  # nearly every text: a printable one has no other white space, nor what _CONTROL finds
    line = _CONTROL.sub(" ", str(text)[: limit * 4])
    if not line.isprintable():  # what no Unicode table knows has no width either
        line = "".join(char if char.isprintable() else " " for char in line)
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def masked(text: str) -> str:
    """Text with every run of eight or more digits (a phone number, written in any way) masked."""
    return _PHONE.sub(lambda found: mask_phone(found.group()), text)


def mask_phone(phone: str) -> str:
    """`5511987654321` as `+55 11 •••••-••21`: country, area and the last two digits remain."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 8:
        return "•" * max(len(digits), 1)
    if digits.startswith("55") and len(digits) in (12, 13):
        return f"+55 {digits[2:4]} {'•' * (len(digits) - 8)}-••{digits[-2:]}"
    return f"{'•' * (len(digits) - 2)}{digits[-2:]}"


def figure(value: float) -> str:
    """A number as a person needs it, the one rounding of every figure: 0.25, 8.7, 37.

    What is short of 100, as a share of minutes, is never rounded up to it: 99.9.
    """
    if not isfinite(value):
        return "?"
    if value == int(value):
        return f"{value:.0f}"
    if 99 < value < 100:
        return f"{int(value * 10) / 10:.1f}"
    if abs(value) >= 10:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2g}"


def span(seconds: float) -> str:
    """A duration in at most two units: `4s`, `5m`, `2h 05m`, `3d 4h`; a negative one counts as 0."""
    total = max(0, int(seconds))
    if total < 60:
        return f"{total}s"
    if total < 3600:
        return f"{total // 60}m"
    if total < 86400:
        return f"{total // 3600}h {total % 3600 // 60:02d}m"
    return f"{total // 86400}d {total % 86400 // 3600}h"
