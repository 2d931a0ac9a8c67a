"""Turns TOML's tables into configuration values, and continues after a mistake so that all are listed at once."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, get_args, get_origin

import msgspec

from qualtui.config.convert import OFF, ConvertError, bare, convert, hint, is_struct
from qualtui.config.errors import Problem, dotted, nearest, shown_value, toml_kind
from qualtui.config.references import UnresolvedError, has_reference, open_files, resolve
from qualtui.config.values import Level, Seconds, Secret
from qualtui.text import clean

S = TypeVar("S", bound=msgspec.Struct)

BAD: Final = object()  # stands for a value whose problem is listed

Table = dict[str, Any]
Key = tuple[str | int, ...]  # a number is a place in a list, from 1


class ValueCheck(NamedTuple):
    """A condition on one value. `test` returns False, or what exactly was expected, if it is not met."""

    expected: str
    test: Callable[[Any], bool | str]


class Layer(NamedTuple):
    """A table and its place in the file. The first layer that has a key gives its value."""

    key: Key
    table: Table


class Given(NamedTuple):
    """A value in the file, and its place."""

    key: Key
    value: object


class ConfigReader:
    """Reads values of the configuration's types; `problems` collects, in the order of finding."""

    def __init__(self, file: str, env: Mapping[str, str], checks: Mapping[tuple[type, str], ValueCheck]) -> None:
        self._file = file
        self._env = env
        self._folder = Path(file).parent
        self._checks = checks
        self._found: dict[Problem, None] = {}
        self._remarks: dict[Problem, None] = {}
        self._old: dict[Key, Key] = {}  # a place by today's name -> as the file names it

    @property
    def path(self) -> Path:
        """The file that is read."""
        return Path(self._file)

    @property
    def folder(self) -> Path:
        """Where relative paths start."""
        return self._folder

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems so far, each once."""
        return tuple(self._found)

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """What is valid but unwise."""
        return tuple(self._remarks)

    def remark(self, key: Key, found: str, expected: str) -> None:
        """Add a remark."""
        self._remarks[Problem(self._file, self._place(key), found, expected)] = None

    def report(self, key: Key, found: str, expected: str, remedy: str = "") -> None:
        """Add a problem."""
        self._found[Problem(self._file, self._place(key), found, expected, remedy)] = None

    def stands_as(self, key: Key, old: Key) -> None:
        """Have problems below a key name the place by its old name, which the file has."""
        self._old[key] = old

    def _place(self, key: Key) -> str:
        for length in range(len(key), 0, -1):
            if (old := self._old.get(key[:length])) is not None:
                key = (*old, *key[length:])
        return dotted(*key)

    def table(self, raw: object, key: Key) -> Table:
        """The value as a table; if it is something else, an empty one and a problem."""
        if isinstance(raw, dict):
            return raw
        if raw is not None:
            self.report(key, toml_kind(raw), "a table")
        return {}

    def unknown(self, table: Table, key: Key, known: list[str]) -> None:
        """Report each unknown key of the table."""
        for name in table:
            if name not in known:
                self.report((*key, name), "an unknown key", nearest(name, known))

    def struct(
        self, of: type[S], layers: list[Layer], base: S | None = None, *, partial: bool = False
    ) -> S | None:
        """A value of this type; None after a problem. `partial`: a missing key is not a problem."""
        fields = msgspec.structs.fields(of)
        for layer in layers:
            self.unknown(layer.table, layer.key, [field.encode_name for field in fields])
        values: dict[str, Any] = {}
        for field in fields:
            name = field.encode_name
            given = [Given((*layer.key, name), layer.table[name]) for layer in layers if name in layer.table]
            own = partial or name in layers[0].table
            if given and (own or not _too_little(field, given[0].value)):
                values[field.name] = self._field(of, field, given, partial=partial)
            elif base is not None:
                values[field.name] = getattr(base, field.name)
            elif field.required and not partial:
                check = self._checks.get((of, name))
                self.report((*layers[0].key, name), "nothing", check.expected if check else hint(field.type))
                values[field.name] = BAD
        if partial or any(value is BAD for value in values.values()):
            return None
        return of(**values)

    def _field(self, of: type, field: msgspec.structs.FieldInfo, given: list[Given], *, partial: bool) -> Any:
        inner = bare(field.type)
        check = self._checks.get((of, field.encode_name))
        each = self._checks.get((of, f"{field.encode_name}.*"))
        if is_struct(inner):
            below = [Layer(key, self.table(value, key)) for key, value in given]
            if not all(isinstance(value, dict) for _, value in given):
                return BAD
            got = self.struct(inner, below, partial=partial)
            return BAD if got is None else got
        if get_origin(inner) is dict:
            merged: Table = {}
            for key, value in reversed(given):
                if not isinstance(value, dict):
                    merged[""] = BAD
                merged |= self._items(self.table(value, key), key, get_args(inner)[1], check, each)
            return BAD if any(value is BAD for value in merged.values()) else merged
        if get_origin(inner) is tuple:
            return self._list(given[0], get_args(inner)[0], check)
        return self.leaf(field.type, given[0], check)

    def _items(self, table: Table, key: Key, of: Any, check: ValueCheck | None, each: ValueCheck | None) -> Table:
        items: Table = {}
        for name, value in table.items():
            if check is not None and (said := check.test(name)) is not True:
                self.report((*key, name), f"the name {shown_value(name)}", said or check.expected)
                items[name] = BAD
            elif isinstance(value, dict) and not is_struct(of):
                example = shown_value(f"{name}.{next(iter(value), 'column')}")
                self.report((*key, name), "a table", f"a text (put a name with a dot in quotes: {example} = ...)")
                items[name] = BAD
            else:
                items[name] = self._item(of, Given((*key, name), value), each)
        return items

    def _list(self, given: Given, of: Any, check: ValueCheck | None) -> Any:
        key, raw = given
        if not isinstance(raw, list):
            self.report(key, toml_kind(raw), "a list")
            return BAD
        if check is not None and (said := check.test(raw)) is not True:
            self.report(key, f"a list of {len(raw)}", said or check.expected)
            return BAD
        values = [self._item(of, Given((*key, number), value), None) for number, value in enumerate(raw, 1)]
        return BAD if any(value is BAD for value in values) else tuple(values)

    def structs(self, given: Given, of: type[msgspec.Struct]) -> Any:
        """A list of tables as values of this type; BAD after a problem."""
        return self._list(given, of, None)

    def _item(self, of: Any, given: Given, check: ValueCheck | None) -> Any:
        if not is_struct(of):
            return self.leaf(of, given, check)
        if not isinstance(given.value, dict):
            self.report(given.key, toml_kind(given.value), "a table")
            return BAD
        got = self.struct(of, [Layer(given.key, given.value)])
        return BAD if got is None else got

    def leaf(self, of: Any, given: Given, check: ValueCheck | None) -> Any:
        """A single value of this type, its references resolved; BAD after a problem."""
        key, raw = given
        inner = bare(of)
        optional = inner is not of
        value = raw
        if isinstance(raw, str):
            try:
                value = resolve(raw, self._env, self._folder)
            except UnresolvedError as error:
                self.report(key, clean(error.found), clean(error.expected), error.remedy)
                return BAD
            for reference in open_files(raw, self._folder):
                self.remark(key, clean(reference), "a file that only its owner may read (chmod 600)")
        if optional and ((inner is Secret and value == "") or (inner is Level and value == OFF)):
            return None
        try:
            got = convert(inner, value, loose=isinstance(raw, str) and has_reference(raw))
        except ConvertError as error:
            vague = check is not None and inner is not Seconds and str(error) == hint(inner)
            self._refuse(inner, given, check.expected if check and vague else str(error))
            return BAD
        if check is not None and (said := check.test(got)) is not True:
            self._refuse(inner, given, said or check.expected)
            return BAD
        return got

    def _refuse(self, of: Any, given: Given, expected: str) -> None:
        self.report(given.key, "***" if of is Secret else shown_value(given.value), expected)


def _too_little(field: msgspec.structs.FieldInfo, value: object) -> bool:
    """Whether [defaults] alone are not enough to make a section that an agent does not have."""
    inner = bare(field.type)
    if not is_struct(inner) or not isinstance(value, dict):
        return False
    return any(need.required and need.encode_name not in value for need in msgspec.structs.fields(inner))
