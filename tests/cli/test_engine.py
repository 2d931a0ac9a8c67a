"""Where no engine runs, a command that needs one says so, and how to start one."""

from pathlib import Path

import pytest

from tests.cli.folders import AGENT, run_qualtui


@pytest.mark.parametrize(
    "command", ["incidents list", "fix list", "fix preview retry", "customers list", "notify log"]
)
def test_without_an_engine_a_command_says_how_to_start_one(command: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT)
    ran = run_qualtui(*command.split(), home=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (3, "", 1)
    assert ran.stderr == "qualtui: Engine not running. Start it: qualtui watch\n"
