"""stdin, stdout and stderr as a shell may pass them: closed, on a full disk, or ASCII only."""

import contextlib
import os
import sys
from io import TextIOWrapper
from typing import TextIO


class UnwrittenError(Exception):
    """stdout can't be written; the text is the reason."""


class Out(TextIOWrapper):
    """stdout with a separate error type; a reader that is gone raises BrokenPipeError as usual."""

    def write(self, text: str) -> int:
        """Raises UnwrittenError, BrokenPipeError."""
        try:
            return super().write(text)
        except OSError as error:
            raise _named(error) from None

    def flush(self) -> None:
        """Raises the same errors."""
        try:
            super().flush()
        except OSError as error:
            raise _named(error) from None


class Err(TextIOWrapper):
    """stderr; what can't be written is dropped."""

    def write(self, text: str) -> int:
        """Writes, or does not."""
        with contextlib.suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes, or does not."""
        with contextlib.suppress(OSError):
            super().flush()


def take() -> None:
    """Replace this process's streams. A closed one becomes /dev/null, or the next file would take its place."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # has the lowest number that is free, which is this one
            sink = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - for life
            setattr(sys, name, sink)
            setattr(sys, f"__{name}__", sink)  # holds it: another wrapper around its buffer would not
    sys.stdout, sys.stderr = _as(Out, sys.stdout), _as(Err, sys.stderr)


def forget_stream() -> None:
    """Send what is left of stdout to /dev/null: Python flushes it once more at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as(kind: type[TextIOWrapper], stream: TextIO) -> TextIO:
    """The same stream in another wrapper; an ASCII-only one prints ? for what it can't show."""
    if not isinstance(stream, TextIOWrapper):
        return stream
    buffering = stream.line_buffering
    return kind(stream.buffer, stream.encoding, "replace", line_buffering=buffering)


def _named(error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    return UnwrittenError(error.strerror or type(error).__name__)
