"""Verifies an archive: its manifest and every part; and the store in it, as a restore would find it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from qualtui.backup.age import decrypt
from qualtui.backup.archive import Archive, Placed, check_parts, read_part
from qualtui.backup.errors import BackupError
from qualtui.backup.taking import STORE_PART
from qualtui.store.errors import StoreError
from qualtui.store.facts import StoreFacts
from qualtui.store.sqlite.copying import store_facts
from qualtui.text.message import message


class Verified(msgspec.Struct, frozen=True):
    """What was proved of an archive. `facts` None: the store in it is encrypted, and no identity was given."""

    archive: Archive
    facts: StoreFacts | None = None


def verify(archive: Archive, identities: Sequence[Any] = (), scratch: Path | None = None) -> Verified:
    """Check every part, restore the store into a scratch folder where it can be read, and compare what it holds.

    `scratch`: where that folder is made. Raises BackupError.
    """
    check_parts(archive)
    store = placed(archive, STORE_PART)
    if store.entry.encrypted and not identities:
        return Verified(archive)
    try:
        with tempfile.TemporaryDirectory(prefix=".qualtui-verify-", dir=scratch) as folder:
            path = Path(folder) / STORE_PART
            extract(archive, store, path, identities)
            return Verified(archive, proved_store(archive, path))
    except OSError as error:
        raise BackupError(message("the archive can't be unpacked: {what}", what=error.strerror)) from None


def placed(archive: Archive, name: str) -> Placed:
    """Return a part by its name. Raises BackupError."""
    for part in archive.parts:
        if part.entry.name == name:
            return part
    raise BackupError(message("{path} has no {name}", path=str(archive.path), name=name))


def extract(archive: Archive, part: Placed, target: Path, identities: Sequence[Any]) -> None:
    """Write a part, decrypted, to a new file; its name in the archive is not used. Raises BackupError, OSError."""
    if part.entry.encrypted and not identities:
        raise BackupError(message("the archive is encrypted: give an identity with --identity FILE"))
    stored = target.with_name(target.name + ".stored")
    place = stored if part.entry.encrypted else target
    with place.open("xb") as file:
        place.chmod(0o600)
        for piece in read_part(archive, part):
            file.write(piece)
    if part.entry.encrypted:
        decrypt(stored, target, identities)
        target.chmod(0o600)
        stored.unlink()


def proved_store(archive: Archive, path: Path) -> StoreFacts:
    """Return what an unpacked store holds, if it is what the manifest says. Raises BackupError."""
    expected = archive.manifest.store
    try:
        found = store_facts(path)
    except StoreError as error:
        raise BackupError(error.text) from None
    if found.fold_version != expected.fold_version:  # another version of qualtui folds to another State
        found = replace(found, fold_version=expected.fold_version, fold=expected.fold)
    if found != expected:
        raise BackupError(message("the store in the archive is not the one that its manifest describes"))
    return found
