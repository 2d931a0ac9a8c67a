"""What a person would read: any value with each Text in it as its English sentence."""

from typing import Any, TypeVar

import msgspec

from qualtui.text.message import Text

T = TypeVar("T")


def english(value: T) -> T:
    """The value, each Text in it rendered; its type stays, because a Saying may be a string."""
    plain: T = _plain(value)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, msgspec.Struct):
        fields = value.__struct_fields__
        return msgspec.structs.replace(value, **{name: _plain(getattr(value, name)) for name in fields})
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_plain, value))
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value
