"""A small valid configuration, and how tests read one."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from qualtui.config.errors import ConfigErrors, Problem
from qualtui.config.load import loads
from qualtui.config.values import Config

FILE = Path("config.toml")
AGENT = '[agents.bot.health]\nurl = "https://bot.example.com/health"\n'


def read(text: str, env: Mapping[str, str] | None = None, path: Path = FILE) -> Config:
    """The configuration in a text."""
    return loads(text.encode(), path, env or {})


def problems(text: str, env: Mapping[str, str] | None = None, path: Path = FILE) -> tuple[Problem, ...]:
    """What is wrong with a text; the test fails where nothing is."""
    with pytest.raises(ConfigErrors) as caught:
        read(text, env, path)
    return caught.value.problems


def lines(text: str, env: Mapping[str, str] | None = None) -> list[str]:
    """The same, as a person reads it."""
    return [str(problem) for problem in problems(text, env)]
