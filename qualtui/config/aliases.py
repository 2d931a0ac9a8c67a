"""Names of tables and keys that were given up: still read, with a warning that says the new one."""

from collections.abc import Iterator, Mapping

from qualtui.config.reader import ConfigReader, Key, Table
from qualtui.model.renames import FIXES, RULES, fix_now, series_now

_ANY = "*"  # every name of a table, every place of a list

# Where an old name may stand, and the name that took its place.
_KEYS: tuple[tuple[tuple[str, ...], Mapping[str, str]], ...] = (
    (("agents", _ANY), {"waha": "gateway"}),
    (("defaults",), {"waha": "gateway"}),
    (("rules",), RULES),
    (("fixes",), FIXES),
    (("notify",), {"targets": "channels"}),
    (("notify", "routes", _ANY), {"targets": "channels"}),
)


def rename_old(reader: ConfigReader, tables: Table) -> None:
    """Give what was read from the file today's names, in place; problems go on naming what the file says."""
    for place, names in _KEYS:
        for key, table in _tables(tables, place, ()):
            for old, new in names.items():
                if old in table:
                    _rename(reader, table, key, old, new)
    for key, rule in _tables(tables, ("rules", _ANY), ()):
        for field, now in (("fix", fix_now), ("series", series_now)):
            value = rule.get(field)
            if isinstance(value, str) and now(value) != value:
                rule[field] = now(value)
                reader.remark((*key, field), f'"{value}", an old name', f'"{rule[field]}"')


def _rename(reader: ConfigReader, table: Table, key: Key, old: str, new: str) -> None:
    value = table.pop(old)
    if new in table:
        reader.report((*key, old), f"{old} and {new}", f"{new} alone: {old} is its old name")
        return
    table[new] = value
    reader.stands_as((*key, new), (*key, old))
    reader.remark((*key, new), "an old name", new)


def _tables(value: object, place: tuple[str, ...], key: Key) -> Iterator[tuple[Key, Table]]:
    """Each table at the place, with its key."""
    if not place:
        if isinstance(value, dict):
            yield key, value
        return
    first, rest = place[0], place[1:]
    if first != _ANY:
        if isinstance(value, dict) and first in value:
            yield from _tables(value[first], rest, (*key, first))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _tables(inner, rest, (*key, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _tables(inner, rest, (*key, number))
