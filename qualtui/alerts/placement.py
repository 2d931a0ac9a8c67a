"""Placement: to which of an agent's incidents a fault or an alert belongs, as they are now. Pure."""

from collections.abc import Iterable, Sequence, Set

from qualtui.diagnosis.faults import AFTERMATH, Fault, FaultsSeen, explains_link
from qualtui.eventlog.alerts import SAME
from qualtui.model import AlertState, Incident, Link, Origin, Phase

BEFORE = 120.0  # s by which an effect may be seen before its cause

CHAIN = {link.value: place for place, link in enumerate(Link)}


class Placement:
    """An agent's incidents, and by number the alerts that fire in each open one. Who correlates changes both."""

    def __init__(self, incidents: Iterable[Incident], seen: FaultsSeen, now: float, speed: float) -> None:
        self.incidents = {one.number: one for one in incidents}
        self.members: dict[int, list[AlertState]] = {
            number: [] for number, one in self.incidents.items() if one.phase is Phase.FIRING
        }
        self._seen = seen
        self._now = now
        self._same, self._before = SAME / speed, BEFORE / speed

    def place(self, alert: AlertState) -> int | None:
        """The number of the incident that an alert belongs to; None: a new one."""
        if not alert.link:
            return self._again(alert, Origin.APART)
        fault = self.fault_of(alert, self._seen.faults)
        if fault is not None:
            return self.incident_of(fault)
        again = self._again(alert, None)
        if again is None:
            again = self._lingering(alert)
        return self._unknown() if again is None else again

    def over(self, number: int | None, following: Set[str]) -> int | None:
        """The incident that just ended, which what follows it joins without opening it again; None: it is open.

        `following`: the keys of all alerts that follow.
        """
        if number in self.members:
            return None
        ended = [
            one
            for one in self.incidents.values()
            if number in {None, one.number}
            and one.origin is not Origin.APART
            and one.resolved_at is not None
            and self.soon(one.resolved_at)
            and not one.members.keys() <= following  # its own: that one it does open again
        ]
        return max(ended, key=lambda one: (one.resolved_at or 0.0, one.number)).number if ended else None

    def there(self, incident: Incident) -> bool:
        """Whether the incident's fault still is, as far as is known."""
        if any(fault.link.value == incident.link for fault in self._seen.faults):
            return True
        if any(link.value == incident.link for link in self._seen.unknown) and incident.cause_ended_at is None:
            return True
        mine = self.members.get(incident.number, ())
        return any(alert.link == incident.link for alert in mine) and incident.cause_ended_at is None

    def fault_of(self, alert: AlertState, faults: Sequence[Fault]) -> Fault | None:
        """The fault on the alert's own link, else the one that broke first of those that explain it."""
        own = [one for one in faults if one.link.value == alert.link]
        if own:
            return own[0]
        explaining = [
            one
            for one in faults
            if explains_link(one.link, Link(alert.link)) and self._broke(one) <= alert.since + self._before
        ]
        return min(explaining, key=lambda one: (self._broke(one), CHAIN[one.link.value]), default=None)

    def incident_of(self, fault: Fault) -> int | None:
        """The incident of a fault: open, or resolved so shortly ago that the fault has its old number."""
        current = self._current(fault)
        if current:
            return max(current, key=lambda one: (one.number in self.members, one.number)).number
        left = [
            one.number
            for one in self.incidents.values()
            if one.origin is Origin.FAULT
            and one.number in self.members
            and fault.root in AFTERMATH.get(one.root, frozenset())
        ]
        return max(left, default=None)

    def soon(self, ended: float) -> bool:
        """Whether what ended then is still the same when it is back now."""
        return abs(self._now - ended) <= self._same

    def _broke(self, fault: Fault) -> float:
        """When a fault broke first: one that came back shortly after its end broke before what it left behind."""
        return min([fault.since, *(one.since for one in self._current(fault))])

    def _current(self, fault: Fault) -> list[Incident]:
        """The incidents about a fault itself, not about what it follows from: open, or resolved shortly ago."""
        link = fault.link.value
        mine = [one for one in self.incidents.values() if one.origin is Origin.FAULT and one.link == link]
        return [one for one in mine if self._is_of(one)]

    def _is_of(self, incident: Incident) -> bool:
        if incident.number in self.members:
            ended = incident.cause_ended_at
            return ended is None or incident.flaps or self.soon(ended)
        return incident.resolved_at is not None and (incident.flaps or self.soon(incident.resolved_at))

    def _again(self, alert: AlertState, origin: Origin | None) -> int | None:
        """The incident in which this alert fired until a short while ago."""
        found = [
            one.number
            for one in self.incidents.values()
            if alert.key in one.members
            and (origin is None or one.origin is origin)
            and (one.number in self.members or one.resolved_at is not None)
            and (one.flaps or self.soon(one.members[alert.key] or self._now))
        ]
        return max(found, key=lambda number: (number in self.members, number), default=None)

    def _lingering(self, alert: AlertState) -> int | None:
        """The open incident of a fault that explains the alert and is not seen now, nor known to have ended."""
        found = [
            one
            for one in map(self.incidents.__getitem__, self.members)
            if one.origin is Origin.FAULT
            and one.cause_ended_at is None
            and explains_link(Link(one.link), Link(alert.link))
            and one.since <= alert.since + self._before
        ]
        return min(found, key=lambda one: (one.since, one.number)).number if found else None

    def _unknown(self) -> int | None:
        """The open incident of unknown cause, else one of which only the effects are left."""
        opened = [self.incidents[number] for number in self.members]
        fits = [
            one
            for one in opened
            if one.origin is Origin.UNKNOWN or (one.origin is Origin.FAULT and one.cause_ended_at is not None)
        ]
        return max(fits, key=lambda one: (one.origin is Origin.UNKNOWN, one.number)).number if fits else None
