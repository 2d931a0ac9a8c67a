"""Plain tables, times and JSON on stdout."""

import sys
from collections.abc import Sequence
from datetime import datetime

import msgspec


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, as the terminal counts cells; the last one is not padded."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[place]) for row in (titles, *rows)) for place in range(len(titles))]
    for row in (titles, *rows):
        cells = [text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())


def moment_text(at: float) -> str:
    """An instant in this machine's time: 03:12:07, with the date when it is not today's."""
    then = datetime.fromtimestamp(at).astimezone()
    today = then.date() == datetime.now(then.tzinfo).date()
    return then.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S")


def print_json(value: object) -> None:
    """A value as indented JSON."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")
