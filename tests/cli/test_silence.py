"""`qualtui silence` through the command line alone, with bad input too."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from qualtui.engine.server import Server
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import Publication
from tests import snapshots
from tests.cli.folders import AGENT, run_qualtui
from tests.engine.test_silence_commands import Desk


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Desk]:
    """An engine's socket with the real commands behind it; incident #1 fires."""
    (folder / "config.toml").write_text(AGENT + '[store]\nsocket = "s"\n')

    async def latest() -> Publication:
        shot = snapshots.calm()
        return Publication(shot, shot.detail)

    with SqliteStore.open(folder / "store.db") as store:
        desk = Desk(store)
        desk.now = time.time()
        await desk.fire()
        ready = asyncio.Event()
        serves = asyncio.ensure_future(Server(folder / "s", 1, desk.commands.answer, latest).serve(ready))
        await ready.wait()
        try:
            yield desk
        finally:
            serves.cancel()
            await asyncio.wait({serves})


async def run(folder: Path, *command: str) -> CompletedProcess[str]:
    return await asyncio.to_thread(run_qualtui, "silence", *command, home=folder)


async def test_a_silence_is_previewed_added_listed_and_ended(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        preview = await run(tmp_path, "add", 'link="customer"', "--preview")
        assert preview.stdout.splitlines()[0] == "It would hide 1 alert that fires now:"
        assert "#1" in preview.stdout
        added = await run(tmp_path, "add", 'link="customer"', "--for", "2h", "--reason", "new phone")
        assert (added.returncode, added.stderr) == (0, "")
        name = desk.only
        assert added.stdout.rstrip().endswith(f"qualtui silence expire {name}")
        listed = await run(tmp_path, "list")
        assert name in listed.stdout
        assert "new phone" in listed.stdout
        assert (await run(tmp_path, "expire", name)).returncode == 0
        assert (await run(tmp_path, "list")).stdout == "No silence.\n"
        again = await run(tmp_path, "expire", name)
        assert (again.returncode, again.stdout, again.stderr.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("add", "bot", "--reason", "x"), 3, "'bot': expected a matcher such as agent="),
        (("add", "agent=~(", "--reason", "x"), 3, "RE2"),
        (("add", "agent=bot", "--for", "soon", "--reason", "x"), 3, "--for 'soon': expected a duration"),
        (("add", "agent=bot"), 3, "Say why: --reason TEXT."),
        (("add",), 3, "MATCHER"),
        (("add", "agent=bot", "--for", "60d", "--reason", "x"), 1, "--for: a silence lasts from 1m to 30d 0h"),
        (("add", "agent=~.*", "--reason", "x"), 1, "would silence everything"),
        (("expire", "none"), 1, "no silence 'none'"),
        (("list", "--json", "extra"), 3, "extra"),
    ],
)
async def test_bad_input_is_one_line(command: tuple[str, ...], code: int, said: str, tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        ran = await run(tmp_path, *command)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
        assert said in ran.stderr
        assert desk.journal.state.silences == {}
