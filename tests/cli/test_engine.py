"""Where no engine runs, a command that needs one says so, and how to start one."""

import asyncio
from pathlib import Path

import pytest

from qualtui.engine.server import Server
from qualtui.wire import Answer, Done, Publication, Request
from tests import snapshots
from tests.cli.folders import AGENT, run_qualtui


@pytest.mark.parametrize(
    "command",
    [
        "incidents list",
        "fix list",
        "fix preview retry",
        "customers list",
        "notify log",
        "fix policy show",
        "silence list",
    ],
)
def test_without_an_engine_a_command_says_how_to_start_one(command: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT)
    ran = run_qualtui(*command.split(), home=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (3, "", 1)
    assert ran.stderr == "qualtui: Engine not running. Start it: qualtui watch\n"


@pytest.mark.parametrize(
    ("options", "environment", "code"),
    [((), {}, 0), (("--read-only",), {}, 1), ((), {"QUALTUI_READ_ONLY": "1"}, 1)],
)
async def test_read_only_lets_a_command_look_and_refuses_what_changes(
    options: tuple[str, ...], environment: dict[str, str], code: int, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(AGENT + '[store]\nsocket = "s"\n')
    asked = []

    async def handle(request: Request) -> Answer:
        asked.append(type(request.ask).__name__)
        return Done("Noted.")

    async def latest() -> Publication:
        shot = snapshots.calm()
        return Publication(shot, shot.detail)

    ready = asyncio.Event()
    serves = asyncio.ensure_future(Server(tmp_path / "s", 1, handle, latest).serve(ready))
    await ready.wait()
    try:
        note = (*options, "incidents", "note", "1", "seen")
        ran = await asyncio.to_thread(run_qualtui, *note, home=tmp_path, **environment)
        looked = await asyncio.to_thread(run_qualtui, *options, "status", home=tmp_path, **environment)
    finally:
        serves.cancel()
        await asyncio.wait({serves})
    assert (ran.returncode, asked) == (code, [] if code else ["AddNote"])
    if code:
        assert ran.stderr == "qualtui: this connection is read-only: nothing was changed\n"
    assert looked.returncode == 0
