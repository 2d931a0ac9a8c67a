"""Statements in .sql files: their names of tables and columns mapped and quoted; and instants as parameters."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources

from qualtui.config.values import Mapping
from qualtui.database.kinds import DatabaseError, Kind
from qualtui.text import clean
from qualtui.text.message import message

_PLACE = re.compile(r"\{\{([a-z_]+)(?:\.([a-z_]+))?\}\}")


def moment(at: float) -> datetime:
    """The instant as asyncpg wants it; exact to the microsecond."""
    return datetime.fromtimestamp(at, UTC)


@lru_cache(maxsize=128)
def _file(package: str, name: str) -> str:
    return resources.files(package).joinpath("sql", f"{name}.sql").read_text("utf-8")


def sql(package: str, file: str, mapping: Mapping) -> str:
    """The statement in PACKAGE/sql/FILE.sql, its {{table}} and {{table.column}} mapped and quoted.

    Raises DatabaseError (config) where a mapped name cannot be an identifier.
    """

    def identifier(found: re.Match[str]) -> str:
        name, column = found.groups()
        if column is None:
            return table(name, mapping)
        return _quoted(mapping.names.get(f"{name}.{column}", column))

    return _PLACE.sub(identifier, _file(package, file))


def table(name: str, mapping: Mapping) -> str:
    """The mapped and quoted name of a table, for a parameter that is a name."""
    return ".".join(_quoted(part) for part in _parts(mapping.names.get(name, name)))


def _parts(name: str) -> list[str]:
    parts = name.split(".")
    if len(parts) > 2:
        raise DatabaseError(Kind.CONFIG, message("{name} is not TABLE or SCHEMA.TABLE", name=clean(name)))
    return parts


def _quoted(name: str) -> str:
    if not name or "\x00" in name or len(name.encode("utf-8", "replace")) > 63:
        raise DatabaseError(Kind.CONFIG, message("'{name}' is not a name of a table or column", name=clean(name)))
    return '"' + name.replace('"', '""') + '"'
