"""Names of archives: when they were taken, in UTC, the month in letters so that no name is masked as a phone."""

import calendar
import re
import time

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PARTIAL = ".partial"  # at the end of what is not whole yet

_NAME = re.compile(r"qualtui-(\d{4})-([A-Z][a-z]{2})-(\d{2})T(\d{2})-(\d{2})-(\d{2})Z\.tar")


def archive_name(at: float) -> str:
    """Return the name of an archive that is taken at this time."""
    then = time.gmtime(at)
    return f"qualtui-{then.tm_year}-{MONTHS[then.tm_mon - 1]}-{time.strftime('%dT%H-%M-%SZ', then)}.tar"


def taken_at(name: str) -> float | None:
    """Return when an archive of this name was taken; None where it is no archive's name."""
    found = _NAME.fullmatch(name)
    if found is None or found[2] not in MONTHS:
        return None
    year, day, hour, minute, second = (int(found[place]) for place in (1, 3, 4, 5, 6))
    return float(calendar.timegm((year, MONTHS.index(found[2]) + 1, day, hour, minute, second)))
