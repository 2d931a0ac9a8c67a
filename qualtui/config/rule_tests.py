"""Reads a file of `qualtui rules test`: rules, series in Prometheus's notation, and what is expected when."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from qualtui.config.checks import CHECKS, NAME
from qualtui.config.durations import DurationError, seconds
from qualtui.config.errors import ConfigErrors, nearest, shown_value, toml_kind
from qualtui.config.load import toml_tables
from qualtui.config.reader import ConfigReader, Key, Table
from qualtui.config.rule_reader import read_rules
from qualtui.config.series_notation import MOST, NotationError, values_of
from qualtui.config.values import Rule
from qualtui.series.catalogue import OWN

NOTATION = f'values such as "0x4 60x20 _x3 5+2x6", at most {MOST:,}'
MOST_STEPS = 100_000


class Expected(msgspec.Struct, frozen=True):
    """The alerts at one moment, in seconds from the beginning."""

    at: float
    pending: tuple[str, ...]
    firing: tuple[str, ...]


class RuleTest(msgspec.Struct, frozen=True):
    """One `[[test]]`: the values of each series, one every interval, from 0 s on; None: no answer."""

    series: dict[str, tuple[float | None, ...]]
    expected: tuple[Expected, ...]


class RuleFile(msgspec.Struct, frozen=True):
    """What a file holds. `rules` None: it has no `[[rules]]`, so that the configured ones are meant."""

    interval: float
    rules: dict[str, Rule] | None
    tests: tuple[RuleTest, ...]


def read_rule_tests(path: Path) -> RuleFile:
    """Return the tests in a file. Raises ConfigErrors with every problem, one line each."""
    raw = toml_tables(path)
    reader = ConfigReader(str(path), {}, CHECKS)
    reader.unknown(raw, (), ["interval", "rules", "test"])
    interval = _duration(reader, raw.get("interval", "30s"), ("interval",))
    tests = _tables(reader, raw.get("test"), ("test",))
    if not tests:
        reader.report(("test",), "nothing", "at least one [[test]]")
    given = _series_names(tests)
    rules = None if "rules" not in raw else _rules(reader, raw, given)
    read = tuple(_test(reader, key, table, rules, interval) for key, table in tests)
    if reader.problems:
        raise ConfigErrors(reader.problems)
    return RuleFile(interval, rules, read)


def rules_of_file(path: Path, base: Mapping[str, Rule], figures: list[str]) -> dict[str, Rule]:
    """Return `base`, changed and added to by a file's `[[rules]]` or `[rules.NAME]`. Raises ConfigErrors."""
    raw = toml_tables(path)
    reader = ConfigReader(str(path), {}, CHECKS)
    given = raw.get("rules")
    if isinstance(given, dict):
        tables: dict[Key, Table] = {
            ("rules", name): reader.table(table, ("rules", name)) for name, table in given.items()
        }
    else:
        tables = _named(reader, raw)
    if not tables:
        reader.report(("rules",), "nothing", "at least one [[rules]] or [rules.NAME]")
    rules = read_rules(reader, tables, base, figures)
    if reader.problems:
        raise ConfigErrors(reader.problems)
    return rules


def unknown_names(path: Path, tests: RuleFile, rules: Mapping[str, Rule]) -> None:
    """Raise ConfigErrors where a test expects alerts of rules that are not there."""
    reader = ConfigReader(str(path), {}, CHECKS)
    for number, test in enumerate(tests.tests, 1):
        for place, each in enumerate(test.expected, 1):
            for field in ("pending", "firing"):
                for name in getattr(each, field):
                    if name not in rules:
                        key = ("test", number, "expect", place, field)
                        reader.report(key, shown_value(name), f"a rule: {nearest(name, list(rules))}")
    if reader.problems:
        raise ConfigErrors(reader.problems)


def _rules(reader: ConfigReader, raw: Table, given: set[str]) -> dict[str, Rule]:
    figures = [name.removeprefix(OWN) for name in given if name.startswith(OWN)]
    return read_rules(reader, _named(reader, raw), {}, figures)


def _named(reader: ConfigReader, raw: Table) -> dict[Key, Table]:
    """The `[[rules]]` without their names, by place and name."""
    found: dict[Key, Table] = {}
    for key, table in _tables(reader, raw.get("rules"), ("rules",)):
        name = table.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            got = "nothing" if name is None else shown_value(name)
            reader.report((*key, "name"), got, "letters, digits, dot, dash and underscore, at most 64")
        elif any(name == other[-1] for other in found):
            reader.report((*key, "name"), shown_value(name), "a name that no other rule of the file has")
        else:
            found[(*key, name)] = {part: value for part, value in table.items() if part != "name"}
    return found


def _tables(reader: ConfigReader, value: object, key: Key) -> list[tuple[Key, Table]]:
    """The tables of a list, each with its place."""
    if value is None:
        return []
    if not isinstance(value, list):
        reader.report(key, toml_kind(value), f"[[{key[-1]}]], a list of tables")
        return []
    return [((*key, number), reader.table(one, (*key, number))) for number, one in enumerate(value, 1)]


def _series_names(tests: list[tuple[Key, Table]]) -> set[str]:
    return {name for _key, table in tests for name in _given(table)}


def _given(table: Table) -> Table:
    series = table.get("series")
    return series if isinstance(series, dict) else {}


def _test(
    reader: ConfigReader, key: Key, table: Table, rules: Mapping[str, Rule] | None, interval: float
) -> RuleTest:
    reader.unknown(table, key, ["series", "expect"])
    series: dict[str, tuple[float | None, ...]] = {}
    given = reader.table(table.get("series"), (*key, "series"))
    if not given:
        reader.report((*key, "series"), "nothing", f"a series with {NOTATION}")
    for name, text in given.items():
        place = (*key, "series", name)
        if not name.startswith(OWN) and (said := _known(name)) is not True:
            reader.report(place, f"the name {shown_value(name)}", str(said))
        if not isinstance(text, str):
            reader.report(place, toml_kind(text), NOTATION)
            continue
        try:
            series[name] = values_of(text)
        except NotationError as error:
            reader.report(place, shown_value(str(error)), NOTATION)
    expected = _tables(reader, table.get("expect"), (*key, "expect"))
    if not expected:
        reader.report((*key, "expect"), "nothing", "at least one [[test.expect]]")
    return RuleTest(series, tuple(_expected(reader, place, each, rules, interval) for place, each in expected))


def _known(name: str) -> bool | str:
    check = CHECKS[Rule, "series"]
    return check.test(name) or check.expected


def _expected(
    reader: ConfigReader, key: Key, table: Table, rules: Mapping[str, Rule] | None, interval: float
) -> Expected:
    reader.unknown(table, key, ["at", "pending", "firing"])
    at = _duration(reader, table.get("at"), (*key, "at"), least=0.0)
    if interval and at / interval > MOST_STEPS:
        reader.report((*key, "at"), shown_value(table.get("at")), f"at most {MOST_STEPS} intervals")
    names = [_names(reader, table.get(field, []), (*key, field), rules) for field in ("pending", "firing")]
    return Expected(at, *names)


def _names(reader: ConfigReader, value: object, key: Key, rules: Mapping[str, Rule] | None) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        reader.report(key, toml_kind(value), "a list of rules' names")
        return ()
    for name in value if rules is not None else ():
        if name not in rules:  # type: ignore[operator]
            reader.report(key, shown_value(name), f"a rule: {nearest(name, list(rules or ()))}")
    return tuple(value)


def _duration(reader: ConfigReader, value: object, key: Key, least: float = 0.1) -> float:
    try:
        found = seconds(value)
    except DurationError as error:
        reader.report(key, "nothing" if value is None else shown_value(value), str(error))
        return 0.0
    if found < least:
        reader.report(key, shown_value(value), "a duration of at least 100ms")
        return 0.0
    return found
