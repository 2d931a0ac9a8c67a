"""The lease: one engine a store. A lock that the kernel takes back when its process dies, however it dies."""

import fcntl
import os
import socket
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
        try:
            descriptor = os.open(lock_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, MODE)
        except OSError as error:
            raise StoreError(
                _("the store {path} can't be locked: {what}").format(path=path, what=error.strerror)
            ) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            holder = Holder(os.getpid(), socket.gethostname(), now)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, msgspec.json.encode(holder), 0)
            share(descriptor)
        except BlockingIOError:
            other = _read(descriptor)
            os.close(descriptor)
            raise _busy(path, other) from None
        except OSError as error:
            os.close(descriptor)
            raise StoreError(
                _("the store {path} can't be locked: {what}").format(path=path, what=error.strerror)
            ) from None
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


def _read(descriptor: int) -> Holder | None:
    """Who holds it; None where the file does not say: it has locked, and not yet written."""
    try:
        return msgspec.json.decode(os.pread(descriptor, 4096, 0), type=Holder)
    except (OSError, msgspec.DecodeError):
        return None


def _busy(path: Path, other: Holder | None) -> StoreBusy:
    if other is None:
        return StoreBusy(_("another engine keeps the store {path}: end it first").format(path=path))
    since = datetime.fromtimestamp(other.since, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    text = _("another engine (pid {pid} on {host}, since {since}) keeps the store {path}: end it first").format(
        pid=other.pid, host=clean(other.host, 64), since=since, path=path
    )
    return StoreBusy(text, other.pid, other.host, other.since)
