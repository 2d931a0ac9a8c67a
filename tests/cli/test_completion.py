"""Shell completion: in real shells, and what may stand where."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from qualtui.cli.app import COMMANDS, app
from qualtui.cli.complete import candidates
from tests.cli.folders import run_qualtui

# what each shell does at a tab, without a terminal: the words of the line, then what it would offer
BASH = """
eval "$(qualtui completion bash)"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
compopt() { echo "FILES"; }
_qualtui qualtui
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
compdef() { : }
eval "$(qualtui completion zsh)"
_describe() { print -l -- $found }
_files() { print FILES }
words=("$@"); CURRENT=$#
_qualtui
"""
FISH = """
qualtui completion fish | source
function __fish_complete_path; echo FILES; end
complete --do-complete (string join ' ' -- $argv)
"""


def offered(shell: str, script: str, line: list[str], folder: Path) -> list[str]:
    """The words that this shell offers for the last word of the line."""
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"needs {shell}")
    program = folder / "bin" / "qualtui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m qualtui "$@"\n')
    program.chmod(0o755)
    quiet = {"bash": ["--norc", "--noprofile", "-c", script, "bash"], "zsh": ["-f", "-c", script, "zsh"]}
    ran = subprocess.run(
        [path, *quiet.get(shell, ["--no-config", "-c", script]), *line],
        cwd=folder,
        env={
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONUTF8": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return [word.split("\t")[0].split(":")[0] for word in ran.stdout.splitlines() if word] or [ran.stderr]


@pytest.mark.parametrize(("shell", "script"), [("bash", BASH), ("zsh", ZSH), ("fish", FISH)])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["qualtui", ""], {"i", *COMMANDS}),  # without a word: never the screen
        (["qualtui", "inc"], {"incidents"}),
        (["qualtui", "fix", "pol"], {"policy"}),
        (["qualtui", "fix", "policy", ""], {"show", "set", "stop", "start"}),
        (["qualtui", "status", "--s"], {"--short"}),
        (["qualtui", "--config", ""], {"FILES"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_tab_offers_the_commands_and_options_that_may_stand_there(
    shell: str, script: str, line: list[str], expected: set[str], tmp_path: Path
) -> None:
    assert set(offered(shell, script, line, tmp_path)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["--config", "a.toml", "peop"], ["people"]),
        (["--config", "=", "a"], None),
        (["i", ""], []),
        (["i", "42", ""], []),
        (["--rea"], ["--read-only"]),
        (["fix", "policy", "set", "ret"], ["retry"]),
        (["fix", "policy", "set", "retry", "s"], ["suggest", "shadow"]),
        (["series", "show", "x", "--range", "1"], ["15m", "1h"]),
        (["bogus", "x"], None),
    ],
)
def test_what_may_stand_there_follows_from_the_words_before(words: list[str], expected: list[str] | None) -> None:
    found = candidates(get_command(app), words)
    if words[0] == "bogus":
        assert found is not None  # a wrong word before is no reason to fail
    else:
        assert (None if found is None else [one.word for one in found]) == expected


def test_the_shell_need_not_be_named_where_it_is_the_login_shell(tmp_path: Path) -> None:
    ran = run_qualtui("completion", home=tmp_path, SHELL="/usr/bin/zsh")
    assert ran.stdout.startswith("#compdef qualtui")
    unnamed = run_qualtui("completion", home=tmp_path, SHELL="/usr/bin/nologin")
    assert (unnamed.returncode, unnamed.stdout) == (1, "")
    assert "bash, zsh or fish" in unnamed.stderr
