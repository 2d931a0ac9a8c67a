"""Files that a configuration names: regular ones only, read within a size and a time.

A FIFO, a device or one of the kernel's files can block a reader forever, and so can a network disk.
"""

import errno
import os
import re
import stat
import threading
from pathlib import Path

PATIENCE = 3.0  # s for a file to be opened and read
BOM = b"\xef\xbb\xbf"  # some editors begin a UTF-8 text with it

# The parser's time grows with the square of a key's dots: tens of thousands of them would freeze an engine.
_LONG_KEY = re.compile(rb"(?<![\w\-])(?:(?:[\w\-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}")


class UnreadableError(Exception):
    """A file cannot be read; the text is the reason in a few words."""


class TooLargeError(UnreadableError):
    """It is larger than the limit."""


def read_file(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes. Raises UnreadableError, TooLargeError."""
    found: list[bytes | Exception] = []

    def work() -> None:
        try:
            found.append(_content(path, limit))
        except Exception as error:  # handed to the caller, who waits for it
            found.append(error)

    reader = threading.Thread(target=work, name="read a file", daemon=True)
    reader.start()
    reader.join(PATIENCE)
    if not found:
        raise UnreadableError(f"not read within {PATIENCE:g}s")
    outcome = found[0]
    if isinstance(outcome, bytes):
        return outcome
    if isinstance(outcome, UnreadableError):
        raise outcome
    if isinstance(outcome, OSError):
        raise UnreadableError(outcome.strerror or "not a path")
    raise UnreadableError("not a path")


def _content(path: Path, limit: int) -> bytes:
    # Without waiting for a FIFO's other end; a terminal does not become ours.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        kind = os.fstat(descriptor)
        if stat.S_ISDIR(kind.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(kind.st_mode):
            raise UnreadableError("not a regular file")
        if kind.st_size > limit:
            raise TooLargeError("too large")
        parts: list[bytes] = []
        size = 0
        while size <= limit and (part := os.read(descriptor, limit + 1 - size)):
            if not kind.st_size:  # the kernel's own files say that they are empty
                raise UnreadableError("not a regular file")
            parts.append(part)
            size += len(part)
    finally:
        os.close(descriptor)
    if size > limit:
        raise TooLargeError("too large")
    return b"".join(parts)


def without_bom(content: bytes) -> bytes:
    """The text without the mark that some editors put before it."""
    return content.removeprefix(BOM)


def long_key(text: bytes) -> int:
    """The line of a TOML key with more than 32 parts, which would freeze the parser; 0: there is none."""
    found = _LONG_KEY.search(text)
    return text.count(b"\n", 0, found.start()) + 1 if found else 0


def readable_by_all(path: Path) -> bool:
    """Whether every user of this machine may read the file."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except (OSError, ValueError):
        return False


def open_to_others(path: Path) -> bool:
    """Whether anybody but its owner may read or change the file."""
    try:
        return bool(path.stat().st_mode & 0o077)
    except (OSError, ValueError):
        return False
