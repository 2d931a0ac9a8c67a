"""The end of a log file as lines with a time and an id."""

import re
from datetime import UTC, datetime
from pathlib import Path

from qualtui.hosts.host import HostError, HostFault, LogLine
from qualtui.text import clean
from qualtui.text.message import message

TAIL = 256 * 1024  # bytes that are read of its end
_STAMP = re.compile(rb"\s*\[?(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?\s*(Z|[+-]\d\d:?\d\d)?")


def lines_since(path: Path, since: float) -> tuple[LogLine, ...]:
    """The lines since a time, oldest first. One without a time has that of the line before. Raises HostError.

    A time without a zone is this machine's. The id is the file's and the place in it, so that it stays.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            start = file.seek(max(0, size - TAIL))
            text = file.read(TAIL)
            inode, changed = _of(path)
    except OSError as error:
        why = error.strerror or "can't be read"
        raise HostError(HostFault.LOCAL, message("log file: {why}", why=why)) from None
    if start:  # the first line is a part of one
        cut = text.find(b"\n") + 1
        start, text = start + cut, text[cut:]
    found: list[LogLine] = []
    at: float | None = None
    for line in text.splitlines(keepends=True):
        place, start = start, start + len(line)
        stamp = _time(line)
        at = at if stamp is None else stamp
        if not line.endswith(b"\n") or (at or changed) < since:  # a line that is still being written comes later
            continue
        words = clean(line.decode(errors="replace"), 500)
        if words:
            found.append(LogLine(f"{inode}:{place}", at or changed, words))
    return tuple(found)


def _of(path: Path) -> tuple[int, float]:
    found = path.stat()
    return found.st_ino, found.st_mtime


def _time(line: bytes) -> float | None:
    stamp = _STAMP.match(line)
    if stamp is None:
        return None
    day, clock, part, zone = (one.decode() if one else "" for one in stamp.groups())
    text = f"{day}T{clock}" + (f".{part.ljust(6, '0')}" if part else "") + ("+00:00" if zone == "Z" else zone)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo is not None else found.astimezone()).astimezone(UTC).timestamp()
