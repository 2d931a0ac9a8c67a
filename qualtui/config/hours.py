"""Hours of the day in which people may be written to: "08:00-20:00", over midnight too."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import msgspec

EXPECTED = 'hours such as "08:00-20:00", or "" for any time'
_TEXT = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DAY = 24 * 60


class Hours(msgspec.Struct, frozen=True):
    """From and to, in minutes of the day; `to` itself is outside. The same twice: never closed."""

    start: int = 0
    end: int = _DAY

    def hold(self, minute: int) -> bool:
        """Whether a minute of the day is within."""
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


def hours_of(text: str) -> Hours:
    """The hours in a text, an empty one means any time. Raises ValueError."""
    if not text:
        return Hours()
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(EXPECTED)
    numbers = [int(part) for part in found.groups()]
    start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if max(start, end) > _DAY:
        raise ValueError(EXPECTED)
    return Hours(start, end)


def wall_zone(name: str) -> tzinfo | None:
    """Return a zone for `datetime`; None for "": a time without a zone, which follows this machine's changes."""
    return ZoneInfo(name) if name else None


def local_minute(at: float, zone: str) -> int:
    """The minute of the day there, at an instant. Raises ZoneInfoNotFoundError; "" is this machine's zone."""
    here = datetime.fromtimestamp(at, ZoneInfo(zone)) if zone else datetime.fromtimestamp(at).astimezone()
    return here.hour * 60 + here.minute


def next_start(at: float, hours: Hours, zone: str) -> float:
    """When the hours begin next after an instant, by the wall clock there."""
    here = datetime.fromtimestamp(at, zone_of(zone))
    start = here.replace(hour=hours.start // 60 % 24, minute=hours.start % 60, second=0, microsecond=0)
    return (start if start > here else start + timedelta(days=1)).timestamp()


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its IANA name; this machine's for ""; UTC where there is none of that name."""
    if not name:
        return datetime.now(UTC).astimezone().tzinfo or UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return UTC
