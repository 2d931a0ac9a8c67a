"""Plain tables, times and JSON on stdout."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from qualtui.cli.words import words
from qualtui.text.message import Text


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as their widest cell in the terminal; the last one is not padded."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[place]) for row in (titles, *rows)) for place in range(len(titles))]
    for row in (titles, *rows):
        cells = [text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())


def moment_text(at: float) -> str:
    """A time in this machine's zone: 03:12:07, with the date if it is not today."""
    then = datetime.fromtimestamp(at).astimezone()
    today = then.date() == datetime.now(then.tzinfo).date()
    return then.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S")


def print_json(value: object) -> None:
    """Print a value as indented JSON, each Text as its sentence."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(plain(value))).decode() + "\n")


def plain(value: object) -> object:
    """The value with each Text rendered; a struct becomes a dict with the names that it has on the wire."""
    if isinstance(value, Text):
        return words(value)
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        tag = {} if config.tag is None else {str(config.tag_field): config.tag}
        fields = msgspec.structs.fields(value)
        return {**tag, **{field.encode_name: plain(getattr(value, field.name)) for field in fields}}
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    return value
