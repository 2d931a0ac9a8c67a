"""The lease: one engine per store. A lock that the kernel releases when its process ends, however it ends."""

import errno
import fcntl
import os
import socket
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from qualtui.store.errors import LeaseLost, StoreBusy, StoreError
from qualtui.text import clean
from qualtui.text.message import message

MODE = 0o660  # two people of one group on a host share one engine


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lease: written into the lock file, so that a second engine can report it."""

    pid: int
    host: str
    since: float
    numbers: int = 0  # the highest incident number given: a store put in place later must not give it again


class FileLease:
    """Two flocks, held until `release` or the process's end: one on the store's file, whatever its name is; one on
    FILE.lock beside it, which says who holds it and is there before the store is.

    The lock's file is never removed by us: a second engine could lock the removed one while a third locks the new.
    """

    def __init__(self, path: Path, lock: int, file: int, holder: Holder, numbers: int) -> None:
        self._path = path
        self._lock = lock
        self._file = file  # -1: there is no store yet, or none that can be opened
        self._holder = holder
        self.numbers = numbers  # what the lock said when it was taken

    @classmethod
    def take(cls, path: Path, now: float) -> Self:
        """Take the lease of the store at `path`. Raises StoreBusy if another engine holds it, StoreError."""
        lock = -1
        try:
            lock = _opened(lock_path(path))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _read(lock)
            os.close(lock)
            raise _busy(path, other) from None
        except OSError as error:
            if lock >= 0:
                os.close(lock)
            raise StoreError(
                message("the store {path} can't be locked: {what}", path=str(path), what=error.strerror)
            ) from None
        try:
            file = _held(path)
        except BaseException:
            os.close(lock)
            raise
        before = _content(lock)
        numbers = before.numbers if before is not None else 0
        holder = Holder(os.getpid(), socket.gethostname(), now, numbers)
        _write(lock, holder)
        return cls(path, lock, file, holder, numbers)

    def note(self, number: int) -> None:
        """Remember beside the store that this incident number was given."""
        if number > self._holder.numbers:
            self._holder = msgspec.structs.replace(self._holder, numbers=number)
            _write(self._lock, self._holder)

    def keep(self) -> bool:
        """Make the lock file again if its name is gone or another file's; return True if that was done.

        Raises LeaseLost where another engine holds the new one, and the store's name is not our file's.
        """
        if self._file < 0:
            self._file = _held(self._path)
        if _same(lock_path(self._path), self._lock):
            return False
        try:
            lock = _opened(lock_path(self._path))
        except OSError:
            return False  # no room, or no right: the store's own file is still locked
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            if self._file < 0 or not _same(self._path, self._file):
                raise LeaseLost(
                    message(
                        "another engine took the store {path} over: this engine stops writing",
                        path=str(self._path),
                    )
                ) from None
            return False  # whoever has it is about to be refused
        self._lock, old = lock, self._lock
        os.close(old)
        _write(lock, self._holder)
        return True

    def follow(self) -> None:
        """Lock the file that has the store's name now. Raises StoreBusy."""
        file = _held(self._path)
        self._file, old = file, self._file
        if old >= 0:
            os.close(old)

    def release(self) -> None:
        """Release the lease; a second call does nothing."""
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)  # the lock goes with its last descriptor
        self._file = self._lock = -1


def lock_path(path: Path) -> Path:
    """Return the path of the store's lock: beside the file itself, even if `path` is a link."""
    real = Path(os.path.realpath(path))
    return real.with_name(real.name + ".lock")


def share(descriptor: int) -> None:
    """Set MODE on a file that we own, whatever the umask is; leave other owners' files alone."""
    if os.fstat(descriptor).st_uid == os.geteuid():
        os.fchmod(descriptor, MODE)


def _held(path: Path) -> int:
    """Return a descriptor that locks the store's file itself, -1 if it can't be opened. Raises StoreBusy."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return -1  # the next open reports it
    try:
        if stat.S_ISREG(os.fstat(file).st_mode):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
    except BlockingIOError:
        os.close(file)
        raise StoreBusy(
            message(
                "another engine keeps the store {path}, maybe under another name: stop it first", path=str(path)
            )
        ) from None
    except OSError:  # a file system without locks
        pass
    os.close(file)
    return -1


def _same(path: Path, descriptor: int) -> bool:
    """Return whether the name is still the open file's, or that can't be checked."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _opened(lock: Path) -> int:
    """Open the lock file; a file that can only be read can still be locked. Raises OSError."""
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
    """Write who holds it. If nothing can be written, the lock still holds, without a name."""
    with suppress(OSError):
        data = msgspec.json.encode(holder)
        os.ftruncate(descriptor, os.pwrite(descriptor, data, 0))  # in this order: a full disk takes what it had
        share(descriptor)


def _content(descriptor: int) -> Holder | None:
    """Return what the file says, None if it is empty or unreadable."""
    try:
        return msgspec.json.decode(os.pread(descriptor, 4096, 0), type=Holder)
    except (OSError, msgspec.DecodeError):
        return None


def _read(descriptor: int) -> Holder | None:
    """Return who holds it, None if the file does not say."""
    holder = _content(descriptor)
    if holder is None:
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
        return StoreBusy(message("another engine keeps the store {path}: stop it first", path=str(path)))
    since = datetime.fromtimestamp(other.since, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    text = message(
        "another engine (pid {pid} on {host}, since {since}) keeps the store {path}: stop it first",
        pid=str(other.pid),
        host=clean(other.host, 64),
        since=since,
        path=str(path),
    )
    return StoreBusy(text, other.pid, other.host, other.since)
