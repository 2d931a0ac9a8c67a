"""Which incident an alert belongs to: one fault, one incident. Pure.

All alerts of a tick are correlated together, so the order of rules changes nothing. An alert on the link of a
fault joins that fault's incident, and so does an alert that the fault explains; what no fault explains shares one
incident of unknown cause, which the first fault that explains it takes over.
"""

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from qualtui.alerts.placement import CHAIN, Placement
from qualtui.diagnosis.faults import FaultsSeen
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
from qualtui.model import AlertState, Incident, Origin, Phase, Severity
from qualtui.text.message import Saying, message

IncidentChange: TypeAlias = (
    IncidentOpened | AlertsJoined | CauseFound | CauseEnded | CauseReturned | IncidentReopened | IncidentResolved
)

_Placed: TypeAlias = dict[int, list[AlertState]]


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
        self._next = next_number
        self._seen = seen
        self._at = Placement(incidents, seen, now, speed)
        self._unplaced: list[AlertState] = []
        for alert in sorted(alerts, key=_order):
            if alert.number in self._at.members:
                self._at.members[alert.number].append(alert)
            elif not (alert.follows and alert.number):  # else it followed one that is over
                self._unplaced.append(alert)

    # --- causes ---

    def end_and_return_causes(self) -> None:
        """A fault that is over, or is back soon after it was."""
        for number in sorted(self._at.members):
            one = self._at.incidents[number]
            if one.origin is not Origin.FAULT:
                continue
            there = self._at.there(one)
            if one.cause_ended_at is None and not there and self._kept_open(number):
                self._change(CauseEnded(number), cause_ended_at=self._now)
            elif one.cause_ended_at is not None and there and self._at.soon(one.cause_ended_at):
                self._change(CauseReturned(number), cause_ended_at=None)

    def find_causes(self) -> None:
        """A fault without an incident takes over the incident of unknown cause whose worst alert it explains."""
        for number in sorted(self._at.members):
            one = self._at.incidents[number]
            if one.origin is not Origin.UNKNOWN or not self._at.members[number]:
                continue
            worst = min(
                self._at.members[number], key=lambda each: (each.follows, -each.severity.rank, _order(each))
            )
            # Of a fault whose incident was resolved just now, this one is the open one.
            free = [each for each in self._seen.faults if self._at.incident_of(each) not in self._at.members]
            fault = self._at.fault_of(worst, free)
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
        following = {alert.key for alert in self._unplaced if alert.follows}
        for alert in sorted(self._unplaced, key=lambda each: each.follows):  # after those that they may follow
            number = self._at.place(alert)
            ended = self._at.over(number, following) if alert.follows else None
            if ended is not None:
                over.setdefault(ended, []).append(alert)
                continue
            if number is None:
                number = self._opens(alert)
                opened[number] = [alert]
            elif number in opened:
                opened[number].append(alert)
            elif number in self._at.members and number not in reopened:
                joined.setdefault(number, []).append(alert)
            else:
                reopened.setdefault(number, []).append(alert)
            self._at.members.setdefault(number, []).append(alert)
        self.changes += [self._opening(number, opened[number]) for number in sorted(opened)]
        for number in sorted(reopened):
            self._reopen(number, reopened[number])
        followed = [AlertsJoined(number, *_worst(alerts)) for number, alerts in {**joined, **over}.items()]
        self.changes += sorted(followed, key=lambda body: body.number)

    def _reopen(self, number: int, alerts: list[AlertState]) -> None:
        """A resolved incident fires again; its fault need not be back."""
        self._change(IncidentReopened(number, *_worst(alerts)), cause_ended_at=None)
        one = self._at.incidents[number]
        if one.origin is Origin.FAULT and not self._at.there(one):
            self._change(CauseEnded(number), cause_ended_at=self._now)

    def _opens(self, alert: AlertState) -> int:
        """A new incident for an alert, of the fault that explains it."""
        number, self._next = self._next, self._next + 1
        fault = self._at.fault_of(alert, self._seen.faults) if alert.link else None
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
        self._at.incidents = {**self._at.incidents, number: new}
        return number

    def _opening(self, number: int, alerts: list[AlertState]) -> IncidentOpened:
        one = self._at.incidents[number]
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
        for number in sorted(self._at.members):
            if not self._kept_open(number):
                self.changes.append(IncidentResolved(number, message("none of its alerts fires any more")))

    # Unlike Prometheus or Alertmanager (docs/alerting.md): follows
    def _kept_open(self, number: int) -> bool:
        """Whether an alert keeps an incident open."""
        mine = self._at.members[number]
        return bool(mine and keeping(self._at.incidents[number], mine))

    def _change(self, body: CauseEnded | CauseReturned | CauseFound | IncidentReopened, **fields: object) -> None:
        self.changes.append(body)
        one = self._at.incidents[body.number]
        self._at.incidents = {**self._at.incidents, body.number: msgspec.structs.replace(one, **fields)}


def _worst(alerts: list[AlertState]) -> tuple[tuple[str, ...], Severity, Saying]:
    """The keys of alerts, and the severity and summary of the worst."""
    worst = min(alerts, key=lambda one: (-one.severity.rank, _order(one)))
    return tuple(one.key for one in alerts), worst.severity, worst.summary


def _order(alert: AlertState) -> tuple[int, int, float, str]:
    """Upstream links first, so that a cause opens the incident that its effects join."""
    return CHAIN.get(alert.link, len(CHAIN)), -alert.severity.rank, alert.since, alert.key
