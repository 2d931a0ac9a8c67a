"""`qualtui fix schedule` through the command line alone, with bad input too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import CompletedProcess

import msgspec
import pytest

from qualtui.engine.server import Server
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import Publication, ScheduledView
from tests import snapshots
from tests.cli.folders import AGENT, run_qualtui
from tests.engine.test_policy_runner import at_work
from tests.engine.test_schedules import Night


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Night]:
    """An engine's socket with the real commands behind it, at 03:12."""
    (folder / "config.toml").write_text(AGENT + '[store]\nsocket = "s"\n')
    night = Night(SqliteStore.open(folder / "store.db"))

    async def latest() -> Publication:
        plans = night.journal.state.schedules.values()
        views = tuple(ScheduledView(one.id, one.fix, one.agent, one.who, one.due_at, one.count) for one in plans)
        shot = msgspec.structs.replace(snapshots.calm(), at=night.now, scheduled=views)
        return Publication(shot, shot.detail)

    async with at_work(night):
        await night.look()
        ready = asyncio.Event()
        serves = asyncio.ensure_future(Server(folder / "s", 1, night.commands.answer, latest).serve(ready))
        await ready.wait()
        try:
            yield night
        finally:
            serves.cancel()
            await asyncio.wait({serves})


async def run(folder: Path, *command: str) -> CompletedProcess[str]:
    return await asyncio.to_thread(run_qualtui, "fix", "schedule", *command, home=folder)


async def test_answers_are_scheduled_listed_and_cancelled(tmp_path: Path) -> None:
    async with serving(tmp_path) as night:
        assert (await run(tmp_path, "list")).stdout == "Nothing is scheduled.\n"
        added = await run(tmp_path, "add", "retry", "--agent", "bot", "--incident", "1")
        assert (added.returncode, added.stdout, added.stderr) == (0, "answers 3 in 16m; x cancels it\n", "")
        (name,) = night.journal.state.schedules
        listed = (await run(tmp_path, "list")).stdout.splitlines()
        assert listed[1].split()[0] == name
        assert "retry" in listed[1]
        assert (await run(tmp_path, "list", "--json")).stdout.count('"due_at"') == 1
        assert (await run(tmp_path, "cancel")).stdout == "the scheduled retry is cancelled\n"
        assert night.journal.state.schedules == {}


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("cancel",), 1, "nothing is scheduled"),
        (("cancel", "none"), 1, "no such schedule"),
        (("cancel", "a", "b"), 3, "b"),
        (("add",), 3, "FIX"),
        (("add", "retry", "--incident", "x"), 3, "valid int"),
        (("add", "rety", "--agent", "bot"), 1, "rety"),
        (("lst",), 3, "No such command"),
    ],
)
async def test_bad_input_is_one_line(command: tuple[str, ...], code: int, said: str, tmp_path: Path) -> None:
    async with serving(tmp_path):
        ran = await run(tmp_path, *command)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran.stderr
    assert said in ran.stderr
