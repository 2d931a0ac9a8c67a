"""tmux's buffer, for a summary to paste: by default tmux drops what is sent to the terminal's clipboard."""

import asyncio
import contextlib
import os
from collections.abc import Mapping

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
