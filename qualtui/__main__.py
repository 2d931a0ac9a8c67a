"""The program. The screen's way in imports no command-line library: it must be there at once."""

import gc
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple


class Window(NamedTuple):
    """A command line that only opens the screen."""

    config: Path | None = None
    number: int | None = None


def window_of(argv: Sequence[str]) -> Window | None:
    """What the command line asks of the screen; None where it asks for a command, help, or is wrong."""
    config: Path | None = None
    words = list(argv)
    while words and words[0].startswith("--config"):
        option, equals, value = words.pop(0).partition("=")
        if option != "--config" or not (equals or words):
            return None
        config = Path(value if equals else words.pop(0))
    if not words:
        return Window(config)
    if len(words) == 2 and words[0] == "i" and words[1].isascii() and words[1].isdigit() and len(words[1]) < 10:
        return Window(config, int(words[1])) if int(words[1]) > 0 else None
    return None


def main() -> int:
    """Opens the screen or runs a command; gives the exit code (qualtui.cli.common tells them)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, TextIOWrapper
        ):  # a terminal or pipe that knows only ASCII gets ? for what it can't show
            stream.reconfigure(errors="replace")
    argv = sys.argv[1:]
    if argv == ["--version"]:
        from qualtui import __version__

        print(f"qualtui {__version__}")
        return 0
    asked = window_of(argv)
    if asked is None:
        from qualtui.cli.app import run

        return run(argv)
    gc.disable()  # until the first picture stands: imports make garbage collection slow for nothing
    from qualtui.cli.common import guarded
    from qualtui.cli.window import open_window

    return guarded(lambda: open_window(asked.config, asked.number))


if __name__ == "__main__":
    sys.exit(main())
