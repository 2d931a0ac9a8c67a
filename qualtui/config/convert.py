"""One value of the configuration: what its type looks like in TOML, and how it becomes that type."""

import types
import typing
from enum import StrEnum
from typing import Any, Final

import msgspec

from qualtui.config import durations
from qualtui.config.values import Level, Seconds, Secret

OFF: Final = "off"  # removes a default threshold


class ConvertError(Exception):
    """A value that can't be taken; the text is what was expected."""


def bare(of: Any) -> Any:
    """The type without `| None`."""
    if typing.get_origin(of) in (types.UnionType, typing.Union):
        return next(part for part in typing.get_args(of) if part is not types.NoneType)
    return of


def is_struct(of: Any) -> bool:
    """Whether the type is a table with known keys."""
    return isinstance(of, type) and issubclass(of, msgspec.Struct)


def hint(of: Any) -> str:
    """What a value of this type looks like."""
    inner = bare(of)
    if inner is Seconds:
        return durations.EXPECTED
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return f"one of {', '.join(inner)}"
    hints = {Secret: "a text", Level: f'a number, or {durations.EXPECTED}, or "{OFF}"', bool: "true or false"}
    hints |= {int: "a whole number", float: "a number", str: "a text"}
    return hints.get(inner, "a list" if typing.get_origin(inner) is tuple else "a table")


def convert(of: Any, value: object, *, loose: bool) -> Any:
    """The value as this type. `loose`: the text came out of a reference, and may spell a number."""
    expected = hint(of)
    if loose and of in (int, float, bool) and isinstance(value, str):
        value = _spelt(value)
    if of is Seconds:
        try:
            return Seconds(durations.seconds(value))
        except durations.DurationError as error:
            raise ConvertError(str(error)) from None
    if of is Level:
        return _level(value, expected)
    if of in (str, Secret) or issubclass(of, StrEnum):
        if not isinstance(value, str):
            raise ConvertError(expected)
        if of is Secret:
            return Secret(value)
        if of is str:
            return value
        try:
            return of(value)
        except ValueError:
            raise ConvertError(expected) from None
    if of is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return float(value)
    if type(value) is not of:
        raise ConvertError(expected)
    return value


def _level(value: object, expected: str) -> Level:
    if isinstance(value, str):
        try:
            return Level(durations.seconds(value))
        except durations.DurationError:
            raise ConvertError(expected) from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 10**15:
        raise ConvertError(expected)
    return Level(value)


def _spelt(text: str) -> object:
    """The number or truth value that a text spells; the text where it spells none."""
    if text in ("true", "false"):
        return text == "true"
    for number in (int, float):
        try:
            return number(text[:40])
        except ValueError:
            continue
    return text
