"""Recognise a command line that only opens the screen, without importing a command-line library."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Window(NamedTuple):
    """A command line that only opens the screen."""

    config: Path | None = None
    number: int | None = None
    read_only: bool = False


def window_of(argv: Sequence[str]) -> Window | None:
    """The window that the command line opens; None for a command, for help, or for a wrong line."""
    config: Path | None = None
    words = list(argv)
    read_only = False
    while words and words[0].startswith(("--config", "--read-only")):
        if words[0] == "--read-only":
            read_only = bool(words.pop(0))
            continue
        option, equals, value = words.pop(0).partition("=")
        if option != "--config" or not (equals or words):
            return None
        config = Path(value if equals else words.pop(0))
    if not words:
        return Window(config, read_only=read_only)
    if len(words) == 2 and words[0] == "i" and words[1].isascii() and words[1].isdigit() and len(words[1]) < 10:
        return Window(config, int(words[1]), read_only) if int(words[1]) > 0 else None
    return None
