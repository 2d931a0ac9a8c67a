"""ViewState: what a window knows at one moment: the newest snapshot and how far it can be trusted."""

from enum import StrEnum

import msgspec

from qualtui.model import Phase, Severity
from qualtui.wire import AgentDetail, AgentSummary, IncidentView, Overview, Snapshot, worse


class ConnectionState(StrEnum):
    """How the window stands with the engine."""

    CONNECTING = "connecting"
    LIVE = "live"
    SILENT = "silent"  # connected, but no snapshot for more than SILENCE seconds
    LOST = "lost"


class StoryLine(msgspec.Struct, frozen=True):
    """A sentence of the demo's story, and the story's own time of day, as 03:10:00. `over`: it was the last."""

    clock: str = ""
    text: str = ""
    over: bool = False


class ViewState(msgspec.Struct, frozen=True):
    """The newest snapshot, the bond with the engine, and what the person chose to look at. Unix seconds."""

    snapshot: Snapshot | None = None
    bond: ConnectionState = ConnectionState.CONNECTING
    since: float = 0.0  # when this bond began; SILENT and LOST: when the last snapshot came
    reason: str = ""
    paused: float | None = None  # since when the view stands still
    literal: bool = False  # the row's literal figures beside the truth
    agent: str = ""  # the chosen one; empty: the worst
    who: str = ""
    acts: bool = True  # False: the engine lets this window only look
    story: StoryLine | None = None  # only where a demo is looked at

    @property
    def watched(self) -> bool:
        """Whether what is shown is kept up to date: only then may anything look green."""
        return self.bond is ConnectionState.LIVE and self.snapshot is not None

    @property
    def view(self) -> AgentDetail | None:
        """The agent on the screen: the chosen one, else the one that is worst off.

        Until its details come, as after another one was chosen, with what the overview says of it.
        """
        agents = self.snapshot.agents if self.snapshot else ()
        found: AgentSummary | None = next((one for one in agents if one.name == self.agent), None)
        found = found or max(agents, key=worse, default=None)
        return self.detail(found.name) if found is not None else None

    def detail(self, name: str) -> AgentDetail | None:
        """An agent in full, or with what the overview says of it; None where there is none of this name."""
        if self.snapshot is None:
            return None
        if (found := self.snapshot.detail(name)) is not None:
            return found
        short = next((one for one in self.snapshot.agents if one.name == name), None)
        if short is None:
            return None
        return AgentDetail(name, short.now, (), {}, short.learning, short.last_reply)

    @property
    def incidents(self) -> tuple[IncidentView, ...]:
        """All incidents of the snapshot, in its order."""
        return self.snapshot.incidents if self.snapshot else ()

    def firing(self, *severities: Severity) -> int:
        """How many incidents of these severities (none named: of any) fire, also where they have no row."""
        snapshot = self.snapshot
        return firing_count(snapshot, *severities) if snapshot else 0

    def incident(self, number: int) -> IncidentView | None:
        """The incident with this number, if the snapshot still has it."""
        return next((incident for incident in self.incidents if incident.number == number), None)


def firing_count(snapshot: Overview, *severities: Severity) -> int:
    """How many incidents of these severities (none named: of any) fire, also where they have no row.

    Those that recover count where no severity is named.
    """
    wanted = severities or tuple(Severity)
    if snapshot.firing is not None:
        held = sum(snapshot.firing.get(severity, 0) for severity in wanted)
        return held if severities else held + snapshot.recovering
    fires = (one for one in snapshot.incidents if one.phase is Phase.FIRING)
    return sum(not severities or (one.urgency in wanted and not one.recovering) for one in fires)


def recovering(snapshot: Overview) -> int:
    """How many incidents that fire are clear by fresh evidence, and are watched for a while."""
    fires = sum(one.phase is Phase.FIRING and one.recovering for one in snapshot.incidents)
    return max(snapshot.recovering, fires)


def criticals(snapshot: Overview | None) -> frozenset[int]:
    """Numbers of the CRITICAL incidents that fire."""
    return frozenset(
        incident.number
        for incident in (snapshot.incidents if snapshot else ())
        if incident.phase is Phase.FIRING and incident.severity is Severity.CRITICAL and not incident.scheduled
    )


def urgent_news(snapshot: Overview | None) -> object:
    """What is drawn at once however rarely the rest is: equal for two snapshots where nothing of it changed."""
    if snapshot is None:
        return None
    rows = tuple((one.number, one.phase, one.severity, one.owner) for one in snapshot.incidents)
    levels = tuple((agent.name, agent.now.level, agent.now.calm) for agent in snapshot.agents)
    return rows, levels, snapshot.running, bool(snapshot.engine.failing)
