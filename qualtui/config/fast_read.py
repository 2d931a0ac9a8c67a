"""The few plain keys that a window needs, read without the checks: it must be there at once.

What is not plain (a reference, a wrong type, an unknown key, a text that is no TOML) is left to the whole reader,
which says everything that is wrong with it.
"""

import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

from qualtui.config import files
from qualtui.config.keys import wrong_keys
from qualtui.config.values import BellName, Config, DemoSettings, ScreenSettings, StoreSettings, ThemeName

SIZE_LIMIT = 64 * 1024  # bytes that are parsed: more of them take the whole reader
FILE_LIMIT = 1024 * 1024  # bytes of the file
# A table of an agent with plain lines alone: hundreds of agents would cost a window more than all the rest.
_AGENT = re.compile(
    rb"^\[agents\.[\w.-]++\][ \t\r]*+\n"
    rb"(?:(?:[\w-]++[ \t]*+=[ \t]*+(?:\"[ !#-\[\]-~]*+\"|\d++(?:\.\d++)?|true|false)[ \t\r]*+|[ \t\r]*+)\n)*+"
    rb"(?=\[|\Z)",
    re.MULTILINE,
)
_PLAIN: dict[str, dict[str, type | tuple[type, ...]]] = {
    "store": {"path": str, "socket": str},
    "screen": {"zone": str, "ascii": bool, "theme": ThemeName, "title": bool, "bell": BellName},
    "demo": {"control_url": str, "speed": (int, float)},
}
_SKIPPED = {
    "store": {"keep_raw", "keep_minutes", "keep_hours", "keep_events", "others"},
    "screen": set(),
    "demo": set(),
}


def fast_read(path: Path) -> Config | None:
    """Store, screen, keys and demo of a plain configuration; None: read it whole."""
    try:
        whole = files.without_bom(files.read_file(path, FILE_LIMIT))
        text = _without_agents(whole)
        if len(text) > SIZE_LIMIT or not whole.strip() or files.long_key(text):
            return None
        raw = tomllib.loads(text.decode())
    except (files.UnreadableError, ValueError, RecursionError):
        return None
    keys = raw.get("keys", {})
    if not _texts(keys) or wrong_keys(keys):
        return None
    sections = {name: _section(name, raw.get(name, {})) for name in _PLAIN}
    store, screen, demo = sections["store"], sections["screen"], sections["demo"]
    if store is None or screen is None or demo is None:
        return None
    return Config(
        agents={},
        keys=keys,
        store=StoreSettings(**store),
        screen=ScreenSettings(**screen),
        demo=DemoSettings(**demo),
        path=str(path.absolute()),
    )


def _without_agents(text: bytes) -> bytes:
    """The text without the agents' plain tables; a string of several lines might hold what only looks like one."""
    return text if b'"""' in text or b"'''" in text else _AGENT.sub(b"", text)


def _texts(table: object) -> bool:
    return isinstance(table, dict) and all(_plain(value, str) for value in table.values())


def _section(name: str, table: object) -> dict[str, Any] | None:
    """The wanted keys of a section; None where one is not plain or not known."""
    wanted, skipped = _PLAIN[name], _SKIPPED[name]
    if not isinstance(table, dict) or not table.keys() <= wanted.keys() | skipped:
        return None
    found = {key: value for key, value in table.items() if key in wanted}
    if not all(_plain(value, wanted[key]) for key, value in found.items()):
        return None
    return {key: _converted(value, wanted[key]) for key, value in found.items()}


def _plain(value: object, kind: type | tuple[type, ...]) -> bool:
    """Of the kind, and without a reference or anything else that the checks would have to look at."""
    if isinstance(value, bool) and kind is not bool:
        return False
    if isinstance(value, str) and ("$" in value or "\x00" in value or len(value) > 90):
        return False
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return isinstance(value, str) and value in tuple(kind)
    return isinstance(value, kind)


def _converted(value: object, kind: type | tuple[type, ...]) -> object:
    return kind(str(value)) if isinstance(kind, type) and issubclass(kind, StrEnum) else value
