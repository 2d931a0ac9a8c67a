"""Revises the cause of young incidents, where what was seen first did not last and something else does."""

from collections.abc import Callable, Sequence

from qualtui.config.values import Config
from qualtui.diagnosis.cause_revision import YOUNG, Belief, cause_believed, later, restored, to_revise
from qualtui.diagnosis.diagnose import explains
from qualtui.diagnosis.root_cause import CauseKind, RootCause
from qualtui.eventlog.incidents import CauseRevised
from qualtui.model import Incident, Origin, Phase, State


class Revising:
    """What is believed of the causes of firing incidents. After a restart a cause counts as confirmed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._beliefs: dict[int, Belief] = {}

    def given(self, number: int, reason: RootCause) -> None:
        """An incident has this cause now."""
        self._beliefs[number] = cause_believed(reason, self._clock())

    def young(self, state: State, config: Config) -> dict[str, list[Incident]]:
        """By agent the incidents whose cause may still be revised; forgets what the state no longer has."""
        now = self._clock()
        found: dict[str, list[Incident]] = {}
        for incident in state.incidents.values():
            if _young(incident, config, now):
                found.setdefault(incident.agent, []).append(incident)
        for number in [number for number in self._beliefs if number not in state.incidents]:
            del self._beliefs[number]
        return found

    def look(
        self, young: Sequence[Incident], config: Config, reason: Callable[[], RootCause]
    ) -> list[CauseRevised]:
        """The revisions that are due for an agent; `reason`: its root cause, computed only if needed."""
        if not young:
            return []
        now, speed = self._clock(), config.demo.speed
        why = reason()
        due = []
        for incident in young:
            if not _about(incident, why):
                continue
            stored = CauseKind(incident.root)
            belief = later(self._beliefs.get(incident.number, restored(now)), stored, why, now)
            self._beliefs[incident.number] = belief
            if to_revise(belief, stored, incident.fired_at, now, speed):
                self.given(incident.number, why)
                due.append(CauseRevised(incident.number, why.text, str(why.root)))
        return due


def _young(incident: Incident, config: Config, now: float) -> bool:
    if incident.phase is not Phase.FIRING or not 0 <= now - incident.fired_at <= YOUNG / config.demo.speed:
        return False
    rule = config.rules.get(incident.rule)
    return rule is not None and explains(rule.series)


def _about(incident: Incident, why: RootCause) -> bool:
    """Whether a root cause may be the incident's: while its fault lasts, that of another link is another fault."""
    if incident.origin is not Origin.FAULT or incident.cause_ended_at is not None:
        return True
    return why.link is not None and why.link.value == incident.link
