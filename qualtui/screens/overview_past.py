"""What the overview reads on request: the past of some series, and who waits. Requested again when it has aged."""

from collections.abc import Mapping
from typing import NamedTuple

from qualtui.widgets.machines import MACHINES
from qualtui.wire import (
    AgentDetail,
    Answer,
    Command,
    Customers,
    CustomerView,
    History,
    ListCustomers,
    SeriesHistory,
    ShowHistory,
    ShowToday,
    Today,
)

HOUR = 3600.0
SOONEST, LATEST = 5.0, 60.0  # s between two requests of the same
CALM = 30.0  # ... and where all is calm: a chart that moves is repainted as a whole
ENOUGH = 3  # known cells of a chart
CELLS, FEWEST, NAMES = 60, 12, 20  # of the hour: at most, at least, and those beside them on a narrow screen
SHORTEST = 60.0  # s of past requested
SHORTER, ROOM = (4, 24, 96, 288), 1.3  # parts of the longest past; how much more than what is known is shown
OLDEST = "customers.oldest"
ANSWERED, REPLIES, MINUTES = "customers.answered_1h", "reply.follow_p95", "goal.minute"
CHAIN = tuple(dict.fromkeys((*(name for machine in MACHINES for name in machine.bar), OLDEST)))


class _Asked(NamedTuple):
    ask: Command
    at: float


class OverviewPast:
    """The newest answers by what they are for, and when each was asked."""

    def __init__(self) -> None:
        self._asked: dict[str, _Asked] = {}
        self._answers: dict[str, tuple[Command, Answer]] = {}

    def due(self, wanted: Mapping[str, Command], now: float) -> list[tuple[str, Command]]:
        """What must be asked now; it counts as asked from now on."""
        found = []
        for name, ask in wanted.items():
            before = self._asked.get(name)
            if before is None or before.ask != ask or not 0 <= now - before.at < self._rest(name):
                self._asked[name] = _Asked(ask, now)
                found.append((name, ask))
        return found

    def took(self, name: str, ask: Command, answer: Answer) -> bool:
        """Take an answer in; False where it is none, or another one was requested since."""
        if not isinstance(answer, History | Customers | Today) or self._asked[name].ask != ask:
            return False
        self._answers[name] = (ask, answer)
        return True

    def reach(self, name: str, longest: float) -> float:
        """Seconds of past to ask for: what is known and a little more, so that a young chart is not empty."""
        _ask, answer = self._answers.get(name, (None, None))
        if not isinstance(answer, History) or not answer.series:
            return longest
        highs = answer.series[0].highs
        first = next((n for n, value in enumerate(highs) if value is not None), None)
        known = 0.0 if first is None else (len(highs) - first) * answer.step
        shorter = (longest / part for part in SHORTER if longest / part >= max(SHORTEST, ROOM * known))
        return min((longest, *shorter))

    def history(self, name: str, agent: str) -> History | None:
        """The past that was read under this name of this agent."""
        _ask, answer = self._answers.get(name, (None, None))
        return answer if isinstance(answer, History) and answer.agent == agent and answer.series else None

    def series(self, name: str, agent: str, series: str) -> SeriesHistory | None:
        """One series of it."""
        past = self.history(name, agent)
        return next((one for one in past.series if one.name == series), None) if past is not None else None

    def today(self, agent: str) -> Today | None:
        """How many were answered today; None where that was not read, or is not known."""
        _ask, answer = self._answers.get("today", (None, None))
        return answer if isinstance(answer, Today) and answer.agent == agent else None

    def people(self, agent: str) -> tuple[CustomerView, ...] | None:
        """Who waits, the longest first; None where that was not read."""
        _ask, answer = self._answers.get("people", (None, None))
        if not isinstance(answer, Customers) or answer.agent != agent:
            return None
        return tuple(sorted(answer.customers, key=lambda one: one.since))

    def _rest(self, name: str) -> float:
        """Seconds after which it is asked again: a part of a cell of the past."""
        _ask, answer = self._answers.get(name, (None, None))
        if isinstance(answer, History):
            least = SOONEST if name == "hour" or not _shown(answer) else CALM
            return max(least, min(answer.step / 2, LATEST))
        return LATEST if name == "today" else SOONEST


def _shown(past: History) -> bool:
    """Whether enough is known for a chart."""
    return any(sum(value is not None for value in one.highs) > ENOUGH for one in past.series)


def hour_cells(cells: int) -> int:
    """How many cells the hour has on a screen of this width: all of it is shown, beside the links' states."""
    return max(FEWEST, min(CELLS, cells - NAMES))


def wanted(
    view: AgentDetail, speed: float, charts: tuple[int, int], past: OverviewPast, hour_in: int = CELLS
) -> dict[str, Command]:
    """What the overview of an agent needs. `speed`: the demo's; `charts`: the cells of the two calm charts.

    `hour_in`: the cells of the hour before now.
    """
    if view.now.level is None:
        left, right = charts
        plan = (("day", ANSWERED, 24, left), ("six", REPLIES, 6, right), ("month", MINUTES, 720, min(90, right)))
        asks: dict[str, Command] = {
            name: ShowHistory(
                view.name, (series,), seconds=past.reach(name, max(SHORTEST, hours * HOUR / speed)), cells=cells
            )
            for name, series, hours, cells in plan
            if cells > 0
        }
        return {**asks, "today": ShowToday(view.name)} if asks else {}
    hour = ShowHistory(view.name, CHAIN, seconds=max(SHORTEST, HOUR / speed), cells=hour_in)
    waiting = view.figures.get("customers.waiting")
    if waiting is None or not waiting.value:
        return {"hour": hour}
    return {"hour": hour, "people": ListCustomers(view.name)}
