"""stdin, stdout and stderr as a shell may hand them over: closed, on a full disk, or knowing ASCII alone."""

import contextlib
import os
import sys
from io import TextIOWrapper
from typing import TextIO


class UnwrittenError(Exception):
    """What was said on stdout can't be written; the text is why."""


class Out(TextIOWrapper):
    """stdout, whose own errors can be told from everybody else's; a reader that went away is told as ever."""

    def write(self, text: str) -> int:
        """Raises UnwrittenError, BrokenPipeError."""
        try:
            return super().write(text)
        except OSError as error:
            raise _named(error) from None

    def flush(self) -> None:
        """Raises likewise."""
        try:
            super().flush()
        except OSError as error:
            raise _named(error) from None


class Err(TextIOWrapper):
    """stderr: silence where it can't be written."""

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
    """Replaces this process's streams. What is closed goes to nobody: else the next file opened would be it."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # has the lowest number that is free, which is this one
            nobody = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - for life
            setattr(sys, name, nobody)
            setattr(sys, f"__{name}__", nobody)  # holds it: another wrapper around its buffer would not
    sys.stdout, sys.stderr = _as(Out, sys.stdout), _as(Err, sys.stderr)


def forget_stream() -> None:
    """Python flushes stdout once more at exit: into nothing, where nobody takes it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as(kind: type[TextIOWrapper], stream: TextIO) -> TextIO:
    """The same stream in another wrapper; one that knows only ASCII gets ? for what it can't show."""
    if not isinstance(stream, TextIOWrapper):
        return stream
    buffering = stream.line_buffering
    return kind(stream.buffer, stream.encoding, "replace", line_buffering=buffering)


def _named(error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    return UnwrittenError(error.strerror or type(error).__name__)
