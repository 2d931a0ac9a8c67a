"""Writes down incidents of the past as an engine would have: alert, incident, notices, calls, fixes, end. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from qualtui.alerts.judge import RuleVerdict
from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind
from qualtui.alerts.transition import runbook_text, summarise
from qualtui.config.rules import BUILT_IN
from qualtui.demo.configuration import AGENT
from qualtui.demo.yesterday import Episode
from qualtui.diagnosis.root_cause import CauseKind
from qualtui.eventlog.alert_changes import AlertChanged
from qualtui.eventlog.escalations import EscalationBegan, EscalationCalled
from qualtui.eventlog.fixes import FixFinished, FixStarted
from qualtui.eventlog.fold import apply
from qualtui.eventlog.incident_changes import IncidentNotified, IncidentOpened, IncidentResolved
from qualtui.eventlog.incidents import Noted
from qualtui.eventlog.notices import NoticeDelivered, NoticeQueued, NoticeSending
from qualtui.model import Event, EventBody, Link, Origin, Phase, Severity, State, alert_key
from qualtui.notify.facts import NoticeFacts, WaitPeak
from qualtui.notify.render import key_line, notice_text
from qualtui.text.message import Saying, message

NOTE = "demo history: this incident is invented, it happened before the demo began"
RECORDS = ("pager", "mail")  # channels of the demo's routes


class PastEvent(NamedTuple):
    """An event of the past, and its key; "" for none."""

    at: float
    body: EventBody
    key: str = ""


class PastFault(NamedTuple):
    """What an incident is about. `value`, `note`: what its rule saw."""

    episode: Episode
    rule: str
    severity: Severity
    link: Link
    root: CauseKind
    cause: Saying
    value: float
    note: str = ""
    fix: str = ""
    waiting: int = 0  # customers, at most
    channels: Sequence[str] = RECORDS


class PastLog:
    """Events until now, and the State that they give: a notice is worded from it, as an engine words it."""

    def __init__(self, now: float) -> None:
        self.events: list[PastEvent] = []
        self._now = now
        self._state = State()

    def add(self, ago: float, body: EventBody, key: str = "") -> None:
        """One more event, so many seconds before the demo."""
        event = PastEvent(self._now - ago, body, key)
        self.events.append(event)
        self._state = apply(self._state, Event(len(self.events), event.at, 1, body, key))

    def opened(self, fault: PastFault, after: float) -> int:
        """The alert fires `after` seconds; the incident is opened, its number returned, and notified."""
        rule, number = BUILT_IN[fault.rule], self._state.next_number
        ago, since = fault.episode.ago - after, self._now - fault.episode.ago
        summary = summarise(rule, fault.rule, AGENT, RuleVerdict(True, fault.severity, fault.value, fault.note))
        runbook = runbook_text(rule)
        firing = AlertChanged(
            rule=fault.rule,
            agent=AGENT,
            old=Phase.INACTIVE,
            new=Phase.FIRING,
            severity=fault.severity,
            reason=summary,
            since=since,
            link=fault.link.value,
            value=fault.value,
            summary=summary,
            fix=fault.fix,
            runbook=runbook,
        )
        self.add(ago, firing)
        opened = IncidentOpened(
            number,
            AGENT,
            (alert_key(fault.rule, AGENT),),
            Origin.FAULT,
            fault.rule,
            fault.severity,
            since,
            summary,
            fault.value,
            runbook,
            fault.link.value,
            fault.root.value,
            fault.cause,
            fault.fix,
        )
        self.add(ago, opened)
        self._notify(number, fault, ago, NoticeKind.FIRING, fault.channels)
        return number

    def called(self, number: int, fault: PastFault, after: float, who: str) -> None:
        """No one owns it yet: a person's phone rings."""
        ago, phone = fault.episode.ago - after, f"{who.lower()}-phone"
        self.add(ago, EscalationBegan(number))
        self.add(ago, EscalationCalled(number, 1, 1, (who,), (phone,)))
        self._notify(number, fault, ago, NoticeKind.ESCALATION, (phone,))

    def ran(
        self, number: int, fault: PastFault, who: str, fix: str, when: tuple[float, float], outcome: Saying
    ) -> None:
        """A person's fix, from and to so many seconds after the beginning."""
        began, ended = (fault.episode.ago - after for after in when)
        run = f"past-{number}"
        self.add(began, FixStarted(run, fix, AGENT, who, number=number))
        self.add(ended, FixFinished(run, "ok", outcome))

    def resolved(self, number: int, fault: PastFault, after: float) -> None:
        """The alert and its incident end, and the note says that they are invented."""
        ago = fault.episode.ago - after
        alert = self._state.alerts[alert_key(fault.rule, AGENT)]
        reason = message("the condition no longer holds")
        over = AlertChanged(
            rule=fault.rule,
            agent=AGENT,
            old=Phase.FIRING,
            new=Phase.RESOLVED,
            severity=fault.severity,
            reason=reason,
            since=alert.since,
            link=fault.link.value,
            summary=alert.summary,
            number=number,
        )
        self.add(ago, over)
        self.add(ago, IncidentResolved(number, message("none of its alerts fires any more")))
        self._notify(number, fault, ago, NoticeKind.RESOLVED, fault.channels)
        self.add(ago - 2.0, Noted(number, "demo", NOTE))

    def _notify(
        self, number: int, fault: PastFault, ago: float, kind: NoticeKind, channels: Sequence[str]
    ) -> None:
        """Notices, queued at once and delivered within a second."""
        incident, at = self._state.incidents[number], self._now - ago
        over = kind is NoticeKind.RESOLVED
        firing = () if over else tuple(self._state.alerts[key] for key in incident.members)
        facts = NoticeFacts(
            fault.cause,
            peak=WaitPeak(fault.waiting, complete=True) if over else None,
            firing=firing,
            ended=(fault.rule,) if over else (),
            runs=tuple(run for run in self._state.runs.values() if run.number == number),
        )
        decision, keys = NoticeDecision(kind, fault.severity), []
        title, body = notice_text(incident, decision, facts, at)
        for channel in channels:
            keys.append(key := f"{number}/{incident.decided + 1}/{kind}/0.0/{channel}")
            notice = NoticeQueued(key, number, channel, kind, fault.severity, title, (*body, key_line(key)))
            self.add(ago, notice, f"notice/{key}")
        if kind is not NoticeKind.ESCALATION:
            self.add(ago, IncidentNotified(number, kind, fault.severity, 0))
        for later, of in ((0.2, NoticeSending), (0.8, NoticeDelivered)):
            for key in keys:
                self.add(ago - later, of(key, 1))
