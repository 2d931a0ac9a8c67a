"""The elements of a large JSON list from outside, cut apart within bounds and without holding up the loop.

A parser builds every element before anybody can count them: eight megabytes of `[0,0,...]` take it seconds.
"""

import re
import time

from qualtui.text.message import Text, message

SMALL = 64 * 1024  # bytes that may be cut apart on the loop; more than that in a thread
PATIENCE = 2.0  # s for a list to be cut apart
_CHECK = 1024  # marks between two looks at the clock

_STRING = rb'"(?:[^"\\]++|\\.)*+"?'  # one that has no end goes to the text's: never tried twice
_BETWEEN = re.compile(rb"[,\[\]{}]|" + _STRING, re.DOTALL)
_WITHIN = re.compile(rb"[\[\]{}]|" + _STRING, re.DOTALL)


class ElementsError(Exception):
    """It is no list, or beyond the bounds; the text says which."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


def cut(body: bytes, most: int, patience: float = PATIENCE) -> list[bytes]:
    """The elements as they stand in the text, each to be parsed by itself. Raises ElementsError."""
    text = body.strip()
    if not text.startswith(b"["):
        raise ElementsError(message("not a list"))
    until = time.monotonic() + patience
    found: list[bytes] = []
    start = at = depth = 1
    marks = 0
    while (mark := (_BETWEEN if depth == 1 else _WITHIN).search(text, at)) is not None:
        at = mark.end()
        sign = text[mark.start()]
        if sign in b"[{":
            depth += 1
        elif sign in b"]}":
            depth -= 1
        if not depth or (depth == 1 and sign == ord(",")):
            found.append(text[start : mark.start()].strip())
            start = at
        if not depth:
            break
        if len(found) >= most:
            raise ElementsError(message("more than {most:whole} in one answer", most=most))
        marks += 1
        if not marks % _CHECK and time.monotonic() > until:
            raise ElementsError(message("not read within {limit:number}s", limit=patience))
    if depth or at != len(text):
        raise ElementsError(message("not a list"))
    return [] if found == [b""] else found
