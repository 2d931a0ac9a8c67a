"""Where no engine runs, a command that needs one says that nobody watches, and what to do."""

from pathlib import Path

import pytest

from tests.cli.folders import AGENT, run_qualtui


@pytest.mark.parametrize(
    "command", ["incidents list", "fix list", "fix preview retry", "customers list", "notify log"]
)
def test_without_an_engine_a_command_says_that_nobody_watches(command: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT)
    ran = run_qualtui(*command.split(), home=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (3, "", 1)
    assert ran.stderr.startswith("qualtui: nobody watches: no engine answers at ")
    assert ran.stderr.endswith("; `qualtui watch` starts one\n")
