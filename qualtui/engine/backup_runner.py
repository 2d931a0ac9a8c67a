"""Takes backups by their schedule: caught up after a stop, tried again after a failure, each result in the log."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from qualtui.alerts.maintenance import newest_start
from qualtui.backup.archive import Archive
from qualtui.backup.errors import BackupError
from qualtui.backup.folder import newest, prune
from qualtui.backup.gathering import gather
from qualtui.backup.hook import run_hook
from qualtui.backup.signing_key import key_path, read_key
from qualtui.backup.taking import BackupPlan, take_backup
from qualtui.backup.verifying import verify
from qualtui.config.places import backup_folder
from qualtui.config.values import Config
from qualtui.engine.journal import Journal
from qualtui.eventlog.backups import BackupFailed, BackupTaken, BackupVerified
from qualtui.eventlog.family import OURSELVES
from qualtui.model import Backups
from qualtui.probes.backup import AskBackups, BackupFacts
from qualtui.probes.probe import ProbeError
from qualtui.text.message import Saying, message
from qualtui.wire import Done, Refused

log = logging.getLogger(__name__)

LOOK = 10.0  # s between two looks at the schedule
AGAIN = 900.0  # s after a failure
MINUTE = 60.0


def due_since(schedule: str, now: float) -> float | None:
    """Return the newest time at which the schedule wanted a backup; None without one."""
    return newest_start(schedule, "", int(now // MINUTE)) if schedule else None


def is_due(schedule: str, log: Backups, now: float) -> bool:
    """Return whether a backup is to be taken now: none since the schedule wanted one, and no failure just now."""
    since = due_since(schedule, now)
    if since is None or log.taken_at >= since:
        return False
    return not log.failed_at or not 0 <= now - log.failed_at < AGAIN


class BackupRunner:
    """The backups of one engine, one at a time. `store`: the path of its store."""

    def __init__(self, journal: Journal, store: Path, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._store = store
        self._clock = clock
        self._began = clock()
        self._config = Config(agents={})
        self._turn = asyncio.Lock()

    def use(self, config: Config) -> None:
        """Take a configuration: the next backup follows it."""
        self._config = config

    def asks(self, config: Config) -> dict[str, AskBackups]:
        """What the probe of backups asks: of the first agent, where this configuration keeps backups."""
        first = next(iter(config.agents), "")
        return {first: lambda: self.facts(config)} if backup_folder(config) is not None else {}

    async def work(self) -> None:
        """Look at the schedule until cancelled."""
        while True:
            schedule = self._config.backup.schedule
            wanted = backup_folder(self._config) is not None
            if wanted and is_due(schedule, self._journal.state.backups, self._clock()):
                await self.take(OURSELVES)
            await asyncio.sleep(LOOK)

    async def take(self, who: str) -> Done | Refused:
        """Take a backup, have the hook take it elsewhere, remove what is kept no longer. Never raises."""
        config = self._config
        folder = backup_folder(config)
        if folder is None:
            return Refused(message("no backups are kept: set directory under [backup]"))
        async with self._turn:
            try:
                archive = await self._taken(config, folder, who)
            except BackupError as error:
                return await self._failure(who, error.text)
            except Exception as error:  # the boundary of a backup: the watch goes on
                log.exception("a backup failed")
                return await self._failure(who, message("it failed: {error}", error=type(error).__name__))
        parts, missing = archive.manifest.parts, archive.manifest.missing
        text = message("{path}: {count:whole} parts", path=str(archive.path), count=len(parts))
        if missing:
            text = message("{done}; could not be read: {what}", done=text, what="; ".join(missing))
        return Done(text)

    async def facts(self, config: Config) -> BackupFacts:
        """Return what is known of backups. Raises ProbeError where the folder can't be read."""
        folder = backup_folder(config)
        state, found = self._journal.state.backups, None
        if folder is not None and key_path(self._store).exists():  # else none was ever taken
            try:
                found = await asyncio.to_thread(lambda: newest(folder, read_key(key_path(self._store))))
            except BackupError as error:
                raise ProbeError(error.text) from None
        taken = None if found is None else found.manifest.taken_at
        return BackupFacts(taken, due_since(config.backup.schedule, self._clock()), self._began, state)

    async def _taken(self, config: Config, folder: Path, who: str) -> Archive:
        settings, now = config.backup, self._clock()
        gathered = await gather(config)
        plan = BackupPlan(self._store, folder, settings.recipients)
        archive = await asyncio.to_thread(take_backup, plan, gathered, now)
        name = archive.manifest.name
        await self._journal.append((BackupTaken(who, name, now, len(archive.manifest.missing)), ""))
        proved = await asyncio.to_thread(verify, archive, (), self._store.parent)
        if proved.facts is not None:
            await self._journal.append((BackupVerified(OURSELVES, name, now), ""))
        if settings.hook:
            await run_hook(settings.hook, archive.path, float(settings.hook_timeout))
        key = read_key(key_path(self._store))
        await asyncio.to_thread(prune, folder, key, now, settings.keep_daily, settings.keep_weekly)
        return archive

    async def _failure(self, who: str, reason: Saying) -> Refused:
        log.warning("the backup failed: %s", reason)
        await self._journal.append((BackupFailed(who, reason), ""))
        return Refused(reason)
