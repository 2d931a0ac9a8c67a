"""`qualtui notify` through the command line alone: what was given up is sent again, with bad input too."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from aiohttp import web

from qualtui.config.values import Config, Secret
from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.engine.notifier import Notifier
from qualtui.engine.server import Server
from qualtui.eventlog.notices import NoticeQueued
from qualtui.model import Incident, Severity
from qualtui.notify.channels.apprise_channel import AppriseChannel
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import Publication
from tests import snapshots
from tests.cli.folders import AGENT, run_qualtui
from tests.engine.test_silence_commands import _no_customers, _no_findings, _no_history

KEY = "42/1/firing/0.0/ops"
GIVE_UP = 1.0  # s: less than the wait before a second try
NOW = 1_800_000_000.0


class Living:
    """An engine's socket, store, commands and one channel's deliveries; `status` is what the service answers."""

    def __init__(self) -> None:
        self.status = 500
        self.caught: list[str] = []
        self.journal: Journal

    async def take(self, request: web.Request) -> web.Response:
        if self.status == 200:
            self.caught.append(json.loads(await request.read())["title"])
        return web.Response(status=self.status)

    async def until(self, key: str, status: str) -> None:
        async with asyncio.timeout(20):
            while self.journal.state.notices[key].status != status:  # noqa: ASYNC110 - a state that appears
                await asyncio.sleep(0.01)


@asynccontextmanager
async def living(folder: Path) -> AsyncIterator[Living]:
    (folder / "config.toml").write_text(AGENT + '[store]\nsocket = "s"\n')
    world = Living()
    app = web.Application()
    app.router.add_post("/{tail:.*}", world.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    async def latest() -> Publication:
        shot = snapshots.calm()
        return Publication(shot, shot.detail)

    with SqliteStore.open(folder / "store.db") as store:
        journal = world.journal = Journal(store, store.load(), store.epoch, lambda: NOW)
        channel = AppriseChannel("ops", Secret(f"json://127.0.0.1:{runner.addresses[0][1]}/in"), 10)
        notifier = Notifier(channel, journal, lambda: NOW, GIVE_UP, {})

        def same(incident: Incident) -> Incident:
            return incident

        fixes = FixRunner(journal, lambda: NOW)
        context = CommandContext(
            journal,
            fixes,
            lambda: NOW,
            _no_history,
            _no_customers,
            _no_findings,
            lambda: None,
            notifier.wake,
            same,
        )
        commands = CommandHandler(context)
        commands.use(("bot",), ("ops",), Config(agents={}))
        ready = asyncio.Event()
        serves = asyncio.ensure_future(Server(folder / "s", 1, commands.answer, latest).serve(ready))
        sends = asyncio.ensure_future(notifier.run())
        await ready.wait()
        for key, kind in ((KEY, "firing"), ("test/1/ops", "test")):
            await journal.append(
                (NoticeQueued(key, 42 * (kind != "test"), "ops", kind, Severity.CRITICAL, key, "b"), "")
            )
            notifier.wake()
            await world.until(key, "failed")
        try:
            yield world
        finally:
            serves.cancel()
            sends.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(serves, sends, return_exceptions=True)
            channel.close()
            await runner.cleanup()


async def run(folder: Path, *command: str) -> CompletedProcess[str]:
    return await asyncio.to_thread(run_qualtui, "notify", *command, home=folder)


async def statuses(folder: Path) -> dict[str, str]:
    rows = json.loads((await run(folder, "log", "--json")).stdout)
    return {row["key"]: row["status"] for row in rows}


async def test_a_notice_that_was_given_up_is_sent_again_and_arrives(tmp_path: Path) -> None:
    async with living(tmp_path) as world:
        assert await statuses(tmp_path) == {KEY: "failed", "test/1/ops": "failed"}
        again = await run(tmp_path, "resend", KEY)  # the service still refuses
        assert (again.returncode, again.stderr) == (0, "")
        await world.until(KEY, "failed")
        world.status = 200
        every = await run(tmp_path, "resend", "--all")
        assert every.stdout == "1 notice is sent again; see the result: qualtui notify log\n"
        await world.until(KEY, "delivered")
        assert await statuses(tmp_path) == {KEY: "delivered", "test/1/ops": "failed"}  # a test is tried once
        assert [title.endswith(KEY) for title in world.caught] == [True]
        for words, said in ((("--all",), "no notice was given up"), ((KEY,), "was not given up: it is delivered")):
            refused = await run(tmp_path, "resend", *words)
            assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
            assert said in refused.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 3, "Name one notice by its KEY, or all of them by --all."),
        ((KEY, "--all"), 3, "Name one notice by its KEY, or all of them by --all."),
        (("no/such/key",), 1, "no notice 'no/such/key'"),
        (("\x1b[31mred",), 1, "no notice"),
        ((KEY, "twice"), 3, "unexpected extra argument"),
        (("--al",), 3, "No such option"),
    ],
)
async def test_a_mistake_is_one_line_and_sends_nothing(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    async with living(tmp_path) as world:
        world.status = 200
        ran = await run(tmp_path, "resend", *words)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran.stderr
        assert said.lower() in ran.stderr.lower()
        assert "\x1b" not in ran.stderr
        assert world.caught == []


def test_without_an_engine_nothing_is_sent_again(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(AGENT)
    ran = run_qualtui("notify", "resend", "--all", home=tmp_path)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "Engine not running" in ran.stderr
