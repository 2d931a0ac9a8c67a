"""Maintenance windows: planned work that begins by a cron line. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

import msgspec

from qualtui.alerts.mute import Mute, MuteKind
from qualtui.config.hours import wall_zone
from qualtui.model.matchers import Matcher, all_hold
from qualtui.text.message import message

_MINUTE = 60


class MaintenanceWindow(msgspec.Struct, frozen=True):
    """A window of `duration` seconds that begins whenever the cron line says so, in its zone."""

    cron: str
    duration: float
    zone: str
    match: tuple[Matcher, ...]


def in_maintenance(labels: Mapping[str, str], windows: Iterable[MaintenanceWindow], now: float) -> Mute | None:
    """Return the mute of the window that ends last, None where none is open for an alert with these labels."""
    ends = [end for one in windows if all_hold(one.match, labels) and (end := open_until(one, now)) is not None]
    if not ends:
        return None
    end = max(ends)
    return Mute(MuteKind.MAINTENANCE, f"{end:.0f}", message("maintenance until {until:clock}", until=end), end)


def open_until(window: MaintenanceWindow, now: float) -> float | None:
    """Return when the window ends that is open now, None where none is. Its duration counts real seconds."""
    began = newest_start(window.cron, window.zone, int(now // _MINUTE))
    return began + window.duration if began is not None and now < began + window.duration else None


@lru_cache(maxsize=256)
def newest_start(cron: str, zone: str, minute: int) -> float | None:
    """Return the newest start up to a minute since the epoch. One that the clocks' change skips comes after it."""
    from cronsim import CronSim  # loaded with the first window

    after = datetime.fromtimestamp((minute + 1) * _MINUTE, wall_zone(zone))
    found: datetime | None = next(CronSim(cron, after, reverse=True), None)
    return None if found is None else found.timestamp()
