"""What `y` says is what happened: tmux is handed the text itself, elsewhere nobody can know."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui.screens.clipboard import tmux_took
from tests import snapshots
from tests.screens.stand_in import StandIn, text, until, window

TEXT = "3 CUSTOMERS WAITING\nação; $(x) `y` 'z'"


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Path]:
    """A tmux server of the test's own, as distributions set it: it takes no clipboard from programs."""
    if shutil.which("tmux") is None:
        pytest.skip("no tmux here")
    socket = tmp_path / "t"
    environment = {**os.environ, "TMUX": "", "TERM": "xterm-256color"}
    subprocess.run(
        ["tmux", "-S", str(socket), "-f", "/dev/null", "new-session", "-d", "sleep 60"],
        check=True,
        env=environment,
    )
    try:
        yield socket
    finally:
        subprocess.run(["tmux", "-S", str(socket), "kill-server"], check=False, env=environment)


def held(socket: Path) -> str:
    return subprocess.run(
        ["tmux", "-S", str(socket), "show-buffer"], check=True, capture_output=True, text=True
    ).stdout


async def test_tmux_has_the_text_to_paste(tmux: Path) -> None:
    assert await tmux_took(TEXT, {**os.environ, "TMUX": f"{tmux},1,0"})
    assert held(tmux) == TEXT


@pytest.mark.parametrize("told", ["", "/nowhere/socket,1,0"])
async def test_without_a_tmux_that_answers_nothing_is_said_to_be_there(told: str) -> None:
    assert not await tmux_took(TEXT, {**os.environ, "TMUX": told})
    assert not await tmux_took(TEXT, {"PATH": "/nowhere", "TMUX": told})


async def test_y_says_where_the_summary_is(tmux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = window(StandIn(snapshots.trouble()))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.watched)
        monkeypatch.delenv("TMUX", raising=False)
        await pilot.press("y")
        await until(lambda: "if your terminal lets a program set it" in text(app))
        monkeypatch.setenv("TMUX", f"{tmux},1,0")
        await pilot.press("y")
        await until(lambda: "in tmux's buffer" in text(app))
    assert "CUSTOMERS WAITING" in held(tmux)
