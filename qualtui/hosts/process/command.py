"""One bounded run of a program of this machine, such as systemctl."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Sequence

from qualtui.hosts.host import HostError, HostFault
from qualtui.text import clean, masked
from qualtui.text.message import message

_OUTPUT = 2 * 1024 * 1024  # bytes that are read of an answer
_DENIED = ("access denied", "authentication required", "not authorized", "permission")

Run = Callable[[Sequence[str]], Awaitable[bytes]]  # the output of a program; raises HostError


def runner(timeout: float) -> Run:
    """A `Run` that ends what takes longer than `timeout` seconds."""

    async def run(command: Sequence[str]) -> bytes:
        try:
            child = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, "LC_ALL": "C", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"},
                limit=_OUTPUT,
            )
        except OSError as error:
            why = error.strerror or "can't be started"
            raise HostError(HostFault.LOCAL, message("{program}: {why}", program=command[0], why=why)) from None
        try:
            async with asyncio.timeout(timeout):
                out, wrong = await child.communicate()
        except TimeoutError:
            raise HostError(HostFault.SILENT, message("{program}: no answer", program=command[0])) from None
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode:
            raise _refusal(command[0], wrong.decode(errors="replace"))
        return out[-_OUTPUT:]

    return run


def _refusal(program: str, wrong: str) -> HostError:
    """The error of a run that failed; what it wrote goes with it."""
    said = masked(clean(wrong, 80))
    fault = HostFault.UNAUTHORIZED if any(word in wrong.lower() for word in _DENIED) else HostFault.STATUS
    return HostError(fault, message("{program}: {said}", program=program, said=said or "it failed"))
