"""The key that signs manifests: 0600 beside the store, never in an archive and never in the backup's folder."""

import os
import secrets
import stat
from pathlib import Path

from qualtui.backup.errors import BackupError
from qualtui.text.message import message

SUFFIX = ".backup-key"
SIZE = 32  # bytes


def key_path(store: Path) -> Path:
    """Return where a store's key is."""
    return store.with_name(store.name + SUFFIX)


def read_key(path: Path) -> bytes:
    """Return the key in a file. Raises BackupError where there is none, or others may read it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            text = file.read(4 * SIZE) if stat.S_ISREG(found.st_mode) else b""
    except FileNotFoundError:
        raise BackupError(
            message("there is no key at {path}: the archives of this store can't be checked", path=str(path))
        ) from None
    except OSError as error:
        raise BackupError(
            message("the key {path} can't be read: {what}", path=str(path), what=error.strerror)
        ) from None
    if found.st_mode & 0o077:
        raise BackupError(message("others may read the key {path}: chmod 600 it", path=str(path)))
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != SIZE:
        raise BackupError(message("{path} holds no key: put back a copy of it", path=str(path)))
    return key


def made_key(path: Path) -> bytes:
    """Return the key in a file, which is made where it is missing; one process at a time. Raises BackupError."""
    fresh = path.with_name(f"{path.name}.partial")
    try:
        fresh.unlink(missing_ok=True)  # a killed process left it, maybe after it was linked
        if path.exists():
            return read_key(path)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(SIZE).encode() + b"\n")
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(fresh, path)  # unlike a rename it never replaces a key that was put there meanwhile
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    except OSError as error:
        raise BackupError(
            message("the key {path} can't be made: {what}", path=str(path), what=error.strerror)
        ) from None
    return read_key(path)
