"""One of the three plays of a month: alone, with an engineer, with automatic fixes beside the engineer."""

import asyncio
import tempfile
from enum import StrEnum
from pathlib import Path

import msgspec

from benchmarks.promise.duty import AutomaticRun, Duty, month_configuration
from benchmarks.promise.engineer import Engineer
from benchmarks.promise.outcome import Outcome, outcome
from benchmarks.promise.virtual_loop import VirtualLoop
from benchmarks.promise.world import MonthWorld
from benchmarks.truth.faults import DAY, Fault
from benchmarks.truth.watch import EPOCH, rhythm_of
from benchmarks.truth.world import World
from qualtui.config.values import PolicyMode
from qualtui.series.seasonality import Seasonality
from qualtui.store.sqlite import SqliteStore

PER_HOUR = 4.0  # first contacts in a busy hour
PAST = 28.0  # days from which the customers' rhythm is learned
AFTER = 25 * 3600.0  # s after the month's end in which the last customers' fate is decided


class Part(StrEnum):
    """Who helps the bot."""

    ALONE = "alone"
    ENGINEER = "engineer"
    AUTO = "auto"


class Month(msgspec.Struct, frozen=True):
    """What is played: the seed, its length, its faults, and fixes that are switched off."""

    seed: int
    days: float
    faults: tuple[Fault, ...]
    without: frozenset[str] = frozenset()
    per_hour: float = PER_HOUR


class Played(msgspec.Struct, frozen=True):
    """One play. `policies`: the fixes that ran by themselves; `presses`: runs that the engineer began."""

    outcome: Outcome
    customers: int
    policies: tuple[str, ...] = ()
    runs: tuple[AutomaticRun, ...] = ()
    presses: int = 0


def play(part: Part, month: Month, rhythm: Seasonality | None = None) -> Played:
    """Play a month to its end, and a day longer without anybody's help."""
    world = MonthWorld(month.seed, month.days, month.per_hour, month.faults)
    duty: Duty | None = None
    engineer: Engineer | None = None
    if part is not Part.ALONE:
        loop = VirtualLoop(EPOCH)
        try:
            learned = rhythm_of_month(month) if rhythm is None else rhythm
            duty, engineer = loop.run_until_complete(_watched(part, month, world, learned))
        finally:
            loop.close()
    world.run(month.days * DAY + AFTER)
    waits = [one for one in world.people.all_waits() if one.begin < month.days * DAY]
    if duty is None or engineer is None:
        return Played(outcome(waits), len(world.people.all))
    right = [run.right for run in duty.automatic]
    result = outcome(waits, duty.pages, right, world.people.twice)
    return Played(result, len(world.people.all), automatic_fixes(duty), tuple(duty.automatic), engineer.presses)


def rhythm_of_month(month: Month) -> Seasonality:
    """What the weeks before taught of the customers' habits."""
    return rhythm_of(World(month.seed + 1_000_003, PAST, month.per_hour, (), 0), PAST)


async def _watched(part: Part, month: Month, world: MonthWorld, rhythm: Seasonality) -> tuple[Duty, Engineer]:
    config = month_configuration(auto=part is Part.AUTO, without=month.without)
    with tempfile.TemporaryDirectory() as folder, SqliteStore.open(Path(folder) / "month.db") as store:
        duty = Duty(world, store, rhythm, config)
        engineer = Engineer(duty)
        with duty.simulated():
            async with asyncio.TaskGroup() as tasks:  # what fails in one ends the play
                work = [
                    tasks.create_task(one) for one in (duty.fixing.work(), duty.policies.work(), engineer.work())
                ]
                await duty.stand(month.days * DAY)
                for task in work:
                    task.cancel()
    return duty, engineer


def automatic_fixes(duty: Duty) -> tuple[str, ...]:
    """The fixes that a policy may run."""
    return tuple(view.fix for view in duty.policies.views() if view.mode == PolicyMode.AUTO)
