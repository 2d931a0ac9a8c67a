"""`qualtui demo`: a simulated system on this machine, faults that can be switched on, and the screen on it."""

import asyncio
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qualtui.cli.common import FAILED, LOW_BANDWIDTH, CommandError, who
from qualtui.cli.demo_options import (
    HistoryOption,
    KeepOption,
    QuirksOption,
    ScenarioOption,
    SchemaOption,
    SeedOption,
    ServicesOnlyOption,
    SpeedOption,
    TvOption,
)
from qualtui.cli.options import LowBandwidthOption
from qualtui.text import _

if TYPE_CHECKING:
    from qualtui.demo.launch import Services

ENGINE_END = 4.0  # s


def command(
    speed: SpeedOption = 20.0,
    scenario: ScenarioOption = "",
    seed: SeedOption = 1,
    quirks: QuirksOption = False,
    schema: SchemaOption = "",
    keep: KeepOption = None,
    history: HistoryOption = True,
    low_bandwidth: LowBandwidthOption = False,
    tv: TvOption = False,
    services_only: ServicesOnlyOption = False,
) -> int:
    """Try qualtui with a real PostgreSQL and a simulated bot, gateway and customers. It leaves nothing behind.

    \b
    Switch faults on in the palette (key `:`).
    Example:
      qualtui demo
      qualtui demo --scenario 0310
      qualtui demo --no-history
      qualtui demo --services-only
    """
    from qualtui.demo.launch import DemoError, service_arguments

    if low_bandwidth:
        os.environ[LOW_BANDWIDTH] = "1"
    schema = schema or ("original" if quirks else "working")
    line = service_arguments(
        speed=speed,
        seed=seed,
        scenario=scenario,
        keep=keep,
        schema=schema,
        yesterday=history and not services_only,
    )
    try:
        if services_only:
            return asyncio.run(_services_only(line))
        return _with_screen(line, wall=tv)
    except DemoError as error:
        raise CommandError(str(error), FAILED) from None


async def _services_only(line: list[str]) -> int:
    import msgspec

    from qualtui.demo.launch import spawn_services

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with spawn_services(line) as services:
        print(msgspec.json.encode(services).decode(), flush=True)
        await stop.wait()
    return 0


def _with_screen(line: list[str], *, wall: bool) -> int:
    from qualtui.cli.window import open_window, terminal_problem

    if problem := terminal_problem():
        raise CommandError(
            _("{problem} Without the screen: qualtui demo --services-only").format(
                problem=problem.partition(". ")[0] + "."
            ),
            FAILED,
        )
    os.environ["QUALTUI_USER"] = who(ask=False)  # the demo does not ask for a name
    print(_("Starting PostgreSQL, a bot, a gateway and their customers ..."), flush=True)
    with _services(line) as services, _engine(Path(services.config)):
        goodbye = _("The demo and its engine stopped with this window.")
        return open_window(Path(services.config), None, goodbye, wall=wall)


@contextmanager
def _services(line: list[str]) -> "Iterator[Services]":
    """The services, run by a thread while the main thread runs the screen."""
    from qualtui.demo.launch import spawn_services

    started: queue.SimpleQueue[Services | BaseException] = queue.SimpleQueue()
    stop = threading.Event()

    async def serve() -> None:
        async with spawn_services(line) as services:
            started.put(services)
            await asyncio.to_thread(stop.wait)

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # the main thread raises it
            started.put(error)

    thread = threading.Thread(target=run, name="demo-services", daemon=True)
    thread.start()
    answer = started.get()
    if isinstance(answer, BaseException):
        raise answer
    try:
        yield answer
    finally:
        stop.set()
        thread.join()


@contextmanager
def _engine(config: Path) -> Iterator[None]:
    """An engine on the demo's configuration; a pipe stops it when this process ends, even by SIGKILL."""
    reader, writer = os.pipe()
    with config.with_name("engine.log").open("wb") as log:
        engine = subprocess.Popen(
            [sys.executable, "-m", "qualtui", "--config", str(config), "watch", "--lifeline", str(reader)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(reader,),
            start_new_session=True,
        )
    os.close(reader)
    try:
        yield
    finally:
        os.close(writer)
        with suppress(subprocess.TimeoutExpired):
            engine.wait(ENGINE_END)
        engine.kill()
        engine.wait()
