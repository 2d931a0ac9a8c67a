"""Which archives are kept: the newest of each day and each week, and none that is older than 35 days."""

from collections.abc import Mapping

DAY = 86400.0
WEEK = 7 * DAY
MONDAY = 4 * DAY  # 1970-01-05: weeks are counted from a Monday
LONGEST = 35 * DAY  # personal data that is erased from the store is gone from every backup after so long


def unneeded(taken: Mapping[str, float], now: float, daily: int, weekly: int) -> tuple[str, ...]:
    """Return the names that are kept no longer, oldest first; the newest one, and all of the last 24 h, stay.

    `taken`: when each was taken. Days and weeks are those of UTC.
    """
    order = sorted(taken, key=lambda name: (taken[name], name), reverse=True)
    kept = {*order[:1], *(name for name in order if now - taken[name] < DAY)}
    for length, start, most in ((DAY, 0.0, daily), (WEEK, MONDAY, weekly)):
        newest: dict[int, str] = {}
        for name in order:
            newest.setdefault(int((taken[name] - start) // length), name)
        kept.update(list(newest.values())[:most])
    too_old = {name for name in order[1:] if now - taken[name] > LONGEST}
    return tuple(name for name in reversed(order) if name not in kept or name in too_old)
