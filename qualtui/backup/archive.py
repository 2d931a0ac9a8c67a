"""The archive's file: a tar of a manifest, its signature and the parts, in this order and with nothing else.

Any tar can unpack it. Here it is read by its fixed form alone: regular files, in the manifest's order and with its
sizes. Links, devices, folders and long names are refused, no path in it is ever used, and nothing is read that the
signed manifest does not name.
"""

import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from qualtui.backup.errors import BackupError
from qualtui.backup.manifest import MANIFEST_LIMIT, Manifest, PartEntry, encoded, proved, signature
from qualtui.text.message import message

BLOCK = 512  # bytes, of a tar
END = 2 * BLOCK  # zeros at its end
PIECE = 1024 * 1024  # bytes that are read at once
MANIFEST_NAME = "manifest.json"
SIGNATURE_NAME = "manifest.hmac"
SIGNATURE_SIZE = 64
MODE = 0o600


class Placed(msgspec.Struct, frozen=True):
    """A part and where its bytes begin in the archive."""

    entry: PartEntry
    offset: int


class Archive(msgspec.Struct, frozen=True):
    """An archive whose manifest is proved; its parts are not read yet."""

    path: Path
    manifest: Manifest
    parts: tuple[Placed, ...]


def write_archive(path: Path, manifest: Manifest, key: bytes, parts: Sequence[Path]) -> None:
    """Write a new file with the manifest and the parts, each from its file. On the disk when it returns.

    Raises OSError; the file may exist in part then.
    """
    content = encoded(manifest)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    with os.fdopen(descriptor, "wb") as file:
        for name, text in ((MANIFEST_NAME, content), (SIGNATURE_NAME, signature(content, key))):
            file.write(_header(name, len(text), manifest.taken_at) + text + _padding(len(text)))
        for entry, source in zip(manifest.parts, parts, strict=True):
            file.write(_header(entry.name, entry.size, manifest.taken_at))
            with source.open("rb") as part:
                shutil.copyfileobj(part, file, PIECE)
            file.write(_padding(entry.size))
        file.write(bytes(END))
        file.flush()
        os.fsync(descriptor)


def open_archive(path: Path, key: bytes) -> Archive:
    """Read and prove the manifest of an archive, and find its parts. Raises BackupError."""
    with _reading(path) as (file, whole):
        content = _small(file, path, MANIFEST_NAME, MANIFEST_LIMIT)
        signed = _small(file, path, SIGNATURE_NAME, SIGNATURE_SIZE)
        manifest = proved(content, signed, key)
        parts = []
        for entry in manifest.parts:
            if _next(file, path, entry.name) != entry.size:
                raise _broken(path)
            parts.append(Placed(entry, file.tell()))
            file.seek(entry.size, os.SEEK_CUR)
            if file.tell() > whole or not _padded(file, entry.size):
                raise _broken(path)
        if whole - file.tell() != END or file.read(END) != bytes(END):
            raise _broken(path)
        return Archive(path, manifest, tuple(parts))


def read_part(archive: Archive, part: Placed) -> Iterator[bytes]:
    """Give a part's bytes in pieces. Raises BackupError at their end where they are not what was written."""
    with _reading(archive.path) as (file, _whole):
        file.seek(part.offset)
        digest, left = hashlib.sha256(), part.entry.size
        while left:
            piece = file.read(min(PIECE, left))
            if not piece:
                raise _broken(archive.path)
            left -= len(piece)
            digest.update(piece)
            yield piece
        if digest.hexdigest() != part.entry.sha256:
            raise BackupError(
                message("{name} in {path} was changed or is damaged", name=part.entry.name, path=str(archive.path))
            )


def check_parts(archive: Archive) -> None:
    """Read every part. Raises BackupError where one is not what was written."""
    for part in archive.parts:
        for _piece in read_part(archive, part):
            pass


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _reading(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a regular file; its size comes with it. Raises BackupError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        with os.fdopen(descriptor, "rb") as file:
            if not path.is_file():
                raise BackupError(message("{path} is not a regular file", path=str(path)))
            yield file, os.fstat(descriptor).st_size
    except OSError as error:
        raise BackupError(
            message("the archive {path} can't be read: {what}", path=str(path), what=error.strerror)
        ) from None


def _small(file: BinaryIO, path: Path, name: str, limit: int) -> bytes:
    size = _next(file, path, name)
    if size > limit:
        raise _broken(path)
    content = file.read(size)
    if len(content) != size or not _padded(file, size):
        raise _broken(path)
    return content


def _next(file: BinaryIO, path: Path, name: str) -> int:
    """Return the size that the next header claims; it has to be, byte for byte, one that we would write."""
    block = file.read(BLOCK)
    try:
        found = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        sound = found.size >= 0 and block == _header(name, found.size, found.mtime)
    except (tarfile.HeaderError, ValueError):
        sound = False
    if not sound:
        raise _broken(path)
    return found.size


def _header(name: str, size: int, at: float) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, int(at), MODE
    return entry.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def _padded(file: BinaryIO, size: int) -> bool:
    """Return whether what fills a part's last block is there, and only zeros."""
    return file.read(_rounded(size) - size) == _padding(size)


def _padding(size: int) -> bytes:
    return bytes(_rounded(size) - size)


def _rounded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _broken(path: Path) -> BackupError:
    return BackupError(message("{path} is not a whole archive of qualtui", path=str(path)))
