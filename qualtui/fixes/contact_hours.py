"""Contact hours: when customers may be written to who did not write just now. Pure."""

from zoneinfo import ZoneInfoNotFoundError

import msgspec

from qualtui.config.hours import hours_of, local_minute, next_start
from qualtui.text.message import Saying, message


class ContactHours(msgspec.Struct, frozen=True):
    """Hours such as 08:00-20:00 in the customers' time zone."""

    hours: str
    zone: str

    def refusal(self, now: float) -> Saying:
        """Return why the hour forbids to write; empty where it does not."""
        try:
            minute = local_minute(now, self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return message("the zone '{zone}' is not known here", zone=self.zone)
        if hours_of(self.hours).hold(minute):
            return ""
        clock = f"{minute // 60:02d}:{minute % 60:02d}"
        return message("not at {now}: contact hours are {hours}", now=clock, hours=self.hours)

    def opens(self, now: float) -> float:
        """Return when they begin next."""
        return next_start(now, hours_of(self.hours), self.zone)
