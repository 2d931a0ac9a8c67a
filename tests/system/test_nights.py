"""Three nights as a person has them: a real window of 80 columns, real keys, and the real system behind it."""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import tomli_w

from benchmarks.engine import engine_on
from qualtui.client import Client
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.diagnosis.root_cause import GATEWAY_RESTART, RETRY
from qualtui.model import Phase
from qualtui.screens.key_guard import READ
from qualtui.wire import Fixes, ListFixes, RunView, Snapshot
from tests.system.living import World, agent, seen
from tests.system.tmux import TmuxWindow, needs_tmux, window

pytestmark = needs_tmux

SPEED = 20.0
BEGUN = 60.0  # s until a story's fault is an incident with customers in it, on a busy machine
SHOWN = 30.0  # s until a key's answer stands on the screen, and until a window has opened
OVER = 150.0
GATEWAY = "gateway-not-working"

_WRITTEN_TWICE = """
SELECT lead_id::text FROM messages
WHERE metadata ->> 'source' = 'qualtui_retry' GROUP BY lead_id HAVING count(*) > 1
"""


class Night:
    """The demo, its engine, and a connection that sees what the windows see."""

    def __init__(self, world: World, client: Client, config: Path) -> None:
        self.world = world
        self.client = client
        self.config = config

    async def incident(self, holds: Callable[[Snapshot], bool], what: str) -> int:
        """The number of the gateway's incident, once a condition holds as well."""
        shot = await seen(self.client, lambda one: bool(number_of(one)) and holds(one), BEGUN, what)
        return number_of(shot)

    async def resolved(self, number: int) -> None:
        """Until the incident is over."""
        await seen(self.client, lambda shot: is_over(shot, number), OVER, f"#{number} is resolved")

    async def runs(self, fix: str) -> list[RunView]:
        """Each run of a fix."""
        answer = await self.client.ask(ListFixes())
        assert isinstance(answer, Fixes)
        return [run for run in answer.runs if run.fix == fix]


def number_of(snapshot: Snapshot) -> int:
    return next((one.number for one in snapshot.incidents if one.rule == GATEWAY), 0)


def is_over(snapshot: Snapshot, number: int) -> bool:
    return any(one.number == number and one.phase is Phase.RESOLVED for one in snapshot.incidents)


def undelivered(snapshot: Snapshot) -> bool:
    """Two customers have a row "sent", and nothing on the phone."""
    return any("2 customers" in str(proof) for proof in agent(snapshot).now.proof)


def at_three(config: dict[str, Any]) -> None:
    """The default contact hours, in a time zone in which it is three at night now."""
    behind = (datetime.now(UTC).hour - 3 + 12) % 24 - 12  # whole hours; the sign of Etc/GMT is the opposite
    zone = f"Etc/GMT{behind:+d}" if behind else "Etc/GMT"
    config["fixes"]["retry"].update({"hours": "08:00-20:00", "zone": zone})
    config.setdefault("screen", {})["zone"] = zone


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    raw = tomllib.loads(path.read_text())
    change(raw)
    path.write_text(tomli_w.dumps(raw))


@asynccontextmanager
async def night(scenario: str = "", change: Callable[[dict[str, Any]], None] = at_three) -> AsyncIterator[Night]:
    async with spawn_services(service_arguments(speed=SPEED, history=12, scenario=scenario)) as services:
        config = Path(services.config)
        changed(config, change)
        async with (
            aiohttp.ClientSession() as http,
            engine_on(config) as engine,
            engine.client() as client,
        ):
            yield Night(World(services, http), client, config)


async def confirm(person: TmuxWindow) -> None:
    """Reads a dialog for as long as it takes no key, and confirms it."""
    await asyncio.sleep(2 * READ)
    await person.press("Right")
    await person.until("› [y]", within=SHOWN)
    await person.press("Enter")
    await person.until_gone("[y]", within=SHOWN)


async def answered(person: TmuxWindow) -> None:
    """Until the fix says what it did. Where more wait than were shown, who is written to is confirmed again."""
    while "[y]" in await person.until("Answered", "[y]", "is running", "Nothing", within=OVER):
        await confirm(person)


async def ended(person: TmuxWindow, number: int) -> None:
    """Until it is shown as over. A dialog that came up behind the other's fix is confirmed: it finds nobody."""
    over = f"RESOLVED  #{number}"
    while "[y]" in await person.until(over, "[y]", within=SHOWN):
        await confirm(person)


async def test_the_night_of_0310_is_opened_owned_and_fixed_with_six_keys_at_most(tmp_path: Path) -> None:
    async with night("0310") as scene:
        number = await scene.incident(undelivered, "two customers without a delivered answer")
        async with window(tmp_path, scene.config, "i", str(number), who="ana") as phone:
            await phone.until("I've got it", within=SHOWN)
            await phone.press("a")
            await phone.until("WHO    ana", within=SHOWN)
            await phone.press("f")
            dialog = await phone.until("[y]", within=SHOWN)
            assert "Restarts the WhatsApp session" in dialog
            assert "then Sends WhatsApp to" in dialog
            await confirm(phone)
            await answered(phone)
            await scene.resolved(number)
            await ended(phone, number)
            assert len(phone.pressed) <= 6
        assert [run.outcome for run in await scene.runs(GATEWAY_RESTART)] == ["ok"]
        assert [run.who for run in await scene.runs(RETRY)] == ["ana"]
        assert await scene.world.rows(_WRITTEN_TWICE) == []


async def test_on_a_bad_evening_two_people_who_press_at_once_restart_once_and_answer_once(tmp_path: Path) -> None:
    async with night("0310") as scene:
        number = await scene.incident(undelivered, "two customers without a delivered answer")
        async with (
            window(tmp_path, scene.config, "i", str(number), who="ana") as first,
            window(tmp_path, scene.config, "i", str(number), who="bruno", size=(160, 48)) as second,
        ):
            both = first, second
            await asyncio.gather(*(one.until("I've got it", within=SHOWN) for one in both))
            await asyncio.gather(*(one.press("a") for one in both))
            one, other = await asyncio.gather(
                *(each.until("WHO    ana", "WHO    bruno", within=SHOWN) for each in both)
            )
            assert ("WHO    ana" in one) == ("WHO    ana" in other)
            await asyncio.gather(*(one.press("f") for one in both))
            await asyncio.gather(*(one.until("[y]", within=SHOWN) for one in both))
            await asyncio.gather(*(confirm(one) for one in both))
            await asyncio.gather(*(answered(one) for one in both))
            await scene.resolved(number)
            await asyncio.gather(*(ended(one, number) for one in both))
        assert [run.outcome for run in await scene.runs(GATEWAY_RESTART)].count("ok") == 1
        assert await scene.world.rows(_WRITTEN_TWICE) == []


async def test_a_gateway_that_is_logged_out_says_that_a_phone_is_needed_and_ends_when_it_has_logged_in(
    tmp_path: Path,
) -> None:
    async with night() as scene:
        await seen(scene.client, lambda shot: agent(shot).now.calm, OVER, "calm")
        await scene.world.fault("logged-out", True)
        number = await scene.incident(lambda _shot: True, "an incident")
        async with window(tmp_path, scene.config, who="ana") as phone:
            screen = await phone.until("must log it in", within=SHOWN)
            assert "SCAN_QR_CODE" in screen
            assert "a restart does not log in" in screen
            await phone.press("a")
            await phone.until("you own", within=SHOWN)
            await phone.press("f")
            await phone.until("There is no fix for this.", within=SHOWN)
            await scene.world.fault("logged-out", False)  # someone scanned the code
            await scene.resolved(number)
            await phone.until("EVERYONE", "RECOVERING", "RESOLVED", within=SHOWN)
        assert await scene.runs(GATEWAY_RESTART) == []
