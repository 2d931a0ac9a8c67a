"""What time does to an incident that has an owner: the reminder, and the lapse. Pure."""

from enum import StrEnum

import msgspec

from qualtui.model import Incident, Phase, Severity


class OwnerTiming(msgspec.Struct, frozen=True):
    """Seconds since the owner's newest sign: to the reminder, to the lapse; and how long a snooze is."""

    remind: float = 1200.0
    lapse: float = 1800.0
    snooze: float = 1800.0

    def faster(self, speed: float) -> "OwnerTiming":
        """The same for a demo that is so many times as fast."""
        return OwnerTiming(self.remind / speed, self.lapse / speed, self.snooze / speed)


class OwnerVerdict(StrEnum):
    """What is due, or why nothing is."""

    NO_OWNER = "no owner"
    SCHEDULED = "scheduled"  # what is left is planned, and not overdue: no one is woken for it
    SNOOZED = "snoozed"
    ACTIVE = "active"  # the owner gave a sign of life not long ago
    REMIND = "remind"
    REMINDED = "reminded"
    LAPSE = "lapse"


def owner_verdict(incident: Incident, acted_at: float | None, timing: OwnerTiming, now: float) -> OwnerVerdict:
    """Return what an owned incident is due. `acted_at`: the owner's newest fix since it is owned."""
    if incident.phase is not Phase.FIRING or not incident.owner:
        return OwnerVerdict.NO_OWNER
    if now < incident.overdue_at:
        return OwnerVerdict.SCHEDULED
    sign = _sign(incident, acted_at)
    until = incident.snoozed_until
    if until is not None and sign < until:
        if sign <= now < until:
            return OwnerVerdict.SNOOZED
        sign = until - timing.remind  # who snoozed is reminded at its end
    quiet = abs(now - sign)  # also where the clock was set back: late by one step at most
    if quiet >= timing.lapse:
        return OwnerVerdict.LAPSE
    if quiet < timing.remind:
        return OwnerVerdict.ACTIVE
    reminded = incident.reminded_at is not None and incident.reminded_at >= sign
    return OwnerVerdict.REMINDED if reminded else OwnerVerdict.REMIND


def lapses_at(incident: Incident, acted_at: float | None, timing: OwnerTiming) -> float | None:
    """Return when no one owns an incident any more, if its owner gives no sign; None where no one does."""
    if incident.phase is not Phase.FIRING or not incident.owner:
        return None
    sign, until = _sign(incident, acted_at), incident.snoozed_until
    if until is not None and sign < until:
        sign = until - timing.remind
    return max(sign + timing.lapse, incident.overdue_at)


def _sign(incident: Incident, acted_at: float | None) -> float:
    """The owner's newest sign of work."""
    return max(incident.owned_at or 0.0, incident.renewed_at or 0.0, acted_at or 0.0)


def covered(incident: Incident, severity: Severity) -> bool:
    """Whether an owner has taken an incident that was at least as bad as this."""
    covers = incident.covers or incident.severity
    return bool(incident.owner) and covers.rank >= severity.rank
