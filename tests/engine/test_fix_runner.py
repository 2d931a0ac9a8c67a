"""Runs of remedies: once, one of a kind at a time, outliving who asked, and never without an end in the log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from qualtui.engine import fix_runner
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.eventlog.fixes import FixStarted
from qualtui.fixes.fix import FixError, Outcome, Plan, Stop
from qualtui.model import FixRun
from qualtui.store.sqlite import SqliteStore
from qualtui.text.message import message
from qualtui.wire import Done, Preview, Refused
from tests.english import english

PLAN = Plan("Closes 1 session", (), (), ("s1",), "")


class Scripted:
    """A remedy whose run is one step that waits for `go`, and does what the test says."""

    name = "script"
    title = "A script"
    explain = "For tests."
    unavailable = ""
    not_now = ""

    def __init__(self) -> None:
        self.limit = 5.0
        self.final = ""
        self.unstoppable = ""
        self.go = asyncio.Event()
        self.begun = asyncio.Event()
        self.ran: list[Plan] = []
        self.error: Exception | None = None
        self.closed = False

    async def preview(self, mode: str) -> Plan:
        return msgspec.structs.replace(PLAN, mode=mode)

    async def run(self, plan: Plan, stop: Stop) -> Outcome:
        self.ran.append(plan)
        self.begun.set()
        await self.go.wait()
        if self.error is not None:
            raise self.error
        return Outcome("ok", stop.why or "done it", plan.subjects)

    async def verify(self, subjects: tuple[str, ...]) -> Outcome:
        return Outcome("ok", "it looks done", subjects)

    async def undo(self, done: tuple[str, ...]) -> Outcome:
        return Outcome("ok", "taken back", done)

    async def close(self) -> None:
        self.closed = True


class Desk:
    """A Fixing at work on a real store."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.journal = Journal(store, store.load(), store.epoch, lambda: 100.0)
        self.fixing = FixRunner(self.journal, lambda: 100.0)
        self.remedy = Scripted()
        self.fixing.use({("bot", "script"): self.remedy})

    async def token(self) -> str:
        answer = await self.fixing.preview("bot", "script", "", 0)
        assert isinstance(answer, Preview)
        return answer.token

    @property
    def runs(self) -> list[FixRun]:
        return list(self.journal.state.runs.values())


@asynccontextmanager
async def working(desk: Desk) -> AsyncIterator[Desk]:
    task = asyncio.get_running_loop().create_task(desk.fixing.work())
    await asyncio.sleep(0)
    try:
        yield desk
    finally:
        task.cancel()
        await asyncio.wait({task})
        await desk.journal.run(desk.store.close)  # in the store's own thread, after what it still writes


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with working(Desk(SqliteStore.open(tmp_path / "store.db"))) as desk:
        yield desk


async def test_a_run_carries_its_id_and_its_end_stands_in_the_log(desk: Desk) -> None:
    desk.remedy.go.set()
    token = await desk.token()
    answer = await desk.fixing.run(token, "ana")
    assert isinstance(answer, Done)
    (run,) = desk.runs
    assert (run.run, run.outcome, run.done) == (answer.run, "ok", ("s1",))
    assert desk.remedy.ran[0].run == answer.run
    assert isinstance(await desk.fixing.run(token, "ana"), Refused)


async def test_a_fix_that_is_not_offered_now_is_listed_with_the_reason(desk: Desk) -> None:
    (ready,) = desk.fixing.list(100.0).fixes
    assert (ready.available, ready.reason) == (True, "")
    desk.remedy.not_now = "a person must log in"
    (listed,) = desk.fixing.list(100.0).fixes
    assert (listed.available, listed.reason) == (False, "a person must log in")
    assert desk.fixing.available("bot", "script") == ""


async def test_a_fix_for_an_incident_that_is_none_is_refused(desk: Desk) -> None:
    assert await desk.fixing.preview("bot", "script", "", 99) == Refused(
        message("no incident #{number:whole}; see them: qualtui incidents list --all", number=99)
    )


async def test_a_second_run_of_its_kind_is_refused_while_one_is_under_way(desk: Desk) -> None:
    first, second = await desk.token(), await desk.token()
    running = asyncio.get_running_loop().create_task(desk.fixing.run(first, "ana"))
    await desk.remedy.begun.wait()
    refused = await desk.fixing.run(second, "ben")
    assert isinstance(refused, Refused)
    assert str(refused.text) == "script is running already, started by ana"
    desk.remedy.go.set()
    assert isinstance(await running, Done)
    assert len(desk.remedy.ran) == 1


async def test_a_run_goes_on_when_who_asked_goes_away(desk: Desk) -> None:
    token = await desk.token()
    asking = asyncio.get_running_loop().create_task(desk.fixing.run(token, "ana"))
    await desk.remedy.begun.wait()
    asking.cancel()
    await asyncio.wait({asking})
    desk.remedy.go.set()
    async with asyncio.timeout(5):
        while not desk.runs[0].outcome:  # noqa: ASYNC110 - the log has no event
            await asyncio.sleep(0.005)
    assert desk.runs[0].outcome == "ok"


async def test_who_asked_is_not_kept_waiting_for_a_long_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fix_runner, "ANSWER_LIMIT", 0.01)
    answer = await desk.fixing.run(await desk.token(), "ana")
    assert isinstance(answer, Done)
    said = "script is still running; the activity shows when it ends. "
    said += f"To stop it: qualtui fix stop {desk.runs[0].run}"
    assert (str(answer.text), answer.run) == (said, "")
    desk.remedy.go.set()


@pytest.mark.parametrize(
    ("error", "summary"),
    [
        (FixError("no permission"), "no permission"),
        (ZeroDivisionError("row 17: 5511900000001"), "it failed (ZeroDivisionError); it looks done"),
    ],
)
async def test_a_run_that_fails_has_an_end_too(desk: Desk, error: Exception, summary: str) -> None:
    desk.remedy.go.set()
    desk.remedy.error = error
    assert english(await desk.fixing.run(await desk.token(), "ana")) == Refused(summary)
    assert (desk.runs[0].outcome, str(desk.runs[0].summary)) == ("failed", summary)


async def test_a_run_beyond_its_own_limit_is_ended_and_what_it_did_is_looked_up(desk: Desk) -> None:
    desk.remedy.limit = 0.01
    answer = await desk.fixing.run(await desk.token(), "ana")
    assert english(answer) == Refused("no end within 0s; it looks done")
    assert desk.runs[0].done == ("s1",)


async def test_what_is_final_is_never_taken_back_and_nobody_is_told_how(desk: Desk) -> None:
    desk.remedy.go.set()
    desk.remedy.final = "a sent message can't be undone"
    answer = await desk.fixing.run(await desk.token(), "ana")
    assert answer == Done("done it", "")
    run = desk.runs[0].run
    assert await desk.fixing.undo(run, "ana") == Refused(desk.remedy.final)
    assert not desk.fixing.list(100.0).runs[0].can_undo


async def test_a_run_that_an_engines_end_cut_off_is_told_as_interrupted(tmp_path: Path) -> None:
    desk = Desk(SqliteStore.open(tmp_path / "store.db"))
    await desk.journal.append((FixStarted("r1", "script", "bot", "ana", ("s1",)), "fix/r1"))
    async with working(desk):
        async with asyncio.timeout(5):
            while not desk.runs[0].outcome:  # noqa: ASYNC110 - the log has no event
                await asyncio.sleep(0.005)
        assert desk.runs[0].outcome == "interrupted"
        assert str(desk.runs[0].summary) == "interrupted by an engine's end; it looks done"
