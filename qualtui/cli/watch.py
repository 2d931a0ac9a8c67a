"""`qualtui watch`: the engine."""

import asyncio
import gc
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from qualtui.cli.common import FAILED, CommandError, NoConfigurationError, find_config
from qualtui.cli.logs import log_to_stderr
from qualtui.cli.options import ConfigOption
from qualtui.config.errors import Problem
from qualtui.config.values import Config
from qualtui.text import _

log = logging.getLogger(__name__)


def command(
    beside: Annotated[
        bool,
        typer.Option("--beside", help=_("Stop some seconds after the last window closes. Windows use this.")),
    ] = False,
    lifeline: Annotated[int, typer.Option("--lifeline", hidden=True)] = -1,
    config: ConfigOption = None,
) -> None:
    """Run the engine: it polls, evaluates the rules, notifies, and serves the screens. One per store.

    \b
    SIGHUP reloads the configuration, SIGTERM stops it.
    Example:
      qualtui watch
      qualtui --config /etc/qualtui/config.toml watch
    """
    log_to_stderr()
    path = find_config(config)
    if path is None:
        raise NoConfigurationError
    read = reading()
    first, whole = read(path), path.absolute()
    reason = _run(first, lambda: read(whole), beside=beside, lifeline=lifeline)
    log.info("the engine stopped: %s", reason)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # a notice that hangs in its thread must not delay the exit


def reading() -> Callable[[Path], Config]:
    """Reads configurations; what is right but unwise in one, such as an old name, is logged once."""
    from qualtui.config.load import load

    logged: set[tuple[str, str]] = set()

    def read(path: Path) -> Config:
        remarks: list[Problem] = []
        config = load(path, os.environ, remarks)
        for remark in remarks:
            if (about := (remark.key, remark.found)) not in logged:
                logged.add(about)
                log.warning("%s", remark)
        return config

    return read


def _run(first: Config, read: Callable[[], Config], *, beside: bool, lifeline: int) -> str:
    from qualtui.cli.wiring import build
    from qualtui.config.places import socket_path, store_path
    from qualtui.engine.engine import Engine
    from qualtui.engine.listening import SocketError
    from qualtui.store.errors import StoreError
    from qualtui.store.sqlite.deferred import begin_deferred

    try:
        store, state = begin_deferred(store_path(first), time.time())
        engine = Engine(
            store,
            state,
            socket_path(first),
            first,
            build,
            read,
            time.time,
            beside=beside,
        )
    except StoreError as error:
        raise CommandError(error.text, FAILED) from None

    async def life() -> str:
        ready = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(engine.run(ready))
            if lifeline >= 0:  # a pipe that closes when the process that started us ends
                asyncio.get_running_loop().add_reader(lifeline, engine.stop, "the process that started it ended")
            await ready.wait()
            gc.freeze()  # modules and configuration stay: a garbage collection need not look at them again
            log.info("watching %s; socket %s", ", ".join(first.agents), socket_path(first))
        return running.result()

    try:
        return asyncio.run(life())
    except BaseExceptionGroup as group:
        known = group.subgroup((StoreError, SocketError))
        if known is None:
            raise
        raise CommandError(str(_leaf(known)), FAILED) from None


def _leaf(error: BaseException) -> BaseException:
    """The first single error in nested groups."""
    return _leaf(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error
