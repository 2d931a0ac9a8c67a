"""The command that takes an archive elsewhere: no shell, watched, and ended with all that it started."""

import asyncio
import contextlib
import os
import shlex
import signal
from pathlib import Path

from qualtui.backup.errors import BackupError
from qualtui.text.message import message

FILE = "{file}"
ENDING = 5.0  # s for a killed hook to be gone


def hook_command(hook: str, archive: Path) -> list[str]:
    """Return the words of the command; {file} in them is the archive, which comes last where it is not named."""
    words = shlex.split(hook)
    if not any(FILE in word for word in words):
        words.append(FILE)
    return [word.replace(FILE, str(archive)) for word in words]


async def run_hook(hook: str, archive: Path, limit: float) -> None:
    """Run the hook to its end. Raises BackupError unless it exits with 0 within `limit` seconds.

    What it prints is dropped: it may hold addresses and keys.
    """
    words = hook_command(hook, archive)
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise BackupError(
            message("the hook {program} can't be started: {what}", program=words[0], what=error.strerror)
        ) from None
    try:
        async with asyncio.timeout(limit):
            code = await process.wait()
    except TimeoutError:
        raise BackupError(
            message("the hook {program} did not end within {limit:span}", program=words[0], limit=limit)
        ) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # also what it left running
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDING):
                await process.wait()
    if code:
        raise BackupError(message("the hook {program} failed with {code:whole}", program=words[0], code=code))
