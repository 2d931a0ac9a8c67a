"""The lease: one engine a store. A lock that the kernel takes back when its process dies, however it dies."""

import errno
import fcntl
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from qualtui.store.errors import StoreBusy, StoreError
from qualtui.text import _, clean

MODE = 0o660  # two people of one group on a host share one engine


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lease: written into the lock's file for whoever comes second."""

    pid: int
    host: str
    since: float


class Lease:
    """An flock on PATH.lock, held until `release` or the process's end.

    The file is never removed: a second engine could lock the removed one while a third locks the new one.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path, now: float) -> Self:
        """Takes the lease of the store at `path`. Raises StoreBusy where another engine holds it, StoreError."""
        descriptor = -1
        try:
            descriptor = _opened(lock_path(path))
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _read(descriptor)
            os.close(descriptor)
            raise _busy(path, other) from None
        except OSError as error:
            if descriptor >= 0:
                os.close(descriptor)
            raise StoreError(
                _("the store {path} can't be locked: {what}").format(path=path, what=error.strerror)
            ) from None
        _write(descriptor, Holder(os.getpid(), socket.gethostname(), now))
        return cls(descriptor)

    def release(self) -> None:
        """Gives the lease back; a second time does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)  # the lock goes with its last descriptor
            self._descriptor = -1


def lock_path(path: Path) -> Path:
    """Where the lock of the store at `path` lies."""
    return path.with_name(path.name + ".lock")


def share(descriptor: int) -> None:
    """Gives a file of ours MODE whatever the umask; another owner's file stays as it is."""
    if os.fstat(descriptor).st_uid == os.geteuid():
        os.fchmod(descriptor, MODE)


def _opened(lock: Path) -> int:
    """The lock's file; where it can only be read it can still be locked. Raises OSError."""
    flags = os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(lock, os.O_RDWR | os.O_CREAT | flags, MODE)
    except OSError as error:
        if error.errno not in {errno.EROFS, errno.EACCES}:
            raise
        with suppress(OSError):
            return os.open(lock, os.O_RDONLY | flags)
        raise


def _write(descriptor: int, holder: Holder) -> None:
    """Says who holds it. Where nothing can be written the lock holds all the same, and is nobody's by name."""
    with suppress(OSError):
        data = msgspec.json.encode(holder)
        os.ftruncate(descriptor, os.pwrite(descriptor, data, 0))  # in this order: a full disk takes what it had
        share(descriptor)


def _read(descriptor: int) -> Holder | None:
    """Who holds it; None where the file does not say: it has not written yet, or could not."""
    try:
        holder = msgspec.json.decode(os.pread(descriptor, 4096, 0), type=Holder)
    except (OSError, msgspec.DecodeError):
        return None
    gone = holder.host == socket.gethostname() and not _lives(holder.pid)
    return None if gone else holder  # an earlier engine's name, on a disk that takes no other


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's, or no number of a process
        pass
    return True


def _busy(path: Path, other: Holder | None) -> StoreBusy:
    if other is None:
        return StoreBusy(_("another engine keeps the store {path}: end it first").format(path=path))
    since = datetime.fromtimestamp(other.since, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    text = _("another engine (pid {pid} on {host}, since {since}) keeps the store {path}: end it first").format(
        pid=other.pid, host=clean(other.host, 64), since=since, path=path
    )
    return StoreBusy(text, other.pid, other.host, other.since)
