"""What windows are sent: the overview, and the details that they subscribed to."""

import asyncio
from collections.abc import Callable, Collection, Iterable

from msgspec.structs import replace

from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.engine.projector import Projector
from qualtui.engine.server import Server
from qualtui.engine.silence_views import silence_views
from qualtui.eventlog.alert_changes import AlertChanged, AlertCleared, AlertUnseen
from qualtui.eventlog.healing import PolicyDecided
from qualtui.eventlog.incident_changes import (
    AlertsJoined,
    CauseEnded,
    CauseFound,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
)
from qualtui.eventlog.incidents import CauseRevised
from qualtui.model import Event, State
from qualtui.wire import (
    AgentDetail,
    EngineView,
    IncidentDetail,
    Overview,
    Publication,
    ScheduledView,
    Snapshot,
    snapshot_of,
)

PACE = 25  # agents whose views are built at once; others get their turn in between
TURN = 250  # agents whose views are built in one go for a new window, some 50 ms: a busy loop is slow to come back
ROUND = 5  # beats in which the views of all agents are rebuilt, however many there are
CHANGES = (  # events that windows show at once
    AlertChanged,
    AlertCleared,
    AlertUnseen,
    AlertsJoined,
    CauseEnded,
    CauseFound,
    CauseRevised,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
    PolicyDecided,
)


class Publisher:
    """Builds overviews of the present State and sends them. `engine` gives the view of the engine itself.

    `people` adds who was paged, who is next, and the quiet times.
    """

    def __init__(
        self,
        journal: Journal,
        view: Projector,
        fixing: FixRunner,
        server: Server,
        engine: Callable[[], EngineView],
        clock: Callable[[], float],
        people: Callable[[Overview, State, float], Overview] = lambda overview, _state, _now: overview,
    ) -> None:
        self._journal = journal
        self._view = view
        self._fixing = fixing
        self._server = server
        self._engine = engine
        self._clock = clock
        self._people = people

    def publish(self, most: int = PACE) -> None:
        """Sends every window the overview; views of at most `most` agents are rebuilt for their age alone."""
        if self._server.watched:
            self._server.publish(self._publication(most))

    def take(self, events: Iterable[Event]) -> None:
        """Publish at once where an event is one of CHANGES; others wait for the next beat."""
        if any(isinstance(event.body, CHANGES) for event in events):
            self.publish()

    async def latest(self) -> Publication:
        """What a new window is sent. The views of many agents are built in turns: nothing else waits for them."""
        old = self._view.old(self._clock())
        for first in range(0, len(old), TURN):
            self._touch(old[first : first + TURN])
            await asyncio.sleep(0)
        return self._publication(PACE)

    def snapshot(self) -> Snapshot:
        """All that could be shown, now: every agent in full."""
        overview = self._overview(None)
        return snapshot_of(overview, self._found(tuple(one.name for one in overview.agents), ()))

    def details(self, agents: tuple[str, ...], figures: tuple[str, ...]) -> tuple[AgentDetail, ...]:
        """Some agents in full: of the same moment as in the overview that was sent last, if that was just now."""
        self._touch(frozenset(self._view.old(self._clock())).intersection(agents))
        return self._found(agents, figures)

    def as_shown(self, answer: IncidentDetail) -> IncidentDetail:
        """An incident with its row as every screen shows it at this moment."""
        rows = (one for one in self._overview(()).incidents if one.number == answer.incident.number)
        return replace(answer, incident=next(rows, answer.incident))

    def _publication(self, most: int) -> Publication:
        return Publication(self._overview(self._server.details, most), self._view.detail)

    def _overview(self, first: Collection[str] | None, most: int = 0) -> Overview:
        state, fixing, now = self._journal.state, self._fixing, self._clock()
        overview = self._view.overview(state, self._engine(), fixing.available, now, first, most)
        planned = sorted(state.schedules.values(), key=lambda one: one.due_at)
        schedules = (ScheduledView(one.id, one.fix, one.agent, one.who, one.due_at, one.count) for one in planned)
        overview = self._people(overview, state, now)
        return replace(
            overview, scheduled=tuple(schedules), running=fixing.running(), silences=silence_views(state, now)
        )

    def _touch(self, agents: Collection[str]) -> None:
        self._view.touch(agents, self._journal.state, self._fixing.available, self._clock())

    def _found(self, agents: tuple[str, ...], figures: tuple[str, ...]) -> tuple[AgentDetail, ...]:
        found = (self._view.detail(name, figures) for name in agents)
        return tuple(one for one in found if one is not None)
