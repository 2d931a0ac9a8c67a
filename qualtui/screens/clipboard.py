"""tmux's buffer for a summary to paste, because by default tmux drops what is sent to the terminal's clipboard."""

import asyncio
import contextlib
import os
from collections.abc import Mapping

from qualtui.text import _

PATIENCE = 2.0  # s


async def tmux_took(text: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Puts a text into tmux's buffer (and its terminal's clipboard, if tmux may); False where there is no tmux."""
    if not environ.get("TMUX"):
        return False
    for options in (("-w",), ()):  # -w: since tmux 3.2
        if await _loaded(("tmux", "load-buffer", *options, "-"), text, environ):
            return True
    return False


async def _loaded(command: tuple[str, ...], text: str, environ: Mapping[str, str]) -> bool:
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=null, stderr=null, env=dict(environ)
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            await process.communicate(text.encode())
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode == 0


async def copied(text: str) -> tuple[str, str]:
    """Give tmux the summary that the terminal was sent; return the sentence about it, and its token.

    A terminal never confirms a copy and tmux often drops it, so tmux gets it directly.
    """
    if await tmux_took(text):
        return _("A summary without personal data is in tmux's buffer: prefix ] pastes it."), "good"
    return _(
        "A summary without personal data is in your clipboard, if your terminal lets a program set it."
    ), "label"
