"""A stage: an engine's socket that serves invented snapshots, to look at the window and to measure it alone.

`python -m benchmarks.stage SCENE [--size 160x48]` opens the window on it; `--serve PATH` only serves.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from qualtui.wire import (
    VERSION,
    Acknowledge,
    AddNote,
    Answer,
    Customers,
    Done,
    Fixes,
    IncidentDetail,
    ListCustomers,
    ListFixes,
    PreviewFix,
    Pushed,
    Refresh,
    Refused,
    Reply,
    Result,
    RunFix,
    RunView,
    ShowIncident,
    Snapshot,
    StopFix,
    UndoFix,
    Welcome,
    frame,
    length,
    read_request,
)
from tests import snapshots


def moved(snapshot: Snapshot, by: float) -> Snapshot:
    """The same moment later: every time in it is shifted."""
    return msgspec.convert(_shifted(msgspec.to_builtins(snapshot), by), Snapshot)


def _shifted(value: object, by: float) -> object:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()  # the wire carries no lone surrogate
    if isinstance(value, dict):
        return {key: _shifted(part, by) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_shifted(part, by) for part in value]
    if isinstance(value, float) and abs(value - snapshots.AT) < 1e6:
        return value + by
    return value


def answer(ask: object) -> Answer:
    """What an engine might answer."""
    match ask:
        case ShowIncident(number=number):
            told = snapshots.trouble()
            row = next((one for one in told.incidents if one.number == number), None)
            if row is None:
                return Refused(f"There is no incident {number}.")
            by = time.time() - snapshots.AT
            history = tuple(reversed([line for line in moved(told, by).activity if line.number == number]))
            return IncidentDetail(moved(msgspec.structs.replace(told, incidents=(row,)), by).incidents[0], history)
        case PreviewFix(fix=fix):
            return snapshots.restarting() if fix == "gateway-restart" else snapshots.preview()
        case RunFix(token="token-2"):
            return Done("The session is WORKING, 12s after the restart", run="run-2")
        case RunFix():
            return Done("Closed 3 sessions; 1 customer still waits.", run="run-1")
        case ListFixes():
            now = time.time()
            done = "closed 3 sessions"
            run = RunView(
                "run-1", "session-cleanup", "ldc-bot", "ana", now - 240, now - 239, "ok", done, False, True
            )
            return Fixes((), (run,))
        case StopFix():
            return Done("retry: Answered 3 of 7; left: 4 stopped by ana")
        case UndoFix():
            return Done("Opened 2 sessions again; 1 has a newer one and stays closed.")
        case ListCustomers(agent=agent):
            by = time.time() - snapshots.AT
            people = tuple(msgspec.structs.replace(one, since=one.since + by) for one in snapshots.people())
            return Customers(agent, people)
        case Acknowledge(number=number, release=release):
            return Done(f"Incident {number} is {'free again' if release else 'yours'}.")
        case AddNote() | Refresh():
            return Done("Done.")
        case _:
            return Refused("This stage has no such answer.")


async def serve(path: Path, scene: Callable[[], Snapshot], interval: float = 1.0) -> None:
    """Serves the scene, moved to the present, until cancelled."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def send(reply: Reply) -> None:
            writer.write(frame(reply))

        async def push() -> None:
            while True:
                now = time.time()
                send(Pushed(msgspec.structs.replace(moved(scene(), now - snapshots.AT), at=now)))
                await writer.drain()
                await asyncio.sleep(interval)

        pushing: asyncio.Task[None] | None = None
        try:
            while True:
                request = read_request(await reader.readexactly(length(await reader.readexactly(4))))
                if request.id == 0:
                    send(Welcome(VERSION, os.getpid(), 3))
                    pushing = asyncio.get_running_loop().create_task(push())
                else:
                    send(Result(request.id, answer(request.ask)))
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            if pushing is not None:
                pushing.cancel()
            writer.close()

    server = await asyncio.start_unix_server(talk, str(path))
    parent = os.getppid()
    async with server:
        # Nobody is left to stop it once its parent was killed; there is no event for that.
        while os.getppid() == parent:  # noqa: ASYNC110
            await asyncio.sleep(0.5)


def main() -> int:
    """Serves in a child, shows the window in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene", nargs="?", default="trouble", choices=sorted(snapshots.SCENES))
    parser.add_argument("--serve", type=Path)
    parser.add_argument("--interval", type=float, default=1.0)
    parser.add_argument("--ascii", action="store_true")
    parser.add_argument("--heralded", action="store_true", help="with a title and desktop notifications")
    options = parser.parse_args()
    if options.serve:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(options.serve, snapshots.SCENES[options.scene], options.interval))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "socket"
        child = os.fork()
        if child == 0:
            asyncio.run(serve(path, snapshots.SCENES[options.scene], options.interval))
            os._exit(0)
        try:
            return show(path, options.ascii, options.heralded)
        finally:
            os.kill(child, 15)


def show(path: Path, ascii_only: bool = False, heralded: bool = False) -> int:
    """The window on an engine's socket."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    from qualtui.app import QualtuiApp
    from qualtui.client import Client
    from qualtui.config.values import BellName
    from qualtui.screens.herald import Herald
    from qualtui.screens.terminal import TerminalGuard
    from qualtui.widgets.look import terminal_look

    def connect() -> Client:
        return Client(path, who="ana", watch=True, window=True)

    with TerminalGuard() as guard:
        herald = Herald(title=heralded, bell=BellName.OSC9 if heralded else BellName.OFF)
        look = terminal_look(want_ascii=ascii_only)
        app = QualtuiApp(connect, who="ana", look=look, guard=guard, herald=herald)
        app.run()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
