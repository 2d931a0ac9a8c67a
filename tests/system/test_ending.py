"""What serves until it is told to end has done its work when it is: exit code 0, as the README's table says."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.folders import AGENT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [["watch"], ["demo", "--services-only", "--speed", "100"]])
def test_what_serves_ends_with_0_when_it_is_told_to(
    command: list[str], number: signal.Signals, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(AGENT + "[store]\npath = 'q.db'\nsocket = 's'\n")
    with subprocess.Popen(
        [sys.executable, "-m", "qualtui", *command],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        ready = "watching" if command == ["watch"] else "control_url"
        assert ready in process.stdout.readline()
        process.send_signal(number)
        rest = process.stdout.read()
        assert (process.wait(30), "Traceback" in rest) == (0, False)
