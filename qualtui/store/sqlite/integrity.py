"""Detects a store whose end is missing from its files alone, before SQLite writes anything into them.

Formats: https://www.sqlite.org/fileformat2.html, sections 1.3 (header) and 4.1 (write-ahead log).
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO

from qualtui.store.errors import StoreError
from qualtui.text.message import message

MAGIC = b"SQLite format 3\0"
HEADER = 100  # bytes
WAL_HEADER = struct.Struct(">IIIIQII")  # magic, version, page size, checkpoint, salts, checksums
FRAME = struct.Struct(">IIQII")  # page, pages after this commit (0: no commit), salts, checksums


def check_integrity(path: Path) -> None:
    """Raise StoreError if pages are neither in the file nor in its write-ahead log. Cheap: no full check.

    What is no SQLite file, or could not be opened, passes: SQLite says it better.
    """
    try:
        with path.open("rb") as file:
            header = file.read(HEADER)
        if len(header) < HEADER or not header.startswith(MAGIC):
            return
        size = int.from_bytes(header[16:18], "big")
        size = 65536 if size == 1 else size
        if not size:
            return
        there = path.stat().st_size // size
        pages, logged = _logged(path.with_name(path.name + "-wal"), size)
    except OSError:
        return
    pages = pages or int.from_bytes(header[28:32], "big")
    if not all(page in logged for page in range(there + 1, pages + 1)):
        raise StoreError(
            message(
                "the store {path} is damaged, its end is missing: restore a copy, or move it aside", path=str(path)
            )
        )


def _logged(wal: Path, size: int) -> tuple[int, set[int]]:
    """Return how many pages the newest commit in the log left (0: no commit), and which pages are in the log."""
    try:
        with wal.open("rb") as file:
            return _frames(file, size)
    except FileNotFoundError:
        return 0, set()


def _frames(file: BinaryIO, size: int) -> tuple[int, set[int]]:
    head = file.read(WAL_HEADER.size)
    pages, logged = 0, set()
    if len(head) == WAL_HEADER.size:
        salts = WAL_HEADER.unpack(head)[4]
        while len(frame := file.read(FRAME.size)) == FRAME.size:
            page, after, its, _first, _second = FRAME.unpack(frame)
            if its != salts:  # left over from before the log was started again
                break
            logged.add(page)
            pages = after or pages
            file.seek(size, os.SEEK_CUR)
    return pages, logged
