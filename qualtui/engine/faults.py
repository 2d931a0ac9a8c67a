"""Faults of our own code that concern one agent: they stop nothing else, and a banner names them."""

import logging
from collections.abc import Callable, Iterable

from qualtui.text import _

log = logging.getLogger(__name__)


class _Boundary:
    """The boundary of one agent's watch: cancellation and the like pass through."""

    def __init__(self, faults: "AgentFaults", agent: str, what: str) -> None:
        self._faults = faults
        self._agent = agent
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if error is not None and not isinstance(error, Exception):
            return False
        self._faults.note(self._agent, self._what, error)
        return True


class AgentFaults:
    """What failed for which agent, until it works again. The traceback is logged once, not at each look."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], str] = {}  # by agent and what was done: the error's kind

    def within(self, agent: str, what: str) -> "_Boundary":
        """A block whose errors stop nothing else. `what`: a word for the log."""
        return _Boundary(self, agent, what)

    def each(self, agent: str, what: str, numbers: Iterable[int], work: Callable[[int], None]) -> None:
        """Do the work for each number: one that fails stops no other."""
        failed: Exception | None = None
        for number in numbers:
            try:
                work(number)
            except Exception as error:  # the boundary of one of them
                failed = failed or error
        self.note(agent, what, failed)

    def note(self, agent: str, what: str, error: Exception | None) -> None:
        """The end of such a block; the error, where it failed."""
        kind = type(error).__name__
        if error is None:
            self._found.pop((agent, what), None)
        elif self._found.get((agent, what)) != kind:
            log.error("%s failed for %s", what, agent, exc_info=error)
            self._found[agent, what] = kind

    def keep(self, agents: Iterable[str]) -> None:
        """Forgets agents that are no longer watched."""
        watched = set(agents)
        self._found = {key: kind for key, kind in self._found.items() if key[0] in watched}

    def of(self, agent: str) -> tuple[str, ...]:
        """What fails for an agent now, each in a few words."""
        return tuple(f"{what}: {kind}" for (name, what), kind in self._found.items() if name == agent)

    def banners(self) -> tuple[str, ...]:
        """A line for each agent that is watched with less than all."""
        by_agent: dict[str, str] = {}
        for (agent, what), kind in self._found.items():
            by_agent.setdefault(agent, f"{what}, {kind}")
        text = _("{agent} is not fully watched: an internal error ({error}); see the engine's log")
        return tuple(text.format(agent=agent, error=error) for agent, error in by_agent.items())
