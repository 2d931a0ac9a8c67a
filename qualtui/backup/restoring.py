"""Puts a store back from an archive: previewed, proved, with the former one kept beside it."""

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from qualtui.backup.archive import Archive, check_parts
from qualtui.backup.errors import BackupError
from qualtui.backup.names import MONTHS, PARTIAL
from qualtui.backup.taking import STORE_PART
from qualtui.backup.verifying import extract, placed, proved_store
from qualtui.eventlog.backups import StoreRestored
from qualtui.model import State
from qualtui.store.errors import StoreError
from qualtui.store.facts import StoreFacts
from qualtui.store.sqlite import SqliteReader
from qualtui.store.sqlite.connection import prepare
from qualtui.store.sqlite.guard import BESIDE
from qualtui.store.sqlite.lease import FileLease
from qualtui.store.sqlite.replacing import prepare_restored, settle
from qualtui.text.message import Saying, message

RESTORE = f".restore{PARTIAL}"  # added to the store's name


class RestorePlan(msgspec.Struct, frozen=True):
    """What a restore would do. `refused`: why it may not. `present` None: what is there now can't be read."""

    archive: Archive
    store: Path
    present: State | None = None
    refused: Saying = ""


class Restored(msgspec.Struct, frozen=True):
    """What was put back, and what the former store is called now; empty where there was none."""

    facts: StoreFacts
    former: str
    epoch: int


def plan_restore(archive: Archive, store: Path) -> RestorePlan:
    """Say what restoring an archive would do; changes nothing. Raises BackupError where a part was changed."""
    check_parts(archive)
    present: State | None = None
    if store.exists():
        try:
            with SqliteReader.look(store) as reader:
                present = reader.load()
        except StoreError:  # a damaged store is what a restore is for
            present = None
    newest = max(_remembered(store), present.backups.restored if present is not None else 0.0)
    refused: Saying = ""
    if archive.manifest.taken_at < newest:
        refused = message(
            "a newer archive was restored already: this one is older, of {at:clock}", at=archive.manifest.taken_at
        )
    return RestorePlan(archive, store, present, refused)


def restore(
    plan: RestorePlan, identities: Sequence[Any], who: str, fixes: tuple[str, ...], now: float
) -> Restored:
    """Put the store of the archive in the place of the present one. Raises BackupError: all is as before then.

    The engine must not run: its lease is taken. The new store's epoch is above every earlier one: an engine that
    was cut off can't write to it. `fixes`: each is set to suggest.
    """
    if plan.refused:
        raise BackupError(plan.refused)
    try:
        prepare(plan.store)
        lease = FileLease.take(plan.store, now)
    except StoreError as error:
        raise BackupError(error.text) from None
    try:
        return _replaced(plan_restore(plan.archive, plan.store), identities, who, fixes, now)
    except StoreError as error:
        raise BackupError(error.text) from None
    except OSError as error:
        raise BackupError(message("the store can't be restored: {what}", what=error.strerror)) from None
    finally:
        lease.release()


def _replaced(
    plan: RestorePlan, identities: Sequence[Any], who: str, fixes: tuple[str, ...], now: float
) -> Restored:
    if plan.refused:
        raise BackupError(plan.refused)
    real = Path(os.path.realpath(plan.store))
    fresh = real.with_name(real.name + RESTORE)
    for left in (fresh, fresh.with_name(fresh.name + ".stored")):
        left.unlink(missing_ok=True)
    manifest = plan.archive.manifest
    try:
        extract(plan.archive, placed(plan.archive, STORE_PART), fresh, identities)
        facts = proved_store(plan.archive, fresh)
        former = _free_name(real, now)
        epoch = max(facts.epoch, settle(real)) + 1
        body = StoreRestored(who, manifest.name, manifest.taken_at, former.name, fixes)
        prepare_restored(fresh, body, now, epoch)
        _remember(plan.store, manifest.taken_at)
        if real.stat().st_size:
            shutil.copy2(real, former)  # the name is never without a store
            _sync(former)
        for end in BESIDE:
            part = real.with_name(real.name + end)  # only beside a store that could not be read
            if part.exists():
                part.rename(former.with_name(former.name + end))
        fresh.rename(real)
        _sync(real.parent)
    finally:
        for left in (fresh, fresh.with_name(fresh.name + ".stored")):
            left.unlink(missing_ok=True)
    return Restored(facts, former.name if former.exists() else "", epoch)


def _memory(store: Path) -> Path:
    """Where the newest archive that was restored is remembered, should the store be lost, too."""
    return store.with_name(store.name + ".restored")


def _remembered(store: Path) -> float:
    try:
        return float(_memory(store).read_text(encoding="ascii")[:40])
    except FileNotFoundError:
        return 0.0
    except (OSError, ValueError):
        raise BackupError(
            message("{path} can't be read: it says which archives are too old", path=str(_memory(store)))
        ) from None


def _remember(store: Path, taken_at: float) -> None:
    fresh = _memory(store).with_name(_memory(store).name + PARTIAL)
    fresh.write_text(f"{taken_at!r}\n", encoding="ascii")
    fresh.chmod(0o600)
    _sync(fresh)
    fresh.rename(_memory(store))


def _free_name(real: Path, at: float) -> Path:
    then = time.gmtime(at)
    stamp = f"{then.tm_year}-{MONTHS[then.tm_mon - 1]}-{time.strftime('%dT%H-%M-%S', then)}"
    name, count = real.with_name(f"{real.name}.before-restore-{stamp}"), 1
    while name.exists():
        count += 1
        name = real.with_name(f"{real.name}.before-restore-{stamp}-{count}")
    return name


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
