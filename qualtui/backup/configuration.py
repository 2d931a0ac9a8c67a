"""Our configuration as a backup keeps it: references as they stand, and no secret."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import tomli_w

from qualtui.backup.part import Part
from qualtui.config.aliases import rename_old
from qualtui.config.checks import CHECKS
from qualtui.config.convert import bare, is_struct
from qualtui.config.load import toml_tables
from qualtui.config.reader import ConfigReader
from qualtui.config.values import AgentSettings, Config, Secret

CONFIGURATION_PART = "config.toml"
HIDDEN = "***"
LEAST = 6  # characters of a secret that is also looked for elsewhere; a shorter one is in any text

_REFERENCE = re.compile(r"\$\{(?:file:[^{}]*|[A-Za-z_][A-Za-z0-9_]*)(:-[^{}]*)?\}")


def configuration_part(config: Config) -> Part:
    """Return the file that `config` was read from, without its comments and secrets. Raises ConfigErrors."""
    path = Path(config.path)
    tables = toml_tables(path)
    rename_old(ConfigReader(str(path), os.environ, CHECKS), tables)
    text = tomli_w.dumps(without_secrets(tables))
    for secret in sorted(_secrets(config), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return Part(CONFIGURATION_PART, text.encode())


def without_secrets(tables: dict[str, Any]) -> dict[str, Any]:
    """Return the tables with each secret's text reduced to the references in it."""
    known = {name: value for name, value in tables.items() if name != "defaults"}
    plain: dict[str, Any] = _plain(Config, known)
    if "defaults" in tables:
        plain["defaults"] = _plain(AgentSettings, tables["defaults"])
    return plain


def references_alone(text: str) -> str:
    """Return a secret's text with *** for whatever is no reference; a default in one is hidden, too."""
    kept, end = "", 0
    for found in _REFERENCE.finditer(text):
        if found.start() and text[found.start() - 1] == "$":  # $${ stands for ${ itself
            continue
        between = HIDDEN if found.start() > end else ""
        reference = found[0]
        if len(found[1] or "") > len(":-"):
            reference = reference.replace(found[1], f":-{HIDDEN}")
        kept, end = kept + between + reference, found.end()
    return kept + (HIDDEN if end < len(text) else "")


def _plain(of: Any, value: Any) -> Any:
    of = bare(of)
    if of is Secret:
        return references_alone(value) if isinstance(value, str) else HIDDEN
    if is_struct(of) and isinstance(value, dict):
        types = {field.encode_name: field.type for field in msgspec.structs.fields(of)}
        return {name: _plain(types[name], inner) for name, inner in value.items() if name in types}
    if get_origin(of) is dict and isinstance(value, dict):
        return {name: _plain(get_args(of)[1], inner) for name, inner in value.items()}
    if get_origin(of) is tuple and isinstance(value, list):
        return [_plain(get_args(of)[0], inner) for inner in value]
    return value


def _secrets(value: object) -> Iterator[str]:
    """The secrets in a value, as they are used: none of them may stand anywhere in the text."""
    if isinstance(value, Secret):
        if len(value.reveal()) >= LEAST:
            yield value.reveal()
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from _secrets(getattr(value, field.name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _secrets(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _secrets(inner)
