"""Recognise what must be there at once, the screen and `status`, without importing a command-line library."""

from collections.abc import Sequence, Set
from pathlib import Path
from typing import NamedTuple


class Window(NamedTuple):
    """A command line that only opens the screen."""

    config: Path | None = None
    number: int | None = None
    read_only: bool = False
    low_bandwidth: bool = False
    wall: bool = False


class StatusLine(NamedTuple):
    """A command line that prints the state."""

    config: Path | None = None
    read_only: bool = False
    short: bool = False
    once: bool = False
    as_json: bool = False


def window_of(argv: Sequence[str]) -> Window | None:
    """The window that the command line opens; None for a command, for help, or for a wrong line."""
    words = list(argv)
    options = _taken(words, {"--read-only", "--low-bandwidth", "--tv"})
    if options is None:
        return None
    config, flags = options
    window = Window(config, None, "--read-only" in flags, "--low-bandwidth" in flags, "--tv" in flags)
    if not words or window.wall:
        return window if not words else None
    if len(words) == 2 and words[0] == "i" and words[1].isascii() and words[1].isdigit() and len(words[1]) < 10:
        return window._replace(number=int(words[1])) if int(words[1]) > 0 else None
    return None


def status_of(argv: Sequence[str]) -> StatusLine | None:
    """The `status` that the command line is; None for any other line, for help, or for a wrong one."""
    words = list(argv)
    before = _taken(words, {"--read-only"})
    if before is None or not words or words.pop(0) != "status":
        return None
    after = _taken(words, {"--short", "--once", "--json"})
    if after is None or words:
        return None
    flags = after[1]
    return StatusLine(
        after[0] or before[0], bool(before[1]), "--short" in flags, "--once" in flags, "--json" in flags
    )


def _taken(words: list[str], flags: Set[str]) -> tuple[Path | None, set[str]] | None:
    """Take --config and these flags off the front: the file and the flags found; None: another option."""
    config: Path | None = None
    found: set[str] = set()
    while words and words[0].startswith("--"):
        option, equals, value = words.pop(0).partition("=")
        if option in flags and not equals:
            found.add(option)
        elif option == "--config" and (equals or words):
            config = Path(value if equals else words.pop(0))
        else:
            return None
    return config, found
