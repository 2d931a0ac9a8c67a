"""Answers that wait for contact hours: scheduled, run once when due, cancelled, and a page when overdue."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from qualtui.engine.commands.schedules import OVERDUE
from qualtui.engine.schedule_runner import ScheduleRunner
from qualtui.eventlog.healing import PoliciesStopped
from qualtui.eventlog.schedules import FixScheduled
from qualtui.fixes.fix import Plan
from qualtui.model import Schedule
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import CancelSchedule, Done, Refused, ScheduleFix
from tests.engine.test_fix_runner import PLAN, Scripted
from tests.engine.test_policy_commands import Post
from tests.engine.test_policy_runner import at_work, until

ASK = ScheduleFix("retry", "bot", 1)


class Closed(Scripted):
    """Answers nobody before `opens`."""

    def __init__(self, post: Post, opens: float) -> None:
        super().__init__()
        self.name = "retry"
        self.post = post
        self.opens = opens
        self.go.set()

    async def preview(self, mode: str) -> Plan:
        if self.post.now >= self.opens:
            return PLAN
        return replace(PLAN, mode=mode, subjects=(), refused="not at 03:12", later=3, later_at=self.opens)


class Night(Post):
    """At 03:12 with an incident; contact hours begin in 1000 s."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__(store)
        self.commands.use(("bot",), ())
        self.retry = Closed(self, self.now + 1000)
        self.fixing.use({("bot", "retry"): self.retry})
        self.planner = ScheduleRunner(self.journal, self.fixing, lambda: self.now)

    async def tick(self, after: float) -> tuple[Schedule, ...]:
        self.now += after
        due = await self.planner.due()
        for one in due:
            await self.planner.carry_out(one)
        return due


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    night = Night(SqliteStore.open(tmp_path / "store.db"))
    async with at_work(night):
        await night.journal.append((PoliciesStopped("ana", night.now + 9e5), ""))
        await night.look()
        yield night


async def test_a_schedule_runs_once_when_it_is_due_and_in_the_name_of_who_made_it(night: Night) -> None:
    answer = await night.ask(ASK)
    assert isinstance(answer, Done)
    assert str(answer.text) == "answers 3 in 16m; x cancels it"
    assert await night.tick(900) == ()
    assert len(await night.tick(100)) == 1
    (run,) = [one for one in night.journal.state.runs.values() if one.fix == "retry"]
    assert (run.who, run.number, run.outcome) == ("ana", 1, "ok")
    assert await night.tick(100) == ()
    assert len(night.retry.ran) == 1


async def test_without_a_name_only_the_only_one_is_cancelled(night: Night) -> None:
    nothing = await night.ask(CancelSchedule())
    assert (type(nothing), str(getattr(nothing, "text", ""))) == (Refused, "nothing is scheduled")
    await night.ask(ASK)
    gone = await night.ask(CancelSchedule("none"))
    assert isinstance(gone, Refused)
    assert str(gone.text) == "no such schedule: it has begun or was cancelled"
    for name in ("s1", "s2"):
        due = night.now + 900
        await night.journal.append((FixScheduled(name, "retry", name, "ana", due, due + OVERDUE), ""))
    several = await night.ask(CancelSchedule())
    assert isinstance(several, Refused)
    assert str(several.text) == "3 are scheduled; name one: qualtui fix schedule list"
    assert len(night.journal.state.schedules) == 3


async def test_the_second_to_schedule_learns_who_was_first(night: Night) -> None:
    await night.ask(ASK)
    again = await night.ask(ASK)
    assert isinstance(again, Refused)
    assert str(again.text) == "ana has scheduled retry already"


async def test_a_cancelled_schedule_never_runs(night: Night) -> None:
    await night.ask(ASK)
    assert isinstance(await night.ask(CancelSchedule()), Done)
    assert await night.tick(2000) == ()
    assert night.journal.state.incidents[1].overdue_at == 0
    assert isinstance(await night.ask(CancelSchedule()), Refused)


async def test_nothing_is_scheduled_where_nobody_waits_for_contact_hours(night: Night) -> None:
    night.now += 1000
    assert isinstance(await night.ask(ASK), Refused)
    assert night.journal.state.schedules == {}


async def test_what_is_scheduled_is_silent_until_it_is_overdue_and_then_pages_again(night: Night) -> None:
    await night.ask(ASK)
    assert [await night.look(after) for after in (300, 600, 99)] == [[]] * 3
    assert await night.look(OVERDUE) == ["repeat to pager", "repeat to mail"]
    assert await night.look(600) == []


async def test_a_schedule_that_can_t_run_says_why(night: Night) -> None:
    await night.ask(ASK)
    night.retry.opens += 5000  # as if the gateway were down
    await night.tick(1000)
    await until(lambda: "the scheduled retry did not run: not at 03:12" in night.lines)
    assert not night.retry.ran
