"""Durations as people write them: "30s", "5m", "1h30m", "7d", "250ms"; a plain number counts seconds."""

import re

LONGEST = 10 * 365.25 * 86400  # seconds: ten years
EXPECTED = 'a duration such as "30s" or "5m"'

_UNITS = {"w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(ms|[wdhms])\s*", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)


class DurationError(ValueError):
    """Not a duration, or not one between 0 and ten years; the text is what was expected."""


def seconds(value: object) -> float:
    """The seconds in a number or a text. Raises DurationError, whose text is what was expected."""
    if isinstance(value, str):
        return _bounded(_read(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DurationError(EXPECTED)
    return _bounded(value)


def written(total: float) -> str:
    """The shortest exact text of a duration: 5400 as `1h30m`, 0.25 as `250ms`."""
    whole, rest = divmod(round(total * 1000), 1000)
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count}{unit}")
    if rest:
        parts.append(f"{rest}ms")
    return "".join(parts) or "0s"


def _read(text: str) -> float:
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    total, at, seen = 0.0, 0, set()
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or part[2] in seen:
            raise DurationError(EXPECTED)
        seen.add(part[2])
        total += float(part[1]) * _UNITS[part[2]]
        at = part.end()
    if not seen:
        raise DurationError(EXPECTED)
    return total


def _bounded(value: float) -> float:
    # Compared before it becomes a float: an int may be larger than any float.
    if not 0 <= value <= LONGEST:  # NaN compares false
        raise DurationError("a duration from 0s to 10 years")
    return float(value)
