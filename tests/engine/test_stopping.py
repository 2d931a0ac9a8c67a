"""A run that goes wrong is stopped: after the step under way, once, by name, and never one that is all or none."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from qualtui.engine import fix_runner
from qualtui.eventlog.fixes import FixStarted, FixStopped
from qualtui.store.sqlite import SqliteStore
from qualtui.text.message import message
from qualtui.wire import Answer, Done, Preview, Refused
from tests.answers import said
from tests.engine.test_fix_runner import Desk, Scripted, working
from tests.english import english
from tests.screens.stand_in import until


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with working(Desk(SqliteStore.open(tmp_path / "store.db"))) as desk:
        yield desk


def stops(desk: Desk) -> list[FixStopped]:
    """Who stopped what, by the log."""
    return [event.body for event in desk.store.events() if isinstance(event.body, FixStopped)]


async def under_way(desk: Desk) -> "asyncio.Task[Answer]":
    """A run that is within its step."""
    task = asyncio.get_running_loop().create_task(desk.fixing.run(await desk.token(), "ana"))
    await desk.remedy.begun.wait()
    return task


async def test_a_stop_is_heard_after_the_step_under_way_and_the_log_says_whose_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fix_runner, "STOP_LIMIT", 0.01)
    running = await under_way(desk)
    answer = await desk.fixing.stop(desk.runs[0].run, "ben")
    assert isinstance(answer, Done)
    assert str(answer.text) == "script finishes its current step, then stops; the activity shows when"
    (view,) = desk.fixing.running()
    assert (view.fix, view.who, view.stopped_by, desk.fixing.list(100.0).runs[0].outcome) == (
        "script", "ana", "ben", "stopping",
    )  # fmt: skip
    assert not running.done()
    desk.remedy.go.set()
    assert english(await running) == Done("stopped by ben", desk.runs[0].run)
    assert stops(desk) == [FixStopped(desk.runs[0].run, "ben")]
    assert [str(line.text) for line in desk.journal.state.activity][-2:] == [
        "stops script on bot",
        "script: stopped by ben",
    ]
    assert desk.fixing.running() == ()


async def test_whoever_stops_a_run_is_told_its_end_where_that_comes_soon(desk: Desk) -> None:
    await under_way(desk)
    stopping = asyncio.get_running_loop().create_task(desk.fixing.stop("", "ben"))
    await until(lambda: bool(desk.runs[0].stopped_by))
    desk.remedy.go.set()
    assert said(await stopping) == (Done, "script: stopped by ben")


async def test_a_stop_may_be_repeated_and_is_one(desk: Desk) -> None:
    running = await under_way(desk)
    run = desk.runs[0].run
    asking = [desk.fixing.stop(run, "ben"), desk.fixing.stop("", "eve"), desk.fixing.stop(run, "ben")]
    asked = asyncio.gather(*asking)
    await until(lambda: bool(desk.runs[0].stopped_by))
    desk.remedy.go.set()
    await running
    assert [said(answer) for answer in await asked] == [(Done, "script: stopped by ben")] * 3
    assert said(await desk.fixing.stop(run, "eve")) == (Done, f"run {run} has ended: stopped by ben")
    assert stops(desk) == [FixStopped(run, "ben")]


async def test_what_cannot_be_stopped_says_why_and_nothing_is_written(desk: Desk) -> None:
    desk.remedy.unstoppable = "it is one short transaction"
    running = await under_way(desk)
    assert not desk.fixing.running()[0].stoppable
    told = await desk.fixing.stop("", "ben")
    assert said(told) == (Refused, "script can no longer be stopped: it is one short transaction")
    desk.remedy.go.set()
    assert await running == Done("done it", desk.runs[0].run)
    assert stops(desk) == []


@pytest.mark.parametrize("unstoppable", ["", "it is one short transaction"])
async def test_a_run_that_has_not_begun_is_dropped_whatever_it_is(
    desk: Desk, unstoppable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.remedy.unstoppable = unstoppable
    token = await desk.token()
    writing, written = threading.Event(), threading.Event()
    append = desk.store.append

    def held(*given: Any) -> Any:
        writing.set()
        assert written.wait(5)
        return append(*given)

    monkeypatch.setattr(desk.store, "append", held)
    running = asyncio.get_running_loop().create_task(desk.fixing.run(token, "ana"))
    await asyncio.to_thread(writing.wait, 5)  # the run's start is being written
    stopping = asyncio.get_running_loop().create_task(desk.fixing.stop("", "ben"))
    await asyncio.sleep(0)
    written.set()
    summary = "stopped by ben before it began: nothing was done"
    assert said(await stopping) == (Done, f"script: {summary}")
    assert english(await running) == Done(summary, desk.runs[0].run)
    assert desk.remedy.ran == []
    assert (desk.runs[0].outcome, desk.runs[0].done) == ("stopped", ())


async def test_a_stop_says_which_where_several_are_under_way_and_so_where_none_is(desk: Desk) -> None:
    assert await desk.fixing.stop("", "ben") == Refused(message("no fix is running"))
    assert await desk.fixing.stop("r9", "ben") == Refused(
        message("no run {run}; the newest: qualtui fix list", run="r9")
    )
    other = Scripted()
    desk.fixing.use({("bot", "script"): desk.remedy, ("twin", "script"): other})
    first = await under_way(desk)
    shown = await desk.fixing.preview("twin", "script", "", 0)
    assert isinstance(shown, Preview)
    second = asyncio.get_running_loop().create_task(desk.fixing.run(shown.token, "ana"))
    await other.begun.wait()
    refused = await desk.fixing.stop("", "ben")
    assert isinstance(refused, Refused)
    assert str(refused.text).startswith("several fixes are running; choose one: ")
    assert all(f"{run.run} (script, {run.agent})" in str(refused.text) for run in desk.runs)
    desk.remedy.go.set()
    other.go.set()
    await asyncio.gather(first, second)
    over = next(run for run in desk.runs if run.agent == "bot")
    assert said(await desk.fixing.stop(over.run, "ben")) == (Refused, f"run {over.run} has ended: done it")


async def test_a_run_of_an_engine_that_has_ended_is_not_stopped(tmp_path: Path) -> None:
    desk = Desk(SqliteStore.open(tmp_path / "store.db"))
    await desk.journal.append((FixStarted("r1", "script", "bot", "ana", ("s1",)), "fix/r1"))
    told = await desk.fixing.stop("r1", "ben")
    assert said(told) == (Refused, "script belongs to an earlier engine and no longer runs")
    await desk.journal.run(desk.store.close)
