"""People show, set, stop and start automatic fixes; each is in the log with who did it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qualtui.config.values import PolicyMode
from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.commands.context import CommandContext
from qualtui.eventlog.fixes import FixFinished, FixStarted
from qualtui.eventlog.healing import POLICY
from qualtui.model import Event, Incident
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import (
    Answer,
    Command,
    Customers,
    Done,
    Findings,
    ListCustomers,
    PolicyList,
    PolicyView,
    Refused,
    Request,
    SetPolicy,
    ShowPolicies,
    StartPolicies,
    StopPolicies,
)
from tests.engine.test_policy_runner import Ward, at_work, until


class Post(Ward):
    """A ward with the engine's commands."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__(store, PolicyMode.AUTO)
        self.commands = CommandHandler(
            CommandContext(
                self.journal,
                self.fixing,
                lambda: self.now,
                self._history,
                self._customers,
                self._doctor,
                lambda: None,
                lambda: None,
                _same,
                policies=self.policies.views,
            )
        )

    async def ask(self, ask: Command) -> Answer:
        return await self.commands.answer(Request(1, ask, "ana"))

    async def restart_policy(self) -> PolicyView:
        shown = await self.ask(ShowPolicies())
        assert isinstance(shown, PolicyList)
        return next(one for one in shown.policies if one.fix == "gateway-restart")

    async def _history(self, number: int) -> tuple[Event, ...]:
        return self.store.history(number)

    async def _customers(self, ask: ListCustomers, limit: int) -> Customers:
        del limit
        return Customers(ask.agent, ())

    async def _doctor(self) -> Findings:
        raise NotImplementedError


def _same(incident: Incident) -> Incident:
    return incident


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    post = Post(SqliteStore.open(tmp_path / "store.db"))
    async with at_work(post):
        yield post


async def test_a_stop_holds_for_4_h_and_ends_by_itself(post: Post) -> None:
    assert isinstance(await post.ask(StopPolicies()), Done)
    shown = await post.ask(ShowPolicies())
    assert isinstance(shown, PolicyList)
    assert (shown.stopped_until, shown.stopped_by) == (post.now + 4 * 3600, "ana")
    assert await post.look() == ["firing to pager", "firing to mail"]
    assert not post.remedy.ran
    assert "stops all automatic fixes for 4h 00m" in post.lines
    await post.look(4 * 3600)
    await until(lambda: bool(post.remedy.ran))


async def test_a_stop_ends_an_automatic_run_that_can_be_stopped(post: Post) -> None:
    await post.look()
    await until(lambda: post.remedy.begun.is_set())
    asking = asyncio.get_running_loop().create_task(post.ask(StopPolicies()))
    await until(lambda: any(run.stopped_by for run in post.journal.state.runs.values()))
    post.remedy.go.set()
    await asking
    await until(lambda: all(run.outcome for run in post.journal.state.runs.values()))
    (run,) = post.journal.state.runs.values()
    assert (run.who, run.stopped_by) == (POLICY, "ana")


async def test_starting_again_closes_the_breaker(post: Post) -> None:
    for number in ("r1", "r2"):
        await post.journal.append((FixStarted(number, "gateway-restart", "bot", POLICY), ""))
        await post.journal.append((FixFinished(number, "failed", "not WORKING"), ""))
    assert (await post.restart_policy()).broken == ("bot",)
    assert isinstance(await post.ask(StartPolicies()), Done)
    assert (await post.restart_policy()).broken == ()
    again = await post.ask(StartPolicies())
    assert isinstance(again, Done)
    assert str(again.text) == "automatic fixes are not stopped"


async def test_a_person_sets_a_mode_and_what_is_not_proven_never_runs(post: Post) -> None:
    assert isinstance(await post.ask(SetPolicy("gateway-restart", "suggest")), Done)
    view = await post.restart_policy()
    assert (view.mode, view.said) == ("suggest", True)
    tried = await post.ask(SetPolicy("retry", "auto"))
    assert isinstance(tried, Done)
    assert str(tried.text) == "retry is not proven: it is tried out (shadow) and does not run"


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (
            SetPolicy("gateway-restar", "auto"),
            "no policy for 'gateway-restar'; there is: deploy-rollback, gateway-restart",
        ),
        (SetPolicy("retry", "always"), "no mode 'always'; there is: off, suggest, shadow, auto"),
        (StopPolicies(0), "automatic fixes are stopped for 7d 0h at most"),
    ],
)
async def test_a_wrong_request_changes_nothing_and_says_why(post: Post, ask: Command, why: str) -> None:
    answer = await post.ask(ask)
    assert isinstance(answer, Refused)
    assert why in str(answer.text)
    assert post.journal.state.policies.modes == {}
