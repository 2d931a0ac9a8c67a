"""`qualtui incidents show` says who was paged and who is called next; or when the owner's claim lapses."""

import asyncio
from pathlib import Path

import pytest

from qualtui.engine.server import Server
from qualtui.wire import Answer, IncidentDetail, IncidentView, NextCall, PagedView, Publication, Request
from tests import snapshots
from tests.cli.folders import AGENT, run_qualtui
from tests.snapshots import AT, incident

PAGED = PagedView("Ana", AT - 120, "ntfy", "delivered")


@pytest.mark.parametrize(
    ("row", "lines"),
    [
        (
            incident(paged=PAGED, call=NextCall(("Bruno",), AT + 652)),
            ["paged    Ana at ", "next     Bruno is called"],
        ),
        (incident(owner="ana", lapses_at=AT + 1080), ["owner    ana", "lapses   in "]),
    ],
)
async def test_who_has_it_or_comes_next_is_shown(row: IncidentView, lines: list[str], tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT + '[store]\nsocket = "s"\n')

    async def answer(_request: Request) -> Answer:
        return IncidentDetail(row, ())

    async def latest() -> Publication:
        shot = snapshots.calm()
        return Publication(shot, shot.detail)

    ready = asyncio.Event()
    serves = asyncio.ensure_future(Server(tmp_path / "s", 1, answer, latest).serve(ready))
    await ready.wait()
    try:
        ran = await asyncio.to_thread(run_qualtui, "incidents", "show", "42", home=tmp_path)
    finally:
        serves.cancel()
        await asyncio.wait({serves})
    assert (ran.returncode, ran.stderr) == (0, "")
    assert all(any(line.strip().startswith(part) for line in ran.stdout.splitlines()) for part in lines), (
        ran.stdout
    )
    assert ("ntfy: delivered" in ran.stdout) is (row.paged is not None)
