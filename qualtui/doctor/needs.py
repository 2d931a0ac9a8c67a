"""What the shipped statements need of the database: read from the .sql files themselves, so it can't go stale."""

import re
from functools import lru_cache
from importlib import resources

import msgspec

from qualtui.config.values import Mapping
from qualtui.database import table

PACKAGES = ("qualtui.probes", "qualtui.fixes")
WRITER = "retry_"  # its reading statements, too, are the writing role's: their answers decide what is written
# Every table that the bot has: rights beyond the needs are looked for in all of them.
TABLES = ("leads", "sessions", "messages", "qualificacoes", "reunioes", "system_logs")

_COLUMN = re.compile(r"\{\{(\w+)\.(\w+)\}\}")
_COMMENT = re.compile(r"--.*")
_WRITES = re.compile(r"\bUPDATE\s+\{\{(\w+)\}\}|\bINSERT\s+INTO\s+\{\{(\w+)\}\}|\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b")
_SET = re.compile(r"\{\{(\w+)\.(\w+)\}\}\s*=[^=]")
_INTO = re.compile(r"\bINSERT\s+INTO\s+\{\{(\w+)\}\}\s*\(([^)]*)\)")


class Need(msgspec.Struct, frozen=True, order=True):
    """A right on a column, by the bot's own names."""

    table: str
    column: str
    privilege: str  # SELECT, INSERT, UPDATE


def needs_of(statement: str) -> tuple[bool, frozenset[Need]]:
    """Whether a statement writes, and the rights that it needs. A table locked FOR UPDATE is among them by its
    statement's UPDATE."""
    text = _COMMENT.sub("", statement)
    writes = _WRITES.search(text) is not None
    changed: set[Need] = set()
    if re.search(r"\bUPDATE\s+\{\{", text):
        clause = text.partition("SET")[2].partition("WHERE")[0]
        changed |= {Need(name, column, "UPDATE") for name, column in _SET.findall(clause + " ")}
    for _table, columns in _INTO.findall(text):
        changed |= {Need(name, column, "INSERT") for name, column in _COLUMN.findall(columns)}
    read = {Need(name, column, "SELECT") for name, column in _COLUMN.findall(text)}
    only_written = {Need(need.table, need.column, "SELECT") for need in changed if _times(text, need) == 1}
    return writes, frozenset((read - only_written) | changed)


@lru_cache(maxsize=2)
def wanted(*, writes: bool) -> dict[Need, tuple[str, ...]]:
    """What the statements of the writing role, or those of the reading one, need; with who needs it."""
    found: dict[Need, tuple[str, ...]] = {}
    for package in PACKAGES:
        files = [file for file in resources.files(package).joinpath("sql").iterdir() if file.name.endswith(".sql")]
        for file in sorted(files, key=lambda file: file.name):
            kind, rights = needs_of(file.read_text("utf-8"))
            writer = kind or file.name.startswith(WRITER)
            for need in rights if writer is writes else ():
                found[need] = (*found.get(need, ()), file.name.removesuffix(".sql").replace("_", " "))
    return dict(sorted(found.items()))


def needs(*, writes: bool) -> tuple[Need, ...]:
    """The rights alone."""
    return tuple(wanted(writes=writes))


def real_column(name: str, column: str, mapping: Mapping) -> str:
    """The column's name in this database."""
    return mapping.names.get(f"{name}.{column}", column)


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def tables(mapping: Mapping) -> dict[str, str]:
    """By the bot's own names: each table's quoted name in this database. Raises DatabaseError."""
    return {name: table(name, mapping) for name in TABLES}


def _times(text: str, need: Need) -> int:
    return text.count(f"{{{{{need.table}.{need.column}}}}}")
