"""What every command shares."""

import io
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from qualtui.cli.common import (
    CommandError,
    first_steps,
    guarded,
    resolve_config,
    resolve_window_config,
    who,
)
from qualtui.client import ClientError
from qualtui.config.errors import ConfigErrors, Problem
from tests.cli.folders import AGENT, at_home, run_qualtui

Captured = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return at_home(tmp_path / "home", monkeypatch)


def raising(error: BaseException) -> object:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (CommandError("no such fix"), 1, "qualtui: no such fix\n"),
        (CommandError("nobody\nlistens \x1b[1m", 3), 3, "qualtui: nobody listens [1m\n"),
        (ClientError("no engine answers"), 3, "qualtui: no engine answers\n"),
        (ConfigErrors((Problem("c", "k", "1", "2"),)), 3, "c: k: found 1, expected 2\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_code(
    error: BaseException, code: int, told: str, capsys: Captured
) -> None:
    assert guarded(lambda: raising(error)) == code
    assert capsys.readouterr().err == told


def test_an_internal_error_shows_its_place_but_not_its_text(home: Path, capsys: Captured) -> None:
    assert guarded(lambda: raising(ValueError("5511900000001 pa55word"))) == 3
    told = capsys.readouterr().err
    assert told.startswith("qualtui: Internal error: ValueError at common.py:")
    assert told.count("\n") == 1
    assert "pa55word" not in told


def test_a_developer_can_have_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALTUI_DEBUG", "1")
    with pytest.raises(ValueError, match="here"):
        guarded(lambda: raising(ValueError("here")))


def test_a_number_that_a_command_returns_is_its_code() -> None:
    given: list[object] = [None, 0, 2, True, "x"]
    assert [guarded(partial(lambda value: value, value)) for value in given] == [0, 0, 2, 0, 0]


def test_a_reader_that_went_away_is_no_error(home: Path) -> None:
    code = "import sys; from qualtui.cli.common import guarded; sys.exit(guarded(lambda: print('x' * 1000000)))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 141


def test_without_a_configuration_one_screen_says_what_to_do(home: Path) -> None:
    told = first_steps()
    assert len(told.splitlines()) <= 24
    assert all(len(line) <= 80 for line in told.splitlines() if str(home) not in line)
    for word in ("qualtui demo", "qualtui config init", "qualtui config check", "$QUALTUI_CONFIG", str(home)):
        assert word in told


def test_a_command_without_a_configuration_says_so_in_one_line(home: Path, capsys: Captured) -> None:
    assert guarded(lambda: resolve_config(None)) == 3
    told = capsys.readouterr().err
    assert told == "qualtui: No configuration found. Write one: qualtui config init. Or try: qualtui demo\n"


def test_a_wrong_configuration_is_told_and_ends_the_command(home: Path, capsys: Captured) -> None:
    (home / "config.toml").write_text(AGENT + "intervall = 1")
    assert guarded(lambda: resolve_config(None)) == 3
    expected = 'config.toml: agents.bot.health.intervall: found an unknown key, expected "interval"\n'
    assert capsys.readouterr().err == expected


def test_a_window_opens_where_the_engines_secrets_are_not_known(home: Path) -> None:
    (home / "config.toml").write_text("[agents.bot.database]\ndsn = '${NOWHERE}'\n[store]\npath = 'q.db'\n")
    assert resolve_window_config(None).store.path == "q.db"
    with pytest.raises(ConfigErrors):
        resolve_config(None)


def test_you_are_whom_the_environment_names(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALTUI_USER", " ana\x1b ")
    assert who() == "ana"


def test_nobody_is_asked_where_nobody_can_answer(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("ana\n"))
    monkeypatch.setenv("LOGNAME", "login")
    assert who() == "login"


def test_you_are_asked_once_and_remembered(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal("ana\n"))
    monkeypatch.setattr(sys, "stderr", screen)
    assert who() == "ana"
    assert "Your name?" in screen.getvalue()
    monkeypatch.setattr(sys, "stdin", Terminal("bia\n"))
    assert who() == "ana"
    assert os.listdir(home / ".config/qualtui") == ["user"]


def test_an_empty_answer_is_the_login(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("\n"))
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("LOGNAME", "login")
    assert who() == "login"


def test_a_pipe_that_knows_only_ascii_is_no_reason_to_fail(tmp_path: Path) -> None:
    ran = run_qualtui("config", "init", "\u2192.toml", home=tmp_path, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Written: ?.toml")
