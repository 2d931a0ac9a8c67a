"""Prometheus's notation of a test's series: `0x4 60x20 _x3 5+2x6`. Pure.

`5` is one value, `5x4` five of them (4 more), `5+2x4` and `5-2x4` five that rise and fall, `_` a poll without an
answer, `_x3` three of them; `stale` means `_`. See prometheus.io, "Unit testing rules".
"""

import re

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_VALUES = re.compile(rf"({_NUMBER})(?:([+-](?:[0-9.]+(?:[eE][+-]?[0-9]+)?))?x([0-9]{{1,6}}))?")
_GAPS = re.compile(r"(?:_|stale)(?:x([0-9]{1,6}))?")
MOST = 100_000  # values of a series


class NotationError(ValueError):
    """Not a series; the text is the part that is wrong."""


def values_of(text: str) -> tuple[float | None, ...]:
    """Return the values of a series, None where nothing was answered. Raises NotationError."""
    found: list[float | None] = []
    for part in text.split():
        if gap := _GAPS.fullmatch(part):
            found.extend([None] * int(gap[1] or 1))
        elif match := _VALUES.fullmatch(part):
            try:
                first, step = float(match[1]), float(match[2] or 0)
            except ValueError:
                raise NotationError(part) from None
            found.extend(first + step * n for n in range(int(match[3] or 0) + 1))
        else:
            raise NotationError(part)
        if len(found) > MOST:
            raise NotationError(part)
    return tuple(found)
