"""Backups by the engine: when they are due, what becomes of them, and what is said of them."""

import os
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from qualtui.backup.errors import BackupError
from qualtui.backup.hook import hook_command, run_hook
from qualtui.config.backup_values import BackupSettings
from qualtui.config.load import load
from qualtui.config.values import Config, Seconds
from qualtui.engine.backup_runner import AGAIN, BackupRunner, is_due
from qualtui.engine.journal import Journal
from qualtui.eventlog.backups import BackupFailed, BackupTaken, BackupVerified
from qualtui.model import Backups
from qualtui.probes.backup import BackupProbe
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import Done, Refused
from tests.backup.stores import names

NOON = 1_795_867_200.0
HOURLY = "0 * * * *"


class Yard:
    """An engine's store with the runner of its backups, at noon, with a schedule for each full hour."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.now = NOON
        self.store = SqliteStore.open(folder / "state" / "store.db", NOON)
        self.journal = Journal(self.store, self.store.load(), self.store.epoch, lambda: self.now)
        self.runner = BackupRunner(self.journal, self.store.path, lambda: self.now)
        self.folder = folder / "backups"
        (folder / "config.toml").write_text('[agents.bot.health]\nurl = "https://bot.example.com/health"\n')
        self.config = load(folder / "config.toml", {})
        self.use(**settings)

    def use(self, **settings: object) -> None:
        backup = replace(BackupSettings(directory="backups", schedule=HOURLY), **settings)
        self.config = replace(self.config, backup=backup)
        self.runner.use(self.config)

    @property
    def log(self) -> Backups:
        return self.journal.state.backups

    def due(self) -> bool:
        return is_due(self.config.backup.schedule, self.log, self.now)

    async def figures(self) -> dict[str, float | None]:
        probe = BackupProbe("bot", self.runner.asks(self.config)["bot"])
        return {one.series.rpartition(".")[2]: one.value for one in await probe.ask(self.now)}


async def test_one_is_taken_when_the_schedule_wants_it_and_verified_at_once(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    assert yard.due()  # there has never been one
    assert isinstance(await yard.runner.take("ana"), Done)
    assert not yard.due()
    bodies = [event.body for event in yard.store.events()]
    name = "qualtui-2026-Nov-28T12-00-00Z.tar"
    assert bodies == [BackupTaken("ana", name, NOON), BackupVerified("qualtui", name, NOON)]
    assert names(yard.folder) == [name]
    assert await yard.figures() == {"age": 0, "overdue": 0, "failures": 0, "unverified": 0}
    yard.now += 3500
    assert not yard.due()
    yard.now += 100
    assert yard.due()  # also after a stop in between: the last full hour has none
    yard.store.close()


async def test_a_failure_is_in_the_log_and_tried_again_after_a_while(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    yard.folder.write_text("no folder")
    for failures in (1, 2):
        assert isinstance(await yard.runner.take("qualtui"), Refused)
        assert (yard.log.failures, yard.due()) == (failures, False)
        yard.now += AGAIN
        assert yard.due()
    assert all(isinstance(event.body, BackupFailed) for event in yard.store.events())
    yard.folder.unlink()
    await yard.runner.take("qualtui")
    assert (yard.log.failures, str(yard.log.reason)) == (0, "")
    yard.store.close()


async def test_what_is_overdue_is_said_by_the_folder_not_by_the_log(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    await yard.runner.take("qualtui")
    yard.now += 3600 + 120
    assert await yard.figures() == {"age": 3720, "overdue": 120, "failures": 0, "unverified": 3720}
    (yard.folder / names(yard.folder)[0]).unlink()
    assert await yard.figures() == {"age": None, "overdue": 120, "failures": 0, "unverified": 3720}
    yard.store.close()


async def test_a_hook_that_fails_is_a_failed_backup_though_the_archive_is_there(tmp_path: Path) -> None:
    yard = Yard(tmp_path, hook=f"{sys.executable} -c 'raise SystemExit(3)'")
    answer = await yard.runner.take("ana")
    assert isinstance(answer, Refused)
    assert str(answer.text).endswith("failed with 3")
    assert (yard.log.failures, len(names(yard.folder))) == (1, 1)
    yard.store.close()


async def test_a_hook_gets_the_archive_and_one_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path,
) -> None:
    archive, copy = tmp_path / "it's an archive.tar", tmp_path / "copy"
    archive.write_bytes(b"content")
    await run_hook(f"cp {{file}} {copy}", archive, 60.0)
    assert copy.read_bytes() == b"content"
    assert hook_command("rclone copy", archive) == ["rclone", "copy", str(archive)]
    assert hook_command("sh -c 'x {file}'", Path("/a b")) == ["sh", "-c", "x /a b"]
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(BackupError, match="did not end within"):
        await run_hook(f"sh -c 'cat {fifo} & wait' {{file}}", archive, 0.2)
    with pytest.raises(OSError, match="No such device"):  # ENXIO: nothing reads the FIFO any more
        os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    with pytest.raises(BackupError, match="can't be started"):
        await run_hook("/nowhere/hook", archive, 5.0)


async def test_without_a_directory_nothing_is_kept_and_no_series_is_polled(tmp_path: Path) -> None:
    yard = Yard(tmp_path, directory="", hook_timeout=Seconds(5))
    assert yard.runner.asks(yard.config) == {}
    assert isinstance(await yard.runner.take("ana"), Refused)
    assert yard.store.events() == ()
    assert yard.runner.asks(Config(agents={})) == {}
    yard.store.close()
