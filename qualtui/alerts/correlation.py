"""Which incident an alert belongs to: one fault, one incident. Pure.

All alerts of a tick are correlated together, so the order of rules changes nothing. An alert on the link of a
fault joins that fault's incident, and so does an alert that the fault explains; what no fault explains shares one
incident of unknown cause, which the first fault that explains it takes over.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from qualtui.diagnosis.faults import AFTERMATH, Fault, FaultsSeen, explains_link
from qualtui.eventlog.alerts import SAME
from qualtui.eventlog.incident_changes import (
    AlertsJoined,
    CauseEnded,
    CauseFound,
    CauseReturned,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
)
from qualtui.eventlog.incident_lead import keeping, leading
from qualtui.model import AlertState, Incident, Link, Origin, Phase, Severity
from qualtui.text.message import Saying, message

BEFORE = 120.0  # s by which an effect may be seen before its cause

IncidentChange: TypeAlias = (
    IncidentOpened | AlertsJoined | CauseFound | CauseEnded | CauseReturned | IncidentReopened | IncidentResolved
)

_Placed: TypeAlias = dict[int, list[AlertState]]
_CHAIN = {link.value: place for place, link in enumerate(Link)}


def counts(alert: AlertState) -> bool:
    """Whether an alert belongs into an incident: it fires, and is more than only to be known."""
    return alert.phase is Phase.FIRING and alert.severity is not Severity.INFO


# Unlike Prometheus or Alertmanager (docs/alerting.md): grouping, reopening, info
def correlate(
    agent: str,
    alerts: Iterable[AlertState],
    incidents: Iterable[Incident],
    seen: FaultsSeen,
    now: float,
    next_number: int,
    speed: float = 1.0,
) -> tuple[IncidentChange, ...]:
    """Return what changes in the incidents of an agent, in the order in which it must be written.

    `alerts`: the agent's, after this tick's transitions; `incidents`: its open ones, and the newest resolved.
    `speed`: a demo's time is faster.
    """
    tick = _Tick(agent, [one for one in alerts if counts(one)], incidents, seen, now, next_number, speed)
    tick.end_and_return_causes()
    tick.find_causes()
    tick.place_alerts()
    tick.resolve()
    return tuple(tick.changes)


class _Tick:
    """One tick of one agent: the incidents as they are after the changes decided so far."""

    def __init__(
        self,
        agent: str,
        alerts: list[AlertState],
        incidents: Iterable[Incident],
        seen: FaultsSeen,
        now: float,
        next_number: int,
        speed: float,
    ) -> None:
        self.changes: list[IncidentChange] = []
        self._agent = agent
        self._now = now
        self._same, self._before = SAME / speed, BEFORE / speed
        self._next = next_number
        self._seen = seen
        known = {one.number: one for one in incidents}
        self._incidents = known
        self._members: dict[int, list[AlertState]] = {
            number: [] for number, one in known.items() if one.phase is Phase.FIRING
        }
        self._unplaced: list[AlertState] = []
        for alert in sorted(alerts, key=_order):
            if alert.number in self._members:
                self._members[alert.number].append(alert)
            elif not (alert.follows and alert.number):  # else it followed one that is over
                self._unplaced.append(alert)

    # --- causes ---

    def end_and_return_causes(self) -> None:
        """A fault that is over, or is back soon after it was."""
        for number in sorted(self._members):
            one = self._incidents[number]
            if one.origin is not Origin.FAULT:
                continue
            there = self._there(one)
            if one.cause_ended_at is None and not there and self._kept_open(number):
                self._change(CauseEnded(number), cause_ended_at=self._now)
            elif one.cause_ended_at is not None and there and self._soon(one.cause_ended_at):
                self._change(CauseReturned(number), cause_ended_at=None)

    def _there(self, incident: Incident) -> bool:
        """Whether the incident's fault still is, as far as is known."""
        if any(fault.link.value == incident.link for fault in self._seen.faults):
            return True
        if any(link.value == incident.link for link in self._seen.unknown) and incident.cause_ended_at is None:
            return True
        mine = self._members.get(incident.number, ())
        return any(alert.link == incident.link for alert in mine) and incident.cause_ended_at is None

    def find_causes(self) -> None:
        """A fault without an incident takes over the incident of unknown cause whose worst alert it explains."""
        for number in sorted(self._members):
            one = self._incidents[number]
            if one.origin is not Origin.UNKNOWN or not self._members[number]:
                continue
            worst = min(self._members[number], key=lambda each: (each.follows, -each.severity.rank, _order(each)))
            # Of a fault whose incident was resolved just now, this one is the open one.
            free = [each for each in self._seen.faults if self._incident_of(each) not in self._members]
            fault = self._fault_of(worst, free)
            if fault is not None:
                body = CauseFound(number, fault.link.value, fault.root, fault.text)
                self._change(body, origin=Origin.FAULT, link=fault.link.value, root=fault.root)

    # --- alerts ---

    def place_alerts(self) -> None:
        """Each alert without an incident finds or opens one."""
        opened: _Placed = {}
        joined: _Placed = {}
        reopened: _Placed = {}
        over: _Placed = {}
        for alert in sorted(self._unplaced, key=lambda each: each.follows):  # after those that they may follow
            number = self._place(alert)
            ended = self._over(number) if alert.follows else None
            if ended is not None:
                over.setdefault(ended, []).append(alert)
                continue
            if number is None:
                number = self._opens(alert)
                opened[number] = [alert]
            elif number in opened:
                opened[number].append(alert)
            elif number in self._members and number not in reopened:
                joined.setdefault(number, []).append(alert)
            else:
                reopened.setdefault(number, []).append(alert)
            self._members.setdefault(number, []).append(alert)
        self.changes += [self._opening(number, opened[number]) for number in sorted(opened)]
        for number in sorted(reopened):
            self._reopen(number, reopened[number])
        followed = [AlertsJoined(number, *_worst(alerts)) for number, alerts in {**joined, **over}.items()]
        self.changes += sorted(followed, key=lambda body: body.number)

    def _reopen(self, number: int, alerts: list[AlertState]) -> None:
        """A resolved incident fires again; its fault need not be back."""
        self._change(IncidentReopened(number, *_worst(alerts)), cause_ended_at=None)
        one = self._incidents[number]
        if one.origin is Origin.FAULT and not self._there(one):
            self._change(CauseEnded(number), cause_ended_at=self._now)

    def _over(self, number: int | None) -> int | None:
        """The incident that just ended, which what follows it joins without opening it again; None: it is open."""
        if number in self._members:
            return None
        following = {alert.key for alert in self._unplaced if alert.follows}
        ended = [
            one
            for one in self._incidents.values()
            if number in {None, one.number}
            and one.origin is not Origin.APART
            and one.resolved_at is not None
            and self._soon(one.resolved_at)
            and not one.members.keys() <= following  # its own: that one it does open again
        ]
        return max(ended, key=lambda one: (one.resolved_at or 0.0, one.number)).number if ended else None

    def _place(self, alert: AlertState) -> int | None:
        """The number of the incident that an alert belongs to; None: a new one."""
        if not alert.link:
            return self._again(alert, Origin.APART)
        fault = self._fault_of(alert, self._seen.faults)
        if fault is not None:
            return self._incident_of(fault)
        again = self._again(alert, None)
        if again is None:
            again = self._lingering(alert)
        return self._unknown() if again is None else again

    def _fault_of(self, alert: AlertState, faults: Sequence[Fault]) -> Fault | None:
        """The fault on the alert's own link, else the one that broke first of those that explain it."""
        own = [one for one in faults if one.link.value == alert.link]
        if own:
            return own[0]
        explaining = [
            one
            for one in faults
            if explains_link(one.link, Link(alert.link)) and self._broke(one) <= alert.since + self._before
        ]
        return min(explaining, key=lambda one: (self._broke(one), _CHAIN[one.link.value]), default=None)

    def _broke(self, fault: Fault) -> float:
        """When a fault broke first: one that came back shortly after its end broke before what it left behind."""
        return min([fault.since, *(one.since for one in self._current(fault))])

    def _incident_of(self, fault: Fault) -> int | None:
        """The incident of a fault: open, or resolved so shortly ago that the fault has its old number."""
        current = self._current(fault)
        if current:
            return max(current, key=lambda one: (one.number in self._members, one.number)).number
        left = [
            one.number
            for one in self._incidents.values()
            if one.origin is Origin.FAULT
            and one.number in self._members
            and fault.root in AFTERMATH.get(one.root, frozenset())
        ]
        return max(left, default=None)

    def _current(self, fault: Fault) -> list[Incident]:
        """The incidents about a fault itself, not about what it follows from: open, or resolved shortly ago."""
        link = fault.link.value
        mine = [one for one in self._incidents.values() if one.origin is Origin.FAULT and one.link == link]
        return [one for one in mine if self._is_of(one)]

    def _is_of(self, incident: Incident) -> bool:
        if incident.number in self._members:
            ended = incident.cause_ended_at
            return ended is None or incident.flaps or self._soon(ended)
        return incident.resolved_at is not None and (incident.flaps or self._soon(incident.resolved_at))

    def _again(self, alert: AlertState, origin: Origin | None) -> int | None:
        """The incident in which this alert fired until a short while ago."""
        found = [
            one.number
            for one in self._incidents.values()
            if alert.key in one.members
            and (origin is None or one.origin is origin)
            and (one.number in self._members or one.resolved_at is not None)
            and (one.flaps or self._soon(one.members[alert.key] or self._now))
        ]
        return max(found, key=lambda number: (number in self._members, number), default=None)

    def _lingering(self, alert: AlertState) -> int | None:
        """The open incident of a fault that explains the alert and is not seen now, nor known to have ended."""
        found = [
            one
            for one in map(self._incidents.__getitem__, self._members)
            if one.origin is Origin.FAULT
            and one.cause_ended_at is None
            and explains_link(Link(one.link), Link(alert.link))
            and one.since <= alert.since + self._before
        ]
        return min(found, key=lambda one: (one.since, one.number)).number if found else None

    def _unknown(self) -> int | None:
        """The open incident of unknown cause, else one of which only the effects are left."""
        opened = [self._incidents[number] for number in self._members]
        fits = [
            one
            for one in opened
            if one.origin is Origin.UNKNOWN or (one.origin is Origin.FAULT and one.cause_ended_at is not None)
        ]
        return max(fits, key=lambda one: (one.origin is Origin.UNKNOWN, one.number)).number if fits else None

    def _opens(self, alert: AlertState) -> int:
        """A new incident for an alert, of the fault that explains it."""
        number, self._next = self._next, self._next + 1
        fault = self._fault_of(alert, self._seen.faults) if alert.link else None
        origin = Origin.APART if not alert.link else Origin.UNKNOWN if fault is None else Origin.FAULT
        new = Incident(
            number,
            alert.rule,
            self._agent,
            alert.severity,
            Phase.FIRING,
            alert.since,
            self._now,
            alert.summary,
            cause="" if fault is None else fault.text,
            root="" if fault is None else fault.root,
            origin=origin,
            link="" if fault is None else fault.link.value,
        )
        self._incidents = {**self._incidents, number: new}
        return number

    def _opening(self, number: int, alerts: list[AlertState]) -> IncidentOpened:
        one = self._incidents[number]
        lead = leading(alerts, one.link)
        return IncidentOpened(
            number,
            self._agent,
            tuple(alert.key for alert in alerts),
            one.origin,
            lead.rule,
            max((alert.severity for alert in alerts), key=lambda severity: severity.rank),
            min(alert.since for alert in alerts),
            lead.summary,
            lead.value,
            lead.runbook,
            one.link,
            one.root,
            one.cause,
        )

    # --- ends ---

    def resolve(self) -> None:
        """An incident ends with its last alert that does not only follow it."""
        for number in sorted(self._members):
            if not self._kept_open(number):
                self.changes.append(IncidentResolved(number, message("no alert of it fires any more")))

    # Unlike Prometheus or Alertmanager (docs/alerting.md): follows
    def _kept_open(self, number: int) -> bool:
        """Whether an alert keeps an incident open."""
        mine = self._members[number]
        return bool(mine and keeping(self._incidents[number], mine))

    def _change(self, body: CauseEnded | CauseReturned | CauseFound | IncidentReopened, **fields: object) -> None:
        self.changes.append(body)
        one = self._incidents[body.number]
        self._incidents = {**self._incidents, body.number: msgspec.structs.replace(one, **fields)}

    def _soon(self, ended: float) -> bool:
        return abs(self._now - ended) <= self._same


def _worst(alerts: list[AlertState]) -> tuple[tuple[str, ...], Severity, Saying]:
    """The keys of alerts, and the severity and summary of the worst."""
    worst = min(alerts, key=lambda one: (-one.severity.rank, _order(one)))
    return tuple(one.key for one in alerts), worst.severity, worst.summary


def _order(alert: AlertState) -> tuple[int, int, float, str]:
    """Upstream links first, so that a cause opens the incident that its effects join."""
    return _CHAIN.get(alert.link, len(_CHAIN)), -alert.severity.rank, alert.since, alert.key
