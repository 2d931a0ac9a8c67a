"""A home of one's own for tests of commands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

AGENT = '[agents.bot.health]\nurl = "https://bot.example.com/health"\n'


def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes `home` the home and current folder, with no configuration anywhere; gives it."""
    home.mkdir(exist_ok=True)
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    for name in ("QUALTUI_CONFIG", "QUALTUI_USER", "QUALTUI_DEBUG", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return home


def run_qualtui(*arguments: str, home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The real program in a process of its own, its home and current folder at `home`."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONUTF8": "1", **env}
    return subprocess.run(
        [sys.executable, "-m", "qualtui", *arguments],
        cwd=home,
        env=clean,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
