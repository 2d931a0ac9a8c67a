"""What is so of an agent at this moment: the projector's answers, by the engine's clock and the log."""

from collections.abc import Callable

from qualtui.diagnosis.faults import FaultsSeen
from qualtui.diagnosis.root_cause import CauseKind, RootCause
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.engine.projector import Projector
from qualtui.model import Incident
from qualtui.series.evidence import Readings
from qualtui.text.message import Saying


class AgentNow:
    """Answers about agents and incidents, each as of now."""

    def __init__(self, view: Projector, journal: Journal, fixing: FixRunner, clock: Callable[[], float]) -> None:
        self._view = view
        self._journal = journal
        self._fixing = fixing
        self._clock = clock

    def readings(self, agent: str) -> Readings:
        """Every declared series of an agent, with its evidence."""
        return self._view.readings(agent, self._clock())

    def reason(self, agent: str) -> RootCause:
        """The root cause of an agent."""
        return self._view.reason(agent, self._clock())

    def faults(self, agent: str) -> FaultsSeen:
        """The faults of an agent."""
        return self._view.faults(agent, self._clock())

    def waiting(self, agent: str) -> int | None:
        """Customers of an agent who wait, None where that is not known."""
        return self._view.waiting(agent, self._clock())

    def oldest_wait(self, agent: str) -> float | None:
        """Seconds that an agent's longest wait has lasted, None where that is not known."""
        return self._view.oldest_wait(agent, self._clock())

    def despite(self, agent: str) -> Saying:
        """Why the gateway's session is to be restarted though it says WORKING; empty where it is not."""
        reason = self.reason(agent)
        return reason.text if reason.root in {CauseKind.STUCK_SENDING, CauseKind.DEAF} else ""

    def offer(self, agent: str, rule: str, number: int) -> str:
        """The fix that is offered for an incident."""
        state, available = self._journal.state, self._fixing.available
        return self._view.live.offer(agent, rule, number, state, available, self._clock())

    def current(self, incident: Incident) -> Incident:
        """An incident with its cause and its fix of this moment."""
        return self._view.live.current(incident, self._journal.state, self._fixing.available, self._clock())

    def holds(self, incident: Incident) -> bool:
        """Whether fresh evidence says that the condition of one of its alerts holds."""
        return self._view.live.holds(incident, self._journal.state, self._clock())
