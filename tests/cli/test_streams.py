"""Whatever stdin, stdout and stderr are, no command ends with a traceback or another exit code."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.folders import AGENT

FULL = "qualtui: Can't write the output: No space left on device\n"
PROGRAM = f"{sys.executable} -m qualtui"


def shell(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    """A line of sh in which `qualtui` is the program."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}
    line = line.replace("qualtui", PROGRAM, 1)
    return subprocess.run(
        ["/bin/sh", "-c", line], cwd=home, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("words", ["--version", "--help", "config show", "config show --json", "status --short"])
def test_a_full_disk_behind_stdout_is_one_line(words: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT)
    ran = shell(f"qualtui {words} >/dev/full", tmp_path)
    assert (ran.returncode, ran.stderr) == (3, FULL)


@pytest.mark.parametrize(
    ("words", "code"), [("--version", 0), ("config check", 0), ("status", 3), ("config x", 3)]
)
@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_a_closed_stream_is_silence_and_the_same_code(streams: str, words: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT)
    as_ever = shell(f"qualtui {words}", tmp_path)
    ran = shell(f"qualtui {words} {streams}", tmp_path)
    assert as_ever.returncode == ran.returncode == code
    assert ran.stdout == ("" if ">&-" in streams.split() else as_ever.stdout)
    assert ran.stderr == (as_ever.stderr if streams == ">&-" else "")


def test_what_is_opened_never_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    assert shell("qualtui config init made.toml <&- >&- 2>&-", tmp_path).returncode == 0
    assert (tmp_path / "made.toml").read_text() == (Path(__file__).parents[2] / "config.toml").read_text()


@pytest.mark.parametrize("words", [("status",), ("--help",), ()])
def test_ctrl_c_while_a_command_is_being_loaded_is_silent(words: tuple[str, ...], tmp_path: Path) -> None:
    # The signal comes with the first import that `main` makes; it is the one moment that every start has.
    code = (
        "import os, signal, sys\n"
        "from qualtui.__main__ import main\n"
        f"sys.argv[1:] = {list(words)}\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.startswith('qualtui.cli'): os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.exit(main())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (-signal.SIGINT, "", "")
