"""The configuration as plain tables again: durations as texts, secrets as ***, what is not set left out."""

from enum import Enum
from typing import Any

import msgspec

from qualtui.config.durations import written
from qualtui.config.series_names import in_seconds
from qualtui.config.values import Config, Level, Rule, Seconds, Secret

HIDDEN = "***"
_LOADERS = ("digest", "path")  # set by the loader, never in a file


def plain(config: Config) -> dict[str, Any]:
    """The effective configuration, to be written as TOML or JSON. No secret is in it."""
    tables: dict[str, Any] = _plain(config)
    return {name: value for name, value in tables.items() if name not in _LOADERS}


def _plain(value: object) -> Any:
    if isinstance(value, msgspec.Struct):
        timed = isinstance(value, Rule) and in_seconds(value.series)
        table = {}
        for field in msgspec.structs.fields(value):
            inner = getattr(value, field.name)
            if isinstance(inner, Level):
                table[field.encode_name] = written(inner) if timed and inner >= 0 else _number(inner)
            elif inner is not None:
                table[field.encode_name] = _plain(inner)
        return table
    if isinstance(value, Secret):
        return HIDDEN
    if isinstance(value, Seconds):
        return written(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _number(level: float) -> float | int:
    return int(level) if level == int(level) else float(level)
