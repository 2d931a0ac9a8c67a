"""A rate as people write it: "20/minute", "3/10s"; a number of messages within a time. Pure."""

import re

import msgspec

EXPECTED = 'a rate such as "20/minute", "5/10s" or "500/hour"'
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "s": 1, "m": 60, "h": 3600, "d": 86400}
_RATE = re.compile(r"([1-9][0-9]{0,6})\s*/\s*([1-9][0-9]{0,4})?\s*(second|minute|hour|day|s|m|h|d)s?", re.ASCII)


class Rate(msgspec.Struct, frozen=True):
    """At most `count` messages within `seconds`."""

    count: int
    seconds: int


def read_rate(text: str) -> Rate | None:
    """The rate in a text; None where it is none."""
    found = _RATE.fullmatch(text.strip())
    if found is None:
        return None
    return Rate(int(found[1]), int(found[2] or 1) * _UNITS[found[3]])
