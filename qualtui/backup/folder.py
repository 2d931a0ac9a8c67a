"""The archives in a folder: each whole one is listed, and those that are kept no longer are removed."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from qualtui.backup.archive import Archive, open_archive
from qualtui.backup.errors import BackupError
from qualtui.backup.keeping import unneeded
from qualtui.backup.names import taken_at
from qualtui.text.message import Saying, message


class FoundArchive(msgspec.Struct, frozen=True):
    """A file with an archive's name. `archive` None: `problem` says why it is none."""

    path: Path
    size: int
    archive: Archive | None = None
    problem: Saying = ""


def listed(folder: Path, key: bytes) -> tuple[FoundArchive, ...]:
    """Return the archives in a folder, newest first; their parts are not read. Raises BackupError."""
    return tuple(sorted(_each(folder, key), key=lambda one: taken_at(one.path.name) or 0.0, reverse=True))


def newest(folder: Path, key: bytes) -> Archive | None:
    """Return the newest archive with a valid manifest. Raises BackupError."""
    found = [one.archive for one in _each(folder, key) if one.archive is not None]
    return max(found, key=lambda one: one.manifest.taken_at, default=None)


def prune(folder: Path, key: bytes, now: float, daily: int, weekly: int) -> tuple[str, ...]:
    """Remove the archives that are kept no longer and return their names.

    Only archives that this store signed count and are removed: another store may share the folder. Raises
    BackupError.
    """
    ours = {one.path.name: one.archive.manifest.taken_at for one in _each(folder, key) if one.archive is not None}
    gone = unneeded(ours, now, daily, weekly)
    for name in gone:
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise BackupError(message("{name} can't be removed: {what}", name=name, what=error.strerror)) from None
    return gone


def _each(folder: Path, key: bytes) -> Iterator[FoundArchive]:
    try:
        paths = [path for path in folder.iterdir() if taken_at(path.name) is not None]
    except OSError as error:
        raise BackupError(
            message("the folder {path} can't be read: {what}", path=str(folder), what=error.strerror)
        ) from None
    for path in paths:
        try:
            archive, size = open_archive(path, key), path.stat().st_size
        except BackupError as error:
            yield FoundArchive(path, 0, None, error.text)
        except OSError:  # removed meanwhile
            continue
        else:
            name = archive.manifest.name
            renamed = message("it was renamed: it is {name}", name=name)
            yield (
                FoundArchive(path, size, archive) if name == path.name else FoundArchive(path, size, None, renamed)
            )
