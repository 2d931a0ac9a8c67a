"""What a configuration from an archive would have polled, sent to or run otherwise than the present one."""

from collections.abc import Iterator
from typing import Any

import msgspec

WATCHED = (
    "url",
    "deep",
    "sql",
    "hook",
    "http",
    "control_url",
    "demo_url",
    "public_url",
    "service",
    "dsn",
    "write_dsn",
)


class AddressChange(msgspec.Struct, frozen=True):
    """An address or a statement under a key: the present one, and the archive's; empty where there is none."""

    key: str
    present: str
    archived: str


def differences(present: dict[str, Any], archived: dict[str, Any]) -> tuple[AddressChange, ...]:
    """Return every address and statement that differs, in the order of the keys. Both are without secrets."""
    now, then = dict(_watched(present, "")), dict(_watched(archived, ""))
    keys = sorted({*now, *then})
    found = (AddressChange(key, now.get(key, ""), then.get(key, "")) for key in keys)
    return tuple(one for one in found if one.present != one.archived)


def _watched(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _watched(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _watched(inner, f"{key}.{number}")
    elif isinstance(value, str) and ("://" in value or key.rpartition(".")[2] in WATCHED):
        yield key, value
