"""Night: who is woken, and what waits for the morning. Pure."""

from datetime import datetime, timedelta

import msgspec

from qualtui.alerts.mute import Mute, MuteKind
from qualtui.config.hours import Hours, wall_zone
from qualtui.model import AlertState, Incident, Link, Origin, Severity
from qualtui.text.message import message


class Night(msgspec.Struct, frozen=True):
    """The hours of the night in a zone. `customers` waiting are enough to wake someone."""

    hours: Hours
    customers: int = 3
    zone: str = ""


def at_night(
    alert: AlertState, incident: Incident, lost: bool, waiting: int | None, night: Night | None, now: float
) -> Mute | None:
    """Return the mute of an alert that waits for the morning, None by day and for what wakes someone.

    A broken link wakes, and so do enough customers who wait. `lost`: the alert counts lost customers; it never
    wakes anyone.
    """
    if night is None or (until := night_ends(night, now)) is None:
        return None
    if not lost and (_broken_link(alert, incident) or _many_wait(alert, waiting, night)):
        return None
    reason = message("it is night until {until:clock}: this waits for the morning", until=until)
    return Mute(MuteKind.NIGHT, f"{until:.0f}", reason, until)


def night_ends(night: Night, now: float) -> float | None:
    """Return when the night ends that it is now, None by day."""
    here = datetime.fromtimestamp(now, wall_zone(night.zone))
    if not night.hours.hold(here.hour * 60 + here.minute):
        return None
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    for days in (0, 1):
        # On the wall: a night over a change of the clocks ends at the same time of day.
        end = midnight + timedelta(days=days, minutes=night.hours.end)
        if end.timestamp() > now:
            return end.timestamp()
    return None


def _broken_link(alert: AlertState, incident: Incident) -> bool:
    if alert.severity is not Severity.CRITICAL:
        return False
    if alert.link and alert.link != Link.CUSTOMER:
        return True
    return incident.origin is Origin.FAULT and incident.cause_ended_at is None and incident.link != Link.CUSTOMER


def _many_wait(alert: AlertState, waiting: int | None, night: Night) -> bool:
    return alert.link == Link.CUSTOMER and waiting is not None and waiting >= night.customers
