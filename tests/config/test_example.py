"""config.toml at the top: complete, valid, and nothing but the defaults."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest

from qualtui.config.convert import bare, is_struct
from qualtui.config.keys import BINDINGS
from qualtui.config.load import loads
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    Config,
    DatabaseSettings,
    FixSettings,
    GatewaySettings,
    HealthSettings,
    MetricsSettings,
    NotifySettings,
    ScreenSettings,
    StoreSettings,
    Values,
)
from tests.config.sample import FILE

TEXT = (Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8")
WHOLE = re.sub(r"^#(?=[\w\[])", "", TEXT, flags=re.MULTILINE)  # with all that is optional
ENV = {
    "QUALTUI_AGENT_URL": "https://bot.example.com",
    "QUALTUI_DSN": "postgresql://monitor:x@db.example.com/bot",
    "QUALTUI_RENDER_SERVICE": "srv-cukouhrtq21c73e9scng",
    "QUALTUI_RENDER_KEY": "rnd_invented",
    "QUALTUI_WAHA_URL": "http://waha.example.com:3000",
    "QUALTUI_NOTIFY_URL": "json://catcher.example.com/x",
}


def paths(of: Any, at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of every key; `*` for a name that people choose."""
    of = bare(of)
    if is_struct(of):
        fields = [field for field in msgspec.structs.fields(of) if field.name not in ("digest", "path") or at]
        return [path for field in fields for path in paths(field.type, (*at, field.encode_name))]
    inner = get_args(of)
    if get_origin(of) is dict and is_struct(inner[1]):
        return paths(inner[1], (*at, "*"))
    if get_origin(of) is tuple and is_struct(inner[0]):
        return paths(inner[0], (*at, "*"))
    return [at]


def stands(path: tuple[str, ...], table: Any) -> bool:
    """Whether a table has the path."""
    if not path:
        return True
    if path[0] == "*":
        inner = table.values() if isinstance(table, dict) else table
        return any(stands(path[1:], value) for value in inner)
    return path[0] in table and stands(path[1:], table[path[0]])


@pytest.mark.parametrize("path", paths(Config), ids=".".join)
def test_every_key_stands_in_the_example(path: tuple[str, ...]) -> None:
    assert stands(path, tomllib.loads(WHOLE))


@pytest.mark.parametrize("text", [TEXT, WHOLE], ids=["as shipped", "with all that is optional"])
def test_the_example_is_valid_once_its_variables_are_set(text: str) -> None:
    config = loads(text.encode(), FILE, ENV)
    assert list(config.agents) == ["ldc-bot"]


def test_the_example_says_the_defaults_that_the_values_have() -> None:
    config = loads(TEXT.encode(), FILE, ENV)
    agent = config.agents["ldc-bot"]
    assert config.rules == BUILT_IN
    assert config.notify == NotifySettings()
    assert config.fixes == FixSettings()
    assert config.store == StoreSettings()
    assert config.screen == ScreenSettings()
    sections: list[tuple[Values | None, type[Values]]] = [
        (agent.health, HealthSettings),
        (agent.metrics, MetricsSettings),
        (agent.database, DatabaseSettings),
        (agent.gateway, GatewaySettings),
    ]
    for section, kind in sections:
        assert section is not None
        for field in msgspec.structs.fields(kind):
            if not field.required:
                assert getattr(section, field.name) == field.default, field.name


def test_the_example_carries_no_secret() -> None:
    table = tomllib.loads(WHOLE)
    database = table["agents"]["ldc-bot"]["database"]
    secrets = [database["dsn"], database["write_dsn"], table["agents"]["ldc-bot"]["gateway"]["key"]]
    secrets += [target["url"] for target in table["notify"]["channels"].values()]
    assert all(re.fullmatch(r"\$\{QUALTUI_[A-Z_]+(:-)?\}", secret) for secret in secrets)


def test_every_key_that_can_be_another_is_named_in_the_order_of_the_help() -> None:
    section = TEXT.partition("[keys]")[2].partition('#help = "')[0]
    named = re.findall(r"^#   (.*)$", section, flags=re.MULTILINE)
    assert " ".join(named).split() == list(BINDINGS)
