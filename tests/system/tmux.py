"""A window of qualtui as a person has it: in tmux, of a size, with keys pressed and the screen read."""

import asyncio
import shlex
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux: apt-get install tmux")

PHONE = (80, 24)
ROOT = Path(__file__).parent.parent.parent


class TmuxWindow:
    """One window. `pressed`: the keys so far, as tmux names them."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self.pressed: list[str] = []

    async def press(self, *keys: str) -> None:
        """Presses keys, one after the other."""
        for key in keys:
            await run(self._socket, "send-keys", key)
            self.pressed.append(key)

    async def screen(self) -> str:
        """What stands on it, row by row."""
        return await run(self._socket, "capture-pane", "-p")

    async def until(self, *words: str, within: float) -> str:
        """The first screen that shows one of the words; fails with the last screen."""
        deadline = time.monotonic() + within
        while True:
            screen = await self.screen()
            if any(word in screen for word in words):
                return screen
            assert time.monotonic() < deadline, f"not seen within {within:.0f}s: {words}\n{screen}"
            await asyncio.sleep(0.2)

    async def until_gone(self, word: str, within: float) -> None:
        """Until a word has left the screen; fails with the last screen."""
        deadline = time.monotonic() + within
        while word in (screen := await self.screen()):
            assert time.monotonic() < deadline, f"still there after {within:.0f}s: {word}\n{screen}"
            await asyncio.sleep(0.2)


async def run(socket: Path, *arguments: str) -> str:
    """What tmux says to a command. Fails with its own words."""
    process = await asyncio.create_subprocess_exec(
        *("tmux", "-S", str(socket), "-f", "/dev/null", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode(errors="replace")
    return out.decode()


@asynccontextmanager
async def window(
    folder: Path, config: Path, *arguments: str, who: str, size: tuple[int, int] = PHONE
) -> AsyncIterator[TmuxWindow]:
    """A person's `qualtui ...` in a terminal of this size; closed with the block. `folder`: for tmux's socket."""
    socket = folder / f"{who}.tmux"
    cols, rows = size
    line = shlex.join([sys.executable, "-m", "qualtui", "--config", str(config), *arguments])
    environment = f"cd {shlex.quote(str(ROOT))} && LC_ALL=C.UTF-8 QUALTUI_USER={who} exec {line}"
    await run(socket, "new-session", "-d", "-x", str(cols), "-y", str(rows), environment)
    try:
        yield TmuxWindow(socket)
    finally:
        process = await asyncio.create_subprocess_exec(
            *("tmux", "-S", str(socket), "kill-server"), stderr=asyncio.subprocess.DEVNULL
        )
        await process.wait()
