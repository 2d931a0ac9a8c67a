"""How a command talks to the engine of its configuration: one connection, one request."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from qualtui.cli.common import FAILED, UNKNOWN, CommandError, capability, resolve_window_config, who
from qualtui.cli.words import words
from qualtui.client import Client, ClientError, EngineNotRunningError
from qualtui.config.places import socket_path
from qualtui.text import _
from qualtui.wire import (
    DETAILS,
    FEW,
    Agents,
    Answer,
    Command,
    Refused,
    ShowAgents,
    Snapshot,
)

Result = TypeVar("Result")


def ask(config: Path | None, command: Command) -> Answer:
    """The engine's answer. Raises CommandError: exit 3 without an engine, exit 1 if it refuses."""
    return ask_when(config, command)[0]


def ask_when(config: Path | None, command: Command) -> tuple[Answer, float]:
    """As `ask`, with the moment of the answer by the engine's clock."""

    async def put(client: Client) -> tuple[Answer, float]:
        answer = await client.ask(command, timeout=90)
        return answer, time.time() + client.ahead

    answer, now = engine_connected(config, put)
    if isinstance(answer, Refused):
        raise CommandError(words(answer.text), FAILED)
    return answer, now


def snapshot(config: Path | None) -> Snapshot:
    """The engine's present snapshot. Raises CommandError (exit 3) without an engine."""

    async def first(client: Client) -> Snapshot:
        async with asyncio.timeout(5):
            return await anext(client.snapshots())

    return engine_connected(config, first, watch=True)


def in_full(config: Path | None, figures: tuple[str, ...] = ()) -> Snapshot:
    """The engine's present snapshot with the details of all agents, of their figures those named (none: all).

    CommandError (exit 3) without an engine.
    """

    async def talk(client: Client) -> Snapshot:
        async with asyncio.timeout(5):
            shot = await anext(client.snapshots())
        details = list(shot.details) if len(shot.agents) == len(shot.details) else []
        names = [] if details else [agent.name for agent in shot.agents]
        page = DETAILS * FEW if figures else DETAILS
        pages = [ShowAgents(tuple(names[first : first + page]), figures) for first in range(0, len(names), page)]
        for answer in await asyncio.gather(*map(client.ask, pages)):
            details += answer.agents if isinstance(answer, Agents) else ()
        return replace(shot, details=tuple(details))

    return engine_connected(config, talk, watch=True)


def engine_connected(
    config: Path | None, talk: Callable[[Client], Awaitable[Result]], *, watch: bool = False
) -> Result:
    """Connect to the engine of this configuration and run `talk`."""
    path = socket_path(resolve_window_config(config))
    name = who()

    got: list[Result] = []  # not the task's own result: asyncio.run writes that out as text, all agents of it

    async def run() -> None:
        async with Client(path, who=name, watch=watch, capability=capability()) as client:
            got.append(await talk(client))

    try:
        asyncio.run(run())
    except TimeoutError:
        raise CommandError(
            _("The engine does not answer. Look at it: systemctl status qualtui"), UNKNOWN
        ) from None
    except EngineNotRunningError:
        raise CommandError(_("Engine not running. Start it: qualtui watch"), UNKNOWN) from None
    except ClientError as error:
        raise CommandError(words(error.said), UNKNOWN) from None
    return got[0]
