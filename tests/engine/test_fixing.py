"""A remedy runs at most once and never stays half told, whatever it or its asker does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qualtui.engine.fixing import Fixing
from qualtui.engine.journal import Journal
from qualtui.fixes.remedy import Outcome, Plan, RemedyError
from qualtui.model import FixStarted
from qualtui.store.store import Store
from qualtui.wire import Done, Preview, Refused


class Remedy:
    """Closes one session, or does what the test wants instead."""

    name = "session-cleanup"
    title = "Close"
    explain = "It closes."
    unavailable = ""
    limit = 10.0
    final = ""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.runs = 0

    async def preview(self, mode: str) -> Plan:
        return Plan("Closes 1 session", (), (), ("s1",), mode)

    async def run(self, plan: Plan) -> Outcome:
        self.runs += 1
        if self.fault is not None:
            raise self.fault
        return Outcome("ok", "Closed 1 session", plan.subjects)

    async def verify(self, subjects: tuple[str, ...]) -> Outcome:
        if self.fault is not None:
            raise self.fault
        return Outcome("ok", "1 of 1 is closed now", subjects)

    async def undo(self, done: tuple[str, ...]) -> Outcome:
        return Outcome("ok", "1 session is active again", done)

    async def close(self) -> None:
        return None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as opened:
        yield opened


class Clock:
    at = 1000.0

    def __call__(self) -> float:
        return self.at


@asynccontextmanager
async def fixing(store: Store, remedy: Remedy, clock: Clock | None = None) -> AsyncIterator[Fixing]:
    """A Fixing at work, as the engine runs it."""
    told = Fixing(Journal(store, store.load(), store.epoch, clock or Clock()), clock or Clock())
    told.use({("bot", remedy.name): remedy})
    work = asyncio.ensure_future(told.work())
    await asyncio.sleep(0)
    try:
        yield told
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


async def token(of: Fixing) -> str:
    shown = await of.preview("bot", "session-cleanup", "", 0)
    assert isinstance(shown, Preview)
    return shown.token


async def test_a_preview_runs_once_and_is_in_the_audit_before_and_after(store: Store) -> None:
    remedy = Remedy()
    async with fixing(store, remedy) as told:
        ticket = await token(told)
        first, second = await asyncio.gather(told.run(ticket, "ana"), told.run(ticket, "bia"))
    assert isinstance(first, Done)
    assert isinstance(second, Refused)
    run = store.load().runs[first.run]
    assert (remedy.runs, run.who, run.outcome, run.done) == (1, "ana", "ok", ("s1",))


async def test_an_old_preview_is_not_run(store: Store) -> None:
    clock = Clock()
    async with fixing(store, Remedy(), clock) as told:
        ticket = await token(told)
        clock.at += 301
        assert isinstance(await told.run(ticket, "ana"), Refused)


@pytest.mark.parametrize("fault", [RemedyError("no database"), ValueError("5511900000001")], ids=["known", "bug"])
async def test_a_remedy_that_fails_in_any_way_is_told_as_failed_and_not_left_open(
    store: Store, fault: Exception
) -> None:
    async with fixing(store, Remedy(fault)) as told:
        answer = await told.run(await token(told), "ana")
    assert isinstance(answer, Refused)
    assert "5511" not in answer.text
    (run,) = store.load().runs.values()
    assert run.outcome == "failed"


@pytest.mark.parametrize(
    "fault", [None, RemedyError("no database"), ValueError("bug")], ids=["well", "known", "bug"]
)
async def test_a_run_that_an_engine_s_end_left_open_is_told_as_interrupted_and_never_run_again(
    store: Store, fault: Exception | None
) -> None:
    store.append([(FixStarted("r1", "session-cleanup", "bot", "ana", ("s1",)), "fix/r1")], 900.0)
    remedy = Remedy(fault)
    async with fixing(store, remedy) as told:
        await told.tell_interrupted()
    run = store.load().runs["r1"]
    assert (run.outcome, run.done, remedy.runs) == ("interrupted", () if fault else ("s1",), 0)


async def test_a_run_is_taken_back_once(store: Store) -> None:
    async with fixing(store, Remedy()) as told:
        done = await told.run(await token(told), "ana")
        assert isinstance(done, Done)
        first, second = await asyncio.gather(told.undo(done.run, "ana"), told.undo(done.run, "bia"))
    assert isinstance(first, Done)
    assert isinstance(second, Refused)
    assert "already" in second.text or "under way" in second.text
