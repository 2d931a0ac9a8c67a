"""How long nothing is sent after Render said that it was too much: exponential, with jitter. Pure."""

from collections.abc import Mapping

import msgspec

FIRST = 2.0  # s after the first 429 that names no time
LONGEST = 300.0  # s
_EPOCH = 1e9  # a Ratelimit-Reset above this is Unix time; below it is seconds left (the docs' own example is 45)


class Pause(msgspec.Struct, frozen=True):
    """Until when nothing is sent, and how many 429 came in a row."""

    until: float = 0.0
    refused: int = 0


def after(pause: Pause, status: int, headers: Mapping[str, str], now: float, jitter: float) -> Pause:
    """The pause after an answer. `jitter`: 0..1, so that not all who wait come back at once."""
    named = _named(headers, now)
    if status == 429:
        wait = max(FIRST * 2**pause.refused, _seconds(headers.get("retry-after", "")), named)
        wait = min(LONGEST, wait) * (1 + jitter / 2)
        return Pause(now + wait, min(pause.refused + 1, 10))
    spent = headers.get("ratelimit-remaining", "").strip() == "0"
    return Pause(now + min(LONGEST, named) if spent else 0.0, 0)


def _named(headers: Mapping[str, str], now: float) -> float:
    reset = _seconds(headers.get("ratelimit-reset", ""))
    return max(0.0, reset - now) if reset > _EPOCH else reset


def _seconds(text: str) -> float:
    """A number of seconds; 0 where it is none, such as a date."""
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 <= found < 1e11 else 0.0
