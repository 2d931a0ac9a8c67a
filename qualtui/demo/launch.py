"""Starts the demo's services as a child that never outlives us, and ends them."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec

from qualtui.text import clean

_READY = 60.0  # seconds; a first start on a slow machine makes a whole PostgreSQL
_ORDERLY = 8.0


class DemoError(Exception):
    """The demo could not be started; one line."""


class Services(msgspec.Struct, frozen=True):
    """Where the services are: the one line that they print when they are ready."""

    config: str
    folder: str
    agent_url: str
    dsn: str
    write_dsn: str
    waha_url: str
    waha_key: str
    catcher_url: str
    smtp_port: int
    control_url: str
    speed: float
    pids: dict[str, int]

    def __repr__(self) -> str:
        return f"Services({self.control_url})"  # never a DSN


def service_arguments(
    *,
    speed: float = 20.0,
    seed: int = 1,
    scenario: str = "",
    keep: Path | None = None,
    schema: str = "working",
    history: float = 48.0,
    traffic: bool = True,
    extras: bool = False,
    yesterday: bool = False,
) -> list[str]:
    """The command line of the services process, without the interpreter.

    `history`: hours of the bot's past. `yesterday`: a day of qualtui's own; else its store is as at a first start.
    """
    line = ["--speed", f"{speed:g}", "--seed", str(seed), "--schema", schema, "--history", f"{history:g}"]
    line += ["--scenario", scenario] if scenario else []
    line += ["--keep", str(keep)] if keep is not None else []
    line += [] if traffic else ["--no-traffic"]
    line += ["--extras"] if extras else []
    line += ["--yesterday"] if yesterday else []
    return line


@contextlib.asynccontextmanager
async def spawn_services(arguments: Sequence[str] = ()) -> AsyncIterator[Services]:
    """Runs the services with `service_arguments(...)` while the block lasts. Raises DemoError.

    A pipe is their lifeline: however this process ends, they notice, stop everything and delete their folder.
    """
    ours: Services | None = None
    reader, writer = os.pipe()
    with tempfile.TemporaryFile() as errors:
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "qualtui.demo.services", "--lifeline", str(reader), *arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                pass_fds=(reader,),
                start_new_session=True,  # ctrl+c in the terminal is for the window alone
            )
        except BaseException:
            os.close(writer)
            raise
        finally:
            os.close(reader)
        try:
            ours = await _ready(process)
            if ours is None:
                errors.seek(0)
                last = errors.read()[-2000:].decode("utf-8", "replace").strip().rpartition("\n")[2]
                raise DemoError(f"the demo does not start: {clean(last) or 'it ended without a word'}")
            yield ours
        finally:
            os.close(writer)
            await _ended(process)
            if ours is not None and "--keep" not in arguments:
                shutil.rmtree(ours.folder, ignore_errors=True)  # where it was killed it could not


async def _ready(process: asyncio.subprocess.Process) -> Services | None:
    """The line that they print; None when they ended without one. Raises DemoError with their own reason."""
    if process.stdout is None:
        return None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _READY)
    except TimeoutError:
        raise DemoError(f"the demo was not ready after {_READY:.0f}s") from None
    if not line:
        return None
    said = msgspec.json.decode(line)
    if "error" in said:
        raise DemoError(clean(said["error"]))
    return msgspec.convert(said, Services)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Waits for an orderly end; ends it by force where there is none."""
    try:
        await asyncio.wait_for(process.wait(), _ORDERLY)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
