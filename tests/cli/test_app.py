"""The commands as a whole, and the program's way in."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from qualtui import __version__
from qualtui.cli.app import COMMANDS, app
from qualtui.cli.line import StatusLine, Window, status_of, window_of
from tests.cli.folders import run_qualtui


def leaves(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command, groups included."""
    yield path
    if hasattr(group, "list_commands"):
        for name in group.list_commands(None):
            yield from leaves(group.get_command(None, name), (*path, name))


@pytest.mark.parametrize("words", list(leaves(get_command(app))), ids=" ".join)
def test_the_help_of_every_command_has_an_example(words: tuple[str, ...]) -> None:
    ran = CliRunner().invoke(app, [*words, "--help"])
    assert ran.exit_code == 0
    assert "Example" in ran.stdout
    assert f"qualtui {words[0] if words else ''}".strip() in ran.stdout.split("Example", 1)[1]


def test_every_command_is_there() -> None:
    group: Any = get_command(app)
    assert set(group.list_commands(None)) == {"i", *COMMANDS}


@pytest.mark.parametrize(
    ("words", "help_of"),
    [
        (["bogus"], "qualtui"),
        (["config", "bogus"], "qualtui config"),
        (["config", "check", "--bogus"], "qualtui config check"),
        (["i", "x"], "qualtui i"),
        (["i"], "qualtui i"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_never_looks_critical(words: list[str], help_of: str) -> None:
    ran = CliRunner().invoke(app, words, prog_name="qualtui")
    assert ran.exit_code == 3
    assert ran.stderr.startswith("qualtui: ")
    assert ran.stderr.endswith(f" Help: {help_of} --help\n")
    assert ran.stderr.count("\n") == 1


def test_a_group_without_its_command_shows_its_help() -> None:
    ran = CliRunner().invoke(app, ["config"])
    assert ran.exit_code == 3
    assert "Commands:" in ran.stderr


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ([], Window()),
        (["--config", "x.toml"], Window(Path("x.toml"))),
        (["--config=x.toml"], Window(Path("x.toml"))),
        (["i", "42"], Window(None, 42)),
        (["--config", "x.toml", "i", "42"], Window(Path("x.toml"), 42)),
        (["--read-only"], Window(read_only=True)),
        (["--config", "x.toml", "--read-only", "i", "42"], Window(Path("x.toml"), 42, read_only=True)),
        (["--tv"], Window(wall=True)),
        (["--config", "x.toml", "--tv"], Window(Path("x.toml"), wall=True)),
        (["--tv", "i", "42"], None),
        (["--read-only", "status"], None),
        (["--low-bandwidth", "i", "42"], Window(None, 42, low_bandwidth=True)),
        (["--read-only", "--low-bandwidth"], Window(read_only=True, low_bandwidth=True)),
        (["--read-onlyx"], None),
        (["--config"], None),
        (["--configuration", "x"], None),
        (["i"], None),
        (["i", "x"], None),
        (["i", "0"], None),
        (["i", "-1"], None),
        (["i", "1", "2"], None),
        (["status"], None),
        (["--config", "x.toml", "status"], None),
        (["--help"], None),
    ],
)
def test_only_a_line_that_asks_for_the_screen_opens_it(words: list[str], asked: Window | None) -> None:
    assert window_of(words) == asked


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["status"], StatusLine()),
        (["status", "--short"], StatusLine(short=True)),
        (["status", "--json", "--once"], StatusLine(once=True, as_json=True)),
        (["status", "--config", "x.toml", "--short"], StatusLine(Path("x.toml"), short=True)),
        (["--config=x.toml", "status", "--json"], StatusLine(Path("x.toml"), as_json=True)),
        (["--config", "y.toml", "status", "--config=x.toml"], StatusLine(Path("x.toml"))),
        (["--read-only", "status"], StatusLine(read_only=True)),
        (["status", "--config"], None),
        (["status", "--short=yes"], None),
        (["status", "--shor"], None),
        (["status", "--help"], None),
        (["status", "-h"], None),
        (["status", "x"], None),
        (["--short", "status"], None),
        (["incidents"], None),
        ([], None),
    ],
)
def test_a_plain_line_that_asks_for_the_state_is_known_without_a_library(
    words: list[str], asked: StatusLine | None
) -> None:
    assert status_of(words) == asked


def test_the_version_is_told(tmp_path: Path) -> None:
    assert run_qualtui("--version", home=tmp_path).stdout == f"qualtui {__version__}\n"
    assert CliRunner().invoke(app, ["--version"]).stdout == f"qualtui {__version__}\n"


def test_without_a_configuration_the_program_says_how_to_get_one(tmp_path: Path) -> None:
    ran = run_qualtui(home=tmp_path)
    assert ran.returncode == 3
    assert "qualtui demo" in ran.stderr
    assert "Traceback" not in ran.stderr


def imported(code: str) -> set[str]:
    """The modules that are there after some code ran in a fresh interpreter."""
    report = f"{code}\nimport json, sys; print(json.dumps(list(sys.modules)), file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(ran.stderr))


def test_the_way_to_the_screen_imports_no_command_line_library() -> None:
    there = imported("import qualtui.__main__, qualtui.cli.common, qualtui.config.load, qualtui.config.places")
    assert not there & {
        "typer",
        "click",
        "rich",
        "httpx",
        "asyncpg",
        "platformdirs",
        "textual",
        "apprise",
        "asyncio",
    }


def test_the_way_to_the_state_imports_no_command_line_library(tmp_path: Path) -> None:
    """A prompt runs it each few seconds, and the library alone takes longer than all the rest."""
    there = imported(
        f"import sys; sys.argv = ['qualtui', '--config', '{tmp_path}/none.toml', 'status', '--short']\n"
        "from qualtui.__main__ import main\nassert main() == 3"
    )
    assert "qualtui.cli.status" in there
    assert not there & {"typer", "click", "pydantic", "rich", "httpx", "asyncpg", "textual", "apprise"}


def test_a_command_imports_only_itself() -> None:
    there = imported("from qualtui.cli.app import run\nassert run(['config', '--help']) == 0")
    assert not there & {"httpx", "asyncpg", "textual", "apprise", "sqlite3", "qualtui.cli.watch"}


def test_the_wall_stands_without_a_command() -> None:
    ran = CliRunner().invoke(app, ["--tv", "status"])
    assert ran.exit_code == 3
    assert "qualtui --tv, or qualtui demo --tv" in ran.stderr
