"""The whole way, once: a fault, the screen that says what and why, a notice, the key that mends it, the end."""

import asyncio
import sys
import tomllib
from pathlib import Path

import aiohttp
import pytest
import tomli_w

from benchmarks.engine import engine_on
from benchmarks.terminal import Terminal
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.model import Phase, Severity
from qualtui.screens.key_guard import READ
from qualtui.wire import Done, Fixes, ListFixes, Refused, UndoFix
from tests.system.living import World, agent, seen

SPEED = 60.0
LONGEST = 2700.0 / SPEED  # s: longer than the stuck customers of the demo have waited


async def typed(terminal: Terminal, keys: bytes, word: str, within: float = 25.0) -> None:
    """Types, and waits until the screen shows a word."""
    if keys:
        terminal.send(keys)
    shown = await asyncio.to_thread(terminal.pump, within, lambda: word in terminal.text())
    assert shown, f"{word!r} is not on the screen:\n{terminal.text()}"


async def confirmed(terminal: Terminal) -> None:
    """Runs what the dialog offers, which obeys no key in the moment that a person takes to read it."""
    for _press in range(5):
        terminal.send(b"y")
        if await asyncio.to_thread(terminal.pump, 2 * READ, lambda: "Run it" not in terminal.text()):
            return
    raise AssertionError(f"the dialog obeys no key:\n{terminal.text()}")


def without_retry(config: Path) -> None:
    """Nobody may be written to: what is left is to close the sessions."""
    told = tomllib.loads(config.read_text())
    told["fixes"]["retry"]["text"] = ""
    config.write_text(tomli_w.dumps(told))


@pytest.mark.parametrize("fix", ["session-cleanup", "retry"])
async def test_a_fault_is_shown_told_mended_by_a_key_and_over(fix: str) -> None:
    async with (
        spawn_services(service_arguments(speed=SPEED, history=6)) as services,
        aiohttp.ClientSession() as http,
    ):
        if fix == "session-cleanup":
            without_retry(Path(services.config))
        async with engine_on(Path(services.config)) as engine, engine.client() as client:
            world = World(services, http)
            # They have waited for 43 min when they appear; who wrote before the first look pages nobody.
            calm = await seen(client, lambda shot: agent(shot).now.calm, 40, "everyone answered")
            await seen(client, lambda shot: shot.at - calm.at > LONGEST, LONGEST + 15, "so long a watch")
            command = [sys.executable, "-m", "qualtui", "--config", services.config]
            with Terminal(command, 160, 48, {"QUALTUI_USER": "ana"}) as window:
                await typed(window, b"", "ANSWERED", within=20)
                await world.fault("sessions-stuck", True)
                await typed(window, b"", "CUSTOMERS WAITING FOR THE BOT", within=40)
                await typed(window, b"", "sent no reply")
                await world.noticed("CRITICAL #", 25)
                await typed(window, b"a", "you own #")  # one thing at a time: until this is answered f waits
                await typed(window, b"", "ana for")
                await typed(window, b"f", "Run it")
                await confirmed(window)
                await typed(window, b"", f"TRIED  {fix}", within=40)
                over = await seen(client, lambda shot: agent(shot).now.calm, 60, f"everyone answered after {fix}")
                assert all(
                    one.phase is Phase.RESOLVED for one in over.incidents if one.severity is not Severity.INFO
                )
                await world.noticed("RESOLVED #", 25)
                await typed(window, b"q", "keeps watching")
            fixes = await client.ask(ListFixes())
            assert isinstance(fixes, Fixes)
            run = next(run for run in fixes.runs if run.fix == fix)
            assert (run.who, run.outcome) == ("ana", "ok")
            undone = await client.ask(UndoFix(run.run))
            # Of sessions the newer ones stay, and the closed ones stay closed; a message is not taken back.
            assert isinstance(undone, Done | Refused)
            assert ("newer" if fix == "session-cleanup" else "can't be undone") in str(undone.text)
