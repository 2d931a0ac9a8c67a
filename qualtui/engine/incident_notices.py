"""Queues the notices that incidents are due, one a channel, each under a key that is unique forever."""

import logging
from collections.abc import Callable, Iterable

from qualtui.alerts.healing_hold import HealingStep, healing_step
from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind, NoticeTiming, uncounted
from qualtui.alerts.routing import channels_for, unrouted
from qualtui.config.values import Config
from qualtui.engine.draft import Draft
from qualtui.engine.incident_facts import IncidentFacts
from qualtui.engine.incident_mutes import IncidentMutes, worst
from qualtui.eventlog.alert_changes import LEVELS
from qualtui.eventlog.incident_changes import IncidentNotified, WaitingCounted
from qualtui.eventlog.incident_lead import firing_members, keeping
from qualtui.eventlog.mutes import NoticeUnrouted
from qualtui.eventlog.notices import NoticeQueued
from qualtui.model import AlertState, Incident, Severity
from qualtui.notify.facts import NoticeFacts
from qualtui.notify.render import key_line, notice_text
from qualtui.text.message import Saying, message

log = logging.getLogger(__name__)


def nobody_waits(_agent: str) -> int:
    """No customer is known to wait."""
    return 0


class IncidentNotices:
    """The notices of a configuration's routes."""

    def __init__(
        self, waiting: Callable[[str], int | None], clock: Callable[[], float], facts: IncidentFacts
    ) -> None:
        self._waiting = waiting
        self._facts = facts
        self._clock = clock
        self._config = Config(agents={})
        self._timing = NoticeTiming()
        self.mutes = IncidentMutes()

    def use(self, config: Config) -> None:
        """Takes a configuration."""
        self._config = config
        self.mutes.use(config)
        notify, speed = config.notify, config.demo.speed
        self._timing = NoticeTiming(
            notify.group_wait / speed,
            notify.group_interval / speed,
            notify.repeat_interval / speed,
            NoticeTiming().unowned / speed,
        )

    def decide(self, draft: Draft, incident: Incident) -> None:
        """Queue what an incident is due at this moment."""
        now = self._clock()
        # A fix that succeeds again and again does not help: what flaps is not held for it.
        step = HealingStep.NONE if incident.flaps else healing_step(incident, draft.state.runs.values(), now)
        if step is HealingStep.HOLD:
            return
        waiting = self._waiting(incident.agent)
        if step is HealingStep.FIXED:
            decision: NoticeDecision | None = NoticeDecision(NoticeKind.FIXED, Severity.WARNING, waiting)
        else:
            fire = _members(incident, draft, clear=step is not HealingStep.SETTLED)
            decision = self.mutes.due(draft, incident, fire, waiting, self._timing, now)
        if decision is None:
            if waiting is not None and uncounted(incident):
                draft.add(WaitingCounted(incident.number, waiting))
            return
        notify = self._config.notify
        channels = tuple(channels_for(decision, incident, notify.routes, notify.channels))
        if not channels and (why := unrouted(decision, incident, notify.channels)):
            draft.add(NoticeUnrouted(incident.number, decision.kind, decision.severity, why))
        self.queue(draft, incident, decision, f"{incident.decided + 1}/{decision.kind}/0.0", channels)
        said = IncidentNotified(
            incident.number, decision.kind, decision.severity, decision.waiting, decision.passed
        )
        draft.add(said)

    def queue(
        self, draft: Draft, incident: Incident, decision: NoticeDecision, place: str, channels: Iterable[str]
    ) -> None:
        """Queue a decision's notice at each of the channels; `place` makes its keys unique forever."""
        now = self._clock()
        wanted = tuple(channels)
        if not wanted:
            return
        title, body = self._text(incident, decision, self._facts.of(incident, draft.state, now), now)
        for channel in wanted:
            key = f"{incident.number}/{place}/{channel}"
            lines = (*body, key_line(key))
            draft.add(
                NoticeQueued(key, incident.number, channel, decision.kind, decision.severity, title, lines),
                f"notice/{key}",
            )

    def _text(
        self, incident: Incident, decision: NoticeDecision, facts: NoticeFacts, now: float
    ) -> tuple[Saying, tuple[Saying, ...]]:
        """Title and body; where wording them fails, a short notice: no one must miss a page because of a text."""
        try:
            return notice_text(incident, decision, facts, now)
        except Exception:  # the boundary of one notice: the fault is ours, and the page goes out
            log.exception("the notice of #%d can't be worded", incident.number)
            level, number = LEVELS[decision.severity], str(incident.number)
            title = message("{level} #{number} {agent}", level=level, number=number, agent=incident.agent)
            return title, (message("See it: qualtui i {number}", number=number),)

    def unmuted(self, draft: Draft, incident: Incident) -> Severity | None:
        """The severity of the worst alert of an incident that holds and is not muted; None: there is none."""
        fire, waiting = _members(incident, draft, clear=False), self._waiting(incident.agent)
        return worst(self.mutes.heard(draft, incident, fire, waiting, self._clock()))


def _members(incident: Incident, draft: Draft, *, clear: bool = True) -> list[AlertState]:
    """The alerts that keep an incident open; `clear`: also those that are kept firing."""
    members = keeping(incident, firing_members(incident, draft.state.alerts))
    return [one for one in members if clear or one.clear_since is None]


__all__ = ["IncidentNotices", "NoticeDecision", "NoticeKind", "nobody_waits"]
