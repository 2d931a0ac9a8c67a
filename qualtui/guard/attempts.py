"""The guard's log: one line of JSON for each post that was not simply passed, with pseudonyms only.

Each line is one write at the file's end, so that workers share it. Past a size the file is rotated.
"""

import fcntl
import os
import threading
from pathlib import Path

import msgspec

KEPT = 5  # rotated files


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One post: what became of it, and why."""

    at: float
    log: str  # the decision's word: held:spam, refused ...
    sender: str = ""  # a pseudonym
    source: str = ""  # the client's network, shortened: /24 or /48
    session: str = ""
    why: str = ""
    size: int = 0
    stamped: str = ""  # the timestamp header, which is not signed


class AttemptLog:
    """Appends attempts to a file. A line that can't be written is counted, and delays no post."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.failed = 0
        self._size = size
        self._lock = threading.Lock()

    def add(self, attempt: Attempt) -> None:
        """Write one line."""
        line = msgspec.json.encode(attempt) + b"\n"
        try:
            with self._lock:
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    os.write(descriptor, line)
                    full = os.fstat(descriptor).st_size > self._size
                finally:
                    os.close(descriptor)
                if full:
                    self._rotate()
        except OSError:
            self.failed += 1

    def _rotate(self) -> None:
        """Move each file one number up, once, whoever of the workers comes first."""
        lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.path.stat().st_size <= self._size:
                return
            for number in range(KEPT - 1, 0, -1):
                older = Path(f"{self.path}.{number}")
                if older.exists():
                    older.replace(f"{self.path}.{number + 1}")
            self.path.replace(f"{self.path}.1")
        finally:
            os.close(lock)


def network(address: str) -> str:
    """The network of an address, as a log may name it: the first 24 bits of IPv4, 48 of IPv6."""
    import ipaddress

    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    bits = 24 if isinstance(found, ipaddress.IPv4Address) else 48
    return str(ipaddress.ip_network((found, bits), strict=False))
