"""Takes a backup: a whole archive appears under its name, or nothing does."""

import errno
import fcntl
import hashlib
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from qualtui import __version__
from qualtui.backup.age import check_recipients, encrypt
from qualtui.backup.archive import Archive, check_parts, digest_of, open_archive, write_archive
from qualtui.backup.errors import BackupError
from qualtui.backup.manifest import Manifest, PartEntry
from qualtui.backup.names import PARTIAL, archive_name
from qualtui.backup.part import Gathered, Part
from qualtui.backup.signing_key import key_path, made_key
from qualtui.store.errors import StoreError
from qualtui.store.facts import StoreFacts
from qualtui.store.sqlite.copying import copy_store, store_facts
from qualtui.text.message import message

STORE_PART = "store.db"
LOCK = ".backup-lock"  # added to the store's name


class BackupPlan(msgspec.Struct, frozen=True):
    """Where a backup comes from and goes to."""

    store: Path
    folder: Path
    recipients: tuple[str, ...] = ()


def take_backup(plan: BackupPlan, gathered: Gathered, now: float) -> Archive:
    """Write an archive of the store and what was gathered, read it back, and give it its name.

    Copies lie beside the store until they are encrypted. Raises BackupError; nothing is left then but files that
    end with .partial where the process was killed, and the next backup removes these.
    """
    check_recipients(plan.recipients)
    if not plan.recipients and any(part.personal for part in gathered.parts):
        raise BackupError(message("personal data is only backed up encrypted: set [backup] recipients"))
    _private_folder(plan)
    with _locked(plan.store), _failures(plan.folder):
        stage = plan.store.with_name(f"{plan.store.name}.backup{PARTIAL}")
        _sweep(plan, stage)
        stage.mkdir(mode=0o700)
        try:
            return _written(plan, gathered, now, stage)
        finally:
            _remove(stage)


def _written(plan: BackupPlan, gathered: Gathered, now: float, stage: Path) -> Archive:
    copy = stage / STORE_PART
    copy_store(plan.store, copy)
    facts = store_facts(copy)
    staged = [(STORE_PART, copy), *_staged(gathered.parts, stage)]
    if plan.recipients:
        staged = [(name, _encrypted(path, plan.recipients)) for name, path in staged]
    name = archive_name(now)
    manifest = _manifest(name, now, facts, staged, gathered, bool(plan.recipients))
    key = made_key(key_path(plan.store))
    final = plan.folder / name
    partial = plan.folder / f".{name}.{_mark(plan.store)}{PARTIAL}"
    try:
        write_archive(partial, manifest, key, [path for _name, path in staged])
        check_parts(open_archive(partial, key))  # as it can be read again, not as we meant it
        if final.exists():
            raise BackupError(message("there is an archive {path} already", path=str(final)))
        partial.rename(final)
    finally:
        partial.unlink(missing_ok=True)
    _sync(plan.folder)
    return open_archive(final, key)


def _staged(parts: Sequence[Part], stage: Path) -> list[tuple[str, Path]]:
    """Write each part to a separate file; their names there are numbers, whatever the parts are called."""
    staged = []
    for number, part in enumerate(parts):
        path = stage / f"part-{number}"
        path.write_bytes(part.content)
        staged.append((part.name, path))
    return staged


def _encrypted(path: Path, recipients: Sequence[str]) -> Path:
    target = path.with_name(path.name + ".age")
    encrypt(path, target, recipients)
    path.unlink()
    return target


def _manifest(
    name: str, now: float, facts: StoreFacts, staged: list[tuple[str, Path]], gathered: Gathered, encrypted: bool
) -> Manifest:
    parts = tuple(PartEntry(part, path.stat().st_size, digest_of(path), encrypted) for part, path in staged)
    return Manifest(
        name=name, taken_at=now, version=__version__, store=facts, parts=parts, missing=gathered.missing
    )


def _private_folder(plan: BackupPlan) -> None:
    """Make the folder where it is missing. Raises BackupError where the key would lie beside the archives."""
    try:
        plan.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        same = plan.folder.samefile(plan.store.parent)
    except OSError as error:
        raise BackupError(
            message("the folder {path} can't be used: {what}", path=str(plan.folder), what=error.strerror)
        ) from None
    if same:
        raise BackupError(
            message("[backup] directory is the store's own folder, where the key lies: choose another one")
        )


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    """One backup of a store at a time; the lock ends with its process. Raises BackupError."""
    try:
        lock = os.open(store.with_name(store.name + LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BackupError(message("the store's folder can't be written: {what}", what=error.strerror)) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise BackupError(message("another backup of this store is running: wait until it ends")) from None
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def _failures(folder: Path) -> Iterator[None]:
    """Say in one line what the store or a disk failed to do."""
    try:
        yield
    except StoreError as error:
        raise BackupError(error.text) from None
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise BackupError(
                message("no room left for the backup in {path}: make room on that disk", path=str(folder))
            ) from None
        raise BackupError(
            message("the backup in {path} can't be written: {what}", path=str(folder), what=error.strerror)
        ) from None


def _sweep(plan: BackupPlan, stage: Path) -> None:
    """Remove what a killed process left. The lock is ours: no other process writes partial files of this store."""
    _remove(stage)
    for left in plan.folder.glob(f".qualtui-*.{_mark(plan.store)}{PARTIAL}"):
        with suppress(OSError):
            left.unlink()


def _mark(store: Path) -> str:
    """Return what distinguishes the partial files of this store from those of others that share the folder."""
    where = f"{socket.gethostname()}:{os.path.realpath(store)}"
    return hashlib.sha256(os.fsencode(where)).hexdigest()[:12]


def _remove(stage: Path) -> None:
    with suppress(FileNotFoundError):
        for path in stage.iterdir():
            path.unlink()
        stage.rmdir()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
