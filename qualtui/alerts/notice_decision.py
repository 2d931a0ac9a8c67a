"""Whether an incident is due a notice now, and why. Pure: an incident and `now` in, a decision out.

It is decided from what the incident's notices have reported already, not from transitions: a notice that could not
be sent while it was muted, or while qualtui was away, is due as soon as it can be.
"""

from enum import StrEnum

import msgspec

from qualtui.model import Incident, Phase, Severity

TRIPLE, TEN = 3, 10  # customers waiting: so many times those reported, or so many more, are a notice


class NoticeKind(StrEnum):
    """What a notice says about its incident."""

    FIRING = "firing"  # the opening one
    WORSE = "worse"
    REOPENED = "reopened"
    GROWTH = "growth"  # many more customers wait
    UPDATE = "update"  # of the cause: never a page
    REPEAT = "repeat"
    ESCALATION = "escalation"  # to who is called while no one owns it
    REMINDER = "reminder"  # to its owner alone
    FLAPPING = "flapping"  # it ends and returns again and again: notices of both are held
    STEADY = "steady"  # it no longer flaps, and fires
    RESOLVED = "resolved"
    FIXED = "fixed"  # by an automatic fix, before anybody was paged: never a page


_QUIET = frozenset({NoticeKind.UPDATE, NoticeKind.REMINDER, NoticeKind.RESOLVED, NoticeKind.FIXED})


class NoticeTiming(msgspec.Struct, frozen=True):
    """`group_wait` after the beginning, except for CRITICAL; `group_interval` between updates.

    `repeat_interval` 0: no repeats, but a CRITICAL that no one owns is repeated every `unowned` s.
    """

    group_wait: float = 30.0
    group_interval: float = 300.0
    repeat_interval: float = 0.0
    unowned: float = 4 * 3600.0  # Alertmanager's repeat_interval

    def repeats(self, severity: Severity) -> float:
        """Seconds between the repeats of what no one owns, 0 where there are none."""
        return self.repeat_interval or (self.unowned if severity is Severity.CRITICAL else 0.0)


class NoticeDecision(msgspec.Struct, frozen=True):
    """A notice that is due. A `page` may wake someone."""

    kind: NoticeKind
    severity: Severity
    waiting: int | None = 0  # None: not known
    passed: bool = False  # a silence does not hold it back

    @property
    def page(self) -> bool:
        """Whether it may wake someone."""
        return self.severity is Severity.CRITICAL and self.kind not in _QUIET


def due_notice(
    incident: Incident, severity: Severity | None, waiting: int | None, timing: NoticeTiming, now: float
) -> NoticeDecision | None:
    """Return the notice that an incident is due, None where there is none.

    `severity`: the worst of its alerts that are not muted; None: all are, or none fires.
    `waiting`: customers; None: their number is not known.
    """
    last = incident.last
    # Unlike Prometheus or Alertmanager (docs/alerting.md): resolve-through-silence
    if incident.phase is Phase.RESOLVED:
        if incident.flaps or last is None or last.kind in {NoticeKind.RESOLVED, NoticeKind.FIXED}:
            return None
        return NoticeDecision(NoticeKind.RESOLVED, last.severity, waiting)
    if severity is None or severity is Severity.INFO:
        return None
    kind = _kind(incident, severity, waiting, timing, now)
    if kind is NoticeKind.FLAPPING and _reported(incident) and not _more(incident, severity, waiting):
        severity = Severity.WARNING  # they know of it; that its cause comes and goes wakes no one
    return None if kind is None else NoticeDecision(kind, severity, waiting)


def next_look(incident: Incident, severity: Severity | None, timing: NoticeTiming, now: float) -> float | None:
    """Return when time alone will make a notice due, None where it will not."""
    if incident.phase is not Phase.FIRING or severity is None:
        return None
    if incident.reported is None:
        return max(now, incident.began_at + timing.group_wait)
    repeats = timing.repeats(severity)
    return incident.reported.at + repeats if repeats else None


def _kind(
    incident: Incident, severity: Severity, waiting: int | None, timing: NoticeTiming, now: float
) -> NoticeKind | None:
    last = incident.reported
    # Unlike Prometheus or Alertmanager (docs/alerting.md): flapping
    if incident.flaps and incident.flapping is not None and not incident.flapping.reported:
        return NoticeKind.FLAPPING
    if last is None or last.kind == NoticeKind.FIXED:
        # Unlike Prometheus or Alertmanager (docs/alerting.md): group-wait
        if severity is not Severity.CRITICAL and 0 <= now - incident.began_at < timing.group_wait:
            return None
        return NoticeKind.FIRING if incident.last is last else NoticeKind.REOPENED
    if severity.rank > last.severity.rank:
        return NoticeKind.WORSE
    if grew(waiting, last.waiting):
        return NoticeKind.GROWTH
    if incident.flapping is not None and incident.flapping.ended:
        return NoticeKind.STEADY
    if incident.overdue_at:
        # What is left is planned: silent until it is overdue, then a notice once more.
        if now < incident.overdue_at:
            return None
        if last.at < incident.overdue_at:
            return NoticeKind.REPEAT
    if incident.lapsed:
        return NoticeKind.REPEAT
    if incident.revision > last.revision and not incident.flaps and _passed(last.at, timing.group_interval, now):
        return NoticeKind.UPDATE
    # Unlike Prometheus or Alertmanager (docs/alerting.md): repeats, acknowledgement
    repeats = timing.repeats(severity)
    if repeats and not incident.owner and _passed(last.at, repeats, now):
        return NoticeKind.REPEAT
    return None


def _reported(incident: Incident) -> bool:
    """Whether a notice has reported this opening as trouble."""
    last = incident.last
    return last is not None and last.openings == incident.openings and last.kind != NoticeKind.FIXED


def _more(incident: Incident, severity: Severity, waiting: int | None) -> bool:
    """Whether an incident is worse than its newest notice said, or many more customers wait."""
    last = incident.reported
    return last is not None and (severity.rank > last.severity.rank or grew(waiting, last.waiting))


def grew(waiting: int | None, before: int | None) -> bool:
    """Whether so many more customers wait that it is a notice. What is not known has not grown."""
    if waiting is None or before is None:
        return False
    return waiting >= before + TEN or (before > 0 and waiting >= TRIPLE * before)


def uncounted(incident: Incident) -> bool:
    """Whether the number of waiting customers was not known at the newest notice, sent or muted, nor since."""
    newest = (incident.reported, incident.muted)
    return incident.phase is Phase.FIRING and any(one is not None and one.waiting is None for one in newest)


def _passed(since: float, wait: float, now: float) -> bool:
    return abs(now - since) >= wait  # also where the clock was set back: late at most by one step
