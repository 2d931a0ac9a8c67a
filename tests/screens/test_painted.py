"""What reaches the terminal is what the screen holds: after any news, key or size, no stale row stays."""

import random

import pyte
import pytest
from msgspec.structs import replace
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from qualtui.app import QualtuiApp
from qualtui.wire import Customers, ListCustomers, Snapshot
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, until

KEYS = ("j", "k", "G", "g", "w", "c", "question_mark", "escape", "escape", "enter", "right_square_bracket")
SIZES = ((160, 48), (120, 40), (80, 24), (200, 60), (100, 30))


class Screen(HeadlessDriver):
    """A driver that paints on a terminal's screen in memory."""

    painted = pyte.Screen(1, 1)

    @property
    def is_headless(self) -> bool:
        """What the app draws is written."""
        return False

    def write(self, data: str) -> None:
        """Paints."""
        pyte.Stream(self.painted).feed(data)


class Painting:
    """A window on a stand-in, whose terminal can be looked at."""

    def __init__(self, first: Snapshot, size: tuple[int, int]) -> None:
        self.engine, self.clock, self.size = StandIn(first), Clock(), size
        self.engine.answers[ListCustomers] = Customers("ldc-bot", snapshots.people())
        painted = self.painted = pyte.Screen(*size)
        driver = type("Painted", (Screen,), {"painted": painted})
        self.app = QualtuiApp(self.engine, who="ana", clock=self.clock, ticks=self.clock, driver_class=driver)

    async def shown(self, pilot: Pilot[int]) -> str:
        """What stands on the terminal once it is at rest."""
        await pilot.pause()
        return "\n".join(row.rstrip() for row in self.painted.display)

    async def push(self, told: Snapshot) -> None:
        """The engine tells news, a moment after the last."""
        self.clock.at += 1.0
        self.engine.push(replace(told, at=self.clock.at))
        await until(lambda: self.app._feed.sight.snapshot is not None and self.at == self.clock.at)

    @property
    def at(self) -> float:
        """The time of the newest snapshot that the window has."""
        sight = self.app._feed.sight
        return sight.snapshot.at if sight.snapshot is not None else 0.0


def other(told: Snapshot, rng: random.Random) -> Snapshot:
    """News of the same kind: other incidents in another order, and NOW speaks of any of them."""
    numbers = rng.sample(range(1, 60), rng.randint(0, 12))
    rows = tuple(snapshots.incident(number, summary=f"incident of {number}") for number in numbers)
    now = replace(told.details[0].now, number=rng.choice(numbers) if numbers else 0)
    lines = rng.sample(told.activity, rng.randint(0, len(told.activity)))
    return snapshots.showing(told, replace(told.details[0], now=now), incidents=rows, activity=tuple(lines))


def little(told: Snapshot, rng: random.Random) -> Snapshot:
    """The same news, but for one incident."""
    rows = list(told.incidents)
    if rows:
        n = rng.randrange(len(rows))
        rows[n] = replace(rows[n], owner=rng.choice(("", "ana", "bia")))
    return replace(told, incidents=tuple(rows))


async def test_the_list_of_incidents_begins_with_its_first_whichever_now_speaks_of() -> None:
    told = snapshots.trouble()
    last = told.incidents[-1].number
    agent = told.details[0]
    painting = Painting(snapshots.showing(told, replace(agent, now=replace(agent.now, number=last))), (160, 48))
    async with painting.app.run_test(headless=False, size=painting.size) as pilot:
        await until(lambda: table(painting.app).key == str(last))
        shown = await painting.shown(pilot)
        assert all(str(incident.summary)[:40] in shown for incident in told.incidents)


@pytest.mark.parametrize("seed", range(12))
async def test_the_terminal_shows_what_the_screen_holds(seed: int) -> None:
    rng = random.Random(seed)
    scenes = (snapshots.trouble(), snapshots.calm())
    told = other(scenes[0], rng)
    painting = Painting(told, rng.choice(SIZES))
    app = painting.app
    async with app.run_test(headless=False, size=painting.size) as pilot:
        await until(lambda: app.pid != 0)
        for _ in range(15):
            match rng.choice(("little", "little", "news", "key", "key", "size")):
                case "little":
                    await painting.push(told := little(told, rng))
                case "news":
                    await painting.push(told := other(rng.choice(scenes), rng))
                case "key":
                    await pilot.press(rng.choice(KEYS))
                case _:
                    size = rng.choice(SIZES)
                    painting.painted.resize(size[1], size[0])
                    await pilot.resize_terminal(*size)
            shown = await painting.shown(pilot)
            assert shown == text(app)
