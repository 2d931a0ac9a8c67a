"""Reads a configuration file into frozen values, or lists every mistake in it."""

import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from qualtui.config import files
from qualtui.config.aliases import rename_old
from qualtui.config.backup_check import check_backup
from qualtui.config.checks import CHECKS, NAME
from qualtui.config.durations import written
from qualtui.config.errors import ConfigErrors, Problem, nearest, shown_value, toml_kind
from qualtui.config.host_check import check_host
from qualtui.config.keys import wrong_keys
from qualtui.config.people import check_people, read_people
from qualtui.config.reader import ConfigReader, Given, Key, Layer, Table
from qualtui.config.rule_reader import read_rules
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    AgentSettings,
    BackupSettings,
    Config,
    DemoSettings,
    FixSettings,
    Goals,
    HttpSettings,
    Inhibit,
    Maintenance,
    NotifySettings,
    OncallSettings,
    OwnSeries,
    PolicyTable,
    ScreenSettings,
    StoreSettings,
)
from qualtui.text import clean

SIZE_LIMIT = 256 * 1024  # bytes

_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "goals": Goals,
    "notify": NotifySettings,
    "oncall": OncallSettings,
    "fixes": FixSettings,
    "policies": PolicyTable,
    "store": StoreSettings,
    "backup": BackupSettings,
    "screen": ScreenSettings,
    "http": HttpSettings,
    "demo": DemoSettings,
}
_LISTS: dict[str, type[msgspec.Struct]] = {"maintenance": Maintenance, "inhibit": Inhibit}
_KNOWN = ["agents", "defaults", "rules", "people", "keys", *_SECTIONS, *_LISTS]
_WINDOW = ("store", "screen", "demo")  # with `keys`, all that a window needs


def load(path: Path, env: Mapping[str, str], remarks: list[Problem] | None = None) -> Config:
    """The configuration in a file. Raises ConfigErrors with every problem in it, and nothing else.

    `remarks`: takes what is right but unwise.
    """
    return loads(_bytes(path), path, env, remarks)


def load_window(path: Path, env: Mapping[str, str]) -> Config:
    """What a window needs: store, screen, keys; no agents, and no secret resolved. Raises ConfigErrors."""
    text = _bytes(path)
    raw = _parse(text, str(path))
    reader = ConfigReader(str(path), env, CHECKS)
    sections = {name: _section(reader, raw, name) for name in _WINDOW}
    keys = _keys(reader, raw)
    if reader.problems:
        raise ConfigErrors(reader.problems)
    return Config(agents={}, keys=keys, digest=_digest(text), path=str(path.absolute()), **sections)


def loads(text: bytes, path: Path, env: Mapping[str, str], remarks: list[Problem] | None = None) -> Config:
    """The configuration in a text that stands at `path`. Raises ConfigErrors."""
    raw = _parse(text, str(path))
    reader = ConfigReader(str(path), env, CHECKS)
    reader.unknown(raw, (), _KNOWN)
    rename_old(reader, raw)
    agents = _agents(reader, raw)
    tables: dict[Key, Table] = {("rules", name): table for name, table in _named(reader, raw, "rules").items()}
    rules = read_rules(reader, tables, BUILT_IN, _figures(raw))
    sections = {name: _section(reader, raw, name) for name in _SECTIONS}
    sections |= {name: reader.structs(Given((name,), raw.get(name, [])), of) for name, of in _LISTS.items()}
    people = read_people(reader, _named(reader, raw, "people"))
    keys = _keys(reader, raw)
    check_people(reader, raw)
    _routes(reader, raw)
    _retention(reader, sections["store"])
    _ack_links(reader, sections["http"])
    check_backup(reader, sections["backup"])
    if reader.problems:
        raise ConfigErrors(reader.problems)
    if remarks is not None:
        remarks.extend(reader.remarks)
    digest, place = _digest(text), str(path.absolute())
    return Config(agents=agents, rules=rules, people=people, keys=keys, digest=digest, path=place, **sections)


def toml_tables(path: Path) -> dict[str, Any]:
    """The tables of any TOML file. Raises ConfigErrors."""
    return _parse(_bytes(path), str(path))


def _bytes(path: Path) -> bytes:
    try:
        return files.without_bom(files.read_file(path, SIZE_LIMIT))
    except files.TooLargeError:
        expected = f"at most {SIZE_LIMIT // 1024} KiB"
        raise ConfigErrors((Problem(clean(path), "", "a larger file", expected),)) from None
    except files.UnreadableError as error:
        problem = Problem(clean(path), "", "nothing", f"a file that can be read ({error})")
        raise ConfigErrors((problem,)) from None


def _parse(text: bytes, file: str) -> Table:
    if line := files.long_key(text):
        raise ConfigErrors((Problem(file, f"line {line}", "a name of more than 32 parts", "a few parts at most"),))
    try:
        return tomllib.loads(text.decode())
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise ConfigErrors((Problem(file, f"line {line}", "bytes that are not UTF-8", "TOML in UTF-8"),)) from None
    except RecursionError:
        raise ConfigErrors((Problem(file, "", "values nested too deeply", "a few levels at most"),)) from None
    except ValueError as error:
        # The parser's message names a place and what is missing; it never quotes a value.
        what, _, place = str(error).rpartition(" (at ")
        last = text.rstrip().count(b"\n") + 1
        where = place.rstrip(")").replace("end of document", f"line {last} (the end)") if what else ""
        raise ConfigErrors((Problem(file, where, "no valid TOML", f"TOML: {clean(what or error)}"),)) from None


def _digest(text: bytes) -> str:
    import hashlib

    return hashlib.sha256(text).hexdigest()[:16]


def _section(reader: ConfigReader, raw: Table, name: str) -> Any:
    """A section as its value; its defaults where it is absent. None where it has problems."""
    return reader.struct(_SECTIONS[name], [Layer((name,), reader.table(raw.get(name), (name,)))])


def _keys(reader: ConfigReader, raw: Table) -> dict[str, str]:
    given = reader.table(raw.get("keys"), ("keys",))
    keys = {name: reader.leaf(str, Given(("keys", name), key), None) for name, key in given.items()}
    for wrong in wrong_keys({name: key for name, key in keys.items() if isinstance(key, str)}):
        reader.report(("keys", wrong.binding), wrong.found, wrong.expected)
    return keys


def _named(reader: ConfigReader, raw: Table, section: str) -> dict[str, Table]:
    """The tables of a section by name; a problem for each name or table that can't be taken."""
    tables: dict[str, Table] = {}
    for name, value in reader.table(raw.get(section), (section,)).items():
        if not NAME.fullmatch(name):
            expected = "letters, digits, dot, dash and underscore, at most 64, a letter or digit first"
            reader.report((section, name), f"the name {shown_value(name)}", expected)
        if isinstance(value, dict):
            tables[name] = value
        else:
            reader.report((section, name), toml_kind(value), "a table")
    return tables


def _agents(reader: ConfigReader, raw: Table) -> dict[str, AgentSettings]:
    defaults = Layer(("defaults",), reader.table(raw.get("defaults"), ("defaults",)))
    reader.struct(AgentSettings, [defaults], partial=True)
    tables = _named(reader, raw, "agents")
    if not tables and not reader.problems:
        reader.report(("agents",), "nothing", "at least one [agents.NAME]", "Example: qualtui config init")
    agents: dict[str, AgentSettings] = {}
    for name, table in tables.items():
        agent = reader.struct(AgentSettings, [Layer(("agents", name), table), defaults])
        if agent is None:
            continue
        if agent.health is None and agent.database is None and agent.gateway is None:
            reader.report(("agents", name), "no source", "at least one of health, database, gateway")
        if agent.host is not None:
            check_host(reader, name, agent.host, (table, defaults.table))
        for figure, one in agent.series.items():
            _figure(reader, name, figure, one, agent)
        agents[name] = agent
    return agents


def _figure(reader: ConfigReader, agent: str, name: str, one: OwnSeries, whole: AgentSettings) -> None:
    """Check what concerns several keys of a user's own series."""
    key = ("agents", agent, "series", name)
    if bool(one.url) == bool(one.sql.strip()):
        reader.report(key, "url and sql" if one.url else "neither", "exactly one of url, sql")
    if one.sql.strip() and whole.database is None:
        reader.report((*key, "sql"), "a statement", f"[agents.{agent}.database] to run it on")
    for field in ("pointer", "headers"):
        if getattr(one, field) and not one.url:
            reader.report((*key, field), "no url", f"{field} only together with url")


def _figures(raw: Table) -> list[str]:
    """The names of all series of the user's own, even where an agent has problems."""
    agents = raw.get("agents")
    tables = [raw.get("defaults"), *(agents.values() if isinstance(agents, dict) else ())]
    given = [table.get("series") for table in tables if isinstance(table, dict)]
    return sorted({name for series in given if isinstance(series, dict) for name in series})


def _retention(reader: ConfigReader, store: StoreSettings | None) -> None:
    """A coarser roll-up is kept at least as long as the finer one that it is made of."""
    names = ("keep_raw", "keep_minutes", "keep_hours")
    for fine, coarse in pairwise(names if store is not None else ()):
        least, given = getattr(store, fine), getattr(store, coarse)
        if given < least:
            reader.report(("store", coarse), shown_value(written(given)), f'at least {fine}, "{written(least)}"')


def _ack_links(reader: ConfigReader, http: HttpSettings | None) -> None:
    """Who listens for links has an address to put into them, and listens apart from the engine's health."""
    if http is None:
        return
    if bool(http.ack_listen) != bool(http.public_url):
        missing = "public_url" if http.ack_listen else "ack_listen"
        reader.report(("http", missing), "nothing", "ack_listen and public_url together, or neither")
    if http.ack_listen and http.ack_listen == http.listen:
        reader.report(("http", "ack_listen"), shown_value(http.ack_listen), "another address than listen")


def _routes(reader: ConfigReader, raw: Table) -> None:
    """Each route leads to channels that exist and speaks of agents that exist, even where these have problems."""
    notify = raw.get("notify")
    routes = notify.get("routes") if isinstance(notify, dict) else None
    if not isinstance(notify, dict) or not isinstance(routes, list):
        return
    agents = raw.get("agents")
    channels = notify.get("channels")
    there = {
        "channels": ("a channel", list(channels) if isinstance(channels, dict) else []),
        "agents": ("an agent", list(agents) if isinstance(agents, dict) else []),
    }
    for number, route in enumerate(routes, 1):
        for field, (what, known) in there.items():
            names = route.get(field) if isinstance(route, dict) else None
            for name in names if isinstance(names, list) else []:
                if isinstance(name, str) and name not in known:
                    key = ("notify", "routes", number, field)
                    reader.report(key, shown_value(name), f"{what}: {nearest(name, known)}")
