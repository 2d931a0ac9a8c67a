"""While a fix runs every page says so, with the key that stops it, also to whoever waits for its end."""

import asyncio

import msgspec
import pytest

from qualtui.wire import (
    Answer,
    Command,
    Customers,
    Done,
    ListCustomers,
    PreviewFix,
    Refused,
    RunDoctor,
    RunFix,
    StartPolicies,
    StopFix,
    StopPolicies,
)
from tests import snapshots
from tests.screens.stand_in import Clock, StandIn, table, text, until, window

SIZE = (100, 30)


class Long(StandIn):
    """Runs a fix until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(snapshots.trouble())
        self.told = asyncio.Event()
        self.answers[PreviewFix] = snapshots.preview()
        self.answers[StopFix] = Done("retry finishes its current step, then stops; the activity shows when")

    async def ask(self, ask: Command, timeout: float = 20.0) -> Answer:
        answer = await super().ask(ask, timeout)
        if isinstance(ask, StopFix):
            self.told.set()
        if isinstance(ask, RunFix):
            await self.told.wait()
            return Done("Answered 1 of 7; left: 6 stopped by ana")
        return answer


async def test_whoever_waits_for_a_fix_to_end_can_stop_it() -> None:
    engine, clock = Long(), Clock()
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: table(app).key == "42")
        await pilot.press("f")
        await until(lambda: "Run it" in text(app))
        await pilot.press("right", "enter")
        await until(lambda: any(isinstance(ask, RunFix) for ask in engine.asked))
        clock.at += 1
        engine.push(msgspec.structs.replace(snapshots.fixing(), at=clock.at))
        await until(lambda: "retry is running   x stops it" in text(app))
        await pilot.press("n")
        await until(lambda: "the engine is still working on the last command" in text(app))
        await pilot.press("x")
        await until(lambda: "left: 6 stopped by ana" in text(app))
        assert [ask for ask in engine.asked if isinstance(ask, StopFix)] == [StopFix("1a2b3c4d")]


@pytest.mark.parametrize("key", ["", "c", "d", "enter"], ids=["overview", "customers", "doctor", "incident"])
async def test_every_page_says_so_until_it_has_ended(key: str) -> None:
    engine, clock = StandIn(snapshots.fixing()), Clock()
    engine.answers[RunDoctor] = snapshots.examined()
    engine.answers[ListCustomers] = Customers("ldc-bot", snapshots.people())
    app = window(engine, clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press(*([key] if key else []))
        await until(lambda: "retry is running   x stops it   ldc-bot, by ana for 42s, 7 in all" in text(app))
        clock.at += 1
        stopped = (snapshots.run(stopped_by="ben"),)
        engine.push(msgspec.structs.replace(snapshots.fixing(), at=clock.at, running=stopped))
        await until(lambda: "retry is stopping   ben stopped it; the current step finishes first" in text(app))
        assert "stops it" not in text(app)
        clock.at += 1
        engine.push(msgspec.structs.replace(snapshots.trouble(), at=clock.at))
        await until(lambda: "retry is" not in text(app))


async def test_where_the_engine_is_gone_nothing_is_said_to_run() -> None:
    engine = StandIn(snapshots.fixing())
    app = window(engine)
    async with app.run_test(size=SIZE):
        await until(lambda: "retry is running" in text(app))
        engine.drop()
        await until(lambda: "NO ENGINE" in text(app))
        await until(lambda: "retry is running" not in text(app))


async def test_the_stop_is_for_what_can_be_stopped_and_for_the_agent_on_the_screen() -> None:
    runs = (
        snapshots.run(run="r1", fix="session-cleanup", stoppable=False),
        snapshots.run(run="r2", agent="twin"),
        snapshots.run(run="r3"),
    )
    engine = StandIn(msgspec.structs.replace(snapshots.trouble(), running=runs))
    app = window(engine, keys={"stop": "z"})
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: "retry is running   z stops it   twin" in text(app))
        assert "session-cleanup is running   ldc-bot" in text(app)
        assert "+1 more" in text(app)
        await pilot.press("z")
        await until(lambda: bool(engine.asked))
        assert engine.asked == [StopFix("r3")]


async def test_where_none_is_seen_the_engine_is_asked_all_the_same() -> None:
    engine = StandIn(snapshots.calm())
    engine.answers[StopFix] = Refused("no fix is running")
    app = window(engine)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("x", "x")
        await until(lambda: "no fix is running" in text(app))
        assert set(engine.asked) == {StopFix("")}


async def test_automatic_fixes_stop_without_a_question_and_start_again_only_after_one() -> None:
    engine, clock = StandIn(snapshots.trouble()), Clock()
    engine.answers[StopPolicies] = Done("no fix runs by itself for 4h")
    engine.answers[StartPolicies] = Done("fixes run by themselves again")
    app = window(engine, clock)
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.press("P")
        await until(lambda: StopPolicies() in engine.asked)
        clock.at += 1
        shot = snapshots.trouble()
        stopped = msgspec.structs.replace(shot.engine, fixes_stopped_until=clock.at + 14_400)
        engine.push(msgspec.structs.replace(shot, at=clock.at, engine=stopped))
        await until(lambda: "AUTO FIXES STOPPED 4h" in text(app))
        await pilot.press("P")
        await until(lambda: "Start automatic fixes again" in text(app))
        assert StartPolicies() not in engine.asked
        await pilot.press("right", "enter")
        await until(lambda: StartPolicies() in engine.asked)
