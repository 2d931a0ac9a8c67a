"""A real engine under load: an archive that it takes restores to the very fold that its log had then."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from qualtui.backup.archive import open_archive
from qualtui.backup.signing_key import key_path, read_key
from qualtui.backup.verifying import extract, placed
from qualtui.client import Client
from qualtui.eventlog.backups import SessionsRestored
from qualtui.eventlog.fold import fold_events
from qualtui.model import State
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import AddSilence
from qualtui.wire.commands import Capability
from tests.backup.stores import names
from tests.postgres import AgentDatabase

CONFIG = """
[agents.bot.health]
url = "http://127.0.0.1:1/health"
interval = "1s"
[store]
path = "state/store.db"
[backup]
directory = "backups"
schedule = ""
"""


async def qualtui(config: Path, *words: str) -> str:
    """What a command of the real program prints; it has to succeed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "qualtui", "--config", str(config), *words),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "QUALTUI_USER": "ana"},
    )
    async with asyncio.timeout(120):
        said, _errors = await process.communicate()
    assert process.returncode == 0, words
    return said.decode()


async def load(socket: Path, done: asyncio.Event) -> None:
    """Appends as fast as the engine takes it."""
    async with Client(socket, who="load", capability=Capability.ADMINISTER) as client:
        number = 0
        while not done.is_set():
            number += 1
            await client.ask(AddSilence(('agent="bot"', f'rule="r{number}"'), 600.0, "load"))
        assert number > 20


async def test_a_backup_taken_during_load_restores_to_the_same_fold(tmp_path: Path) -> None:
    config, store = tmp_path / "config.toml", tmp_path / "state" / "store.db"
    config.write_text(CONFIG, encoding="utf-8")
    engine = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "qualtui", "--config", str(config), "watch"), stderr=asyncio.subprocess.PIPE
    )
    assert engine.stderr is not None
    try:
        async with asyncio.timeout(120):
            while b"watching" not in await engine.stderr.readline():
                pass
        done = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(load(Path(f"{store}.sock"), done))
            for _round in range(3):
                await qualtui(config, "backup", "now")
            done.set()
        assert "are right" in await qualtui(config, "backup", "verify")
    finally:
        with contextlib.suppress(ProcessLookupError):
            engine.terminate()
        await engine.communicate()
    archives = names(tmp_path / "backups")
    assert len(archives) == 3
    key, seqs = read_key(key_path(store)), []
    with SqliteStore.open(store) as live:
        events = live.events(limit=10**6)
        for name in archives:
            archive = open_archive(tmp_path / "backups" / name, key)
            copy = tmp_path / f"{name}.db"
            extract(archive, placed(archive, "store.db"), copy, ())
            with SqliteStore.open(copy) as restored:
                then = restored.load()
            assert then == fold_events(State(), events[: then.seq])
            seqs.append(then.seq)
    assert seqs == sorted(set(seqs))
    assert seqs[0] < seqs[-1] < events[-1].seq


async def test_session_states_are_put_back_by_a_person_and_that_is_in_the_log(
    agent_db: AgentDatabase, tmp_path: Path
) -> None:
    lead = await agent_db.lead(600.0)
    session = await agent_db.session(lead, 500.0, estado="pergunta_2")
    config, store = tmp_path / "config.toml", tmp_path / "state" / "store.db"
    dsn = agent_db.dsn.reveal()
    config.write_text(f'{CONFIG}[agents.bot.database]\ndsn = "{dsn}"\nwrite_dsn = "{dsn}"\n', encoding="utf-8")
    engine = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "qualtui", "--config", str(config), "watch"), stderr=asyncio.subprocess.PIPE
    )
    assert engine.stderr is not None
    try:
        async with asyncio.timeout(120):
            while b"watching" not in await engine.stderr.readline():
                pass
        assert "parts" in await qualtui(config, "backup", "now")
        await agent_db.execute("UPDATE sessions SET estado = 'inicio'")
        where = "SELECT estado FROM sessions WHERE id::text = $1"
        shown = await qualtui(config, "restore", "--sessions", "bot")
        assert "1 of 1 sessions" in shown
        assert await agent_db.value(where, session) == "inicio"
        done = await qualtui(config, "restore", "--sessions", "bot", "--yes")
        assert await agent_db.value(where, session) == "pergunta_2"
        undo = done.split("qualtui restore ")[1].split()
        await qualtui(config, "restore", *undo)
        assert await agent_db.value(where, session) == "inicio"
    finally:
        with contextlib.suppress(ProcessLookupError):
            engine.terminate()
        await engine.communicate()
    with SqliteStore.open(store) as live:
        bodies = [event.body for event in live.events() if isinstance(event.body, SessionsRestored)]
    assert [(one.who, one.agent, one.count) for one in bodies] == [("ana", "bot", 1), ("ana", "bot", 1)]
