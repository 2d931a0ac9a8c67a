"""Looks at every rule and writes what changed, together with the notices that the change owes."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from qualtui.alerts.evaluate import evaluate
from qualtui.alerts.routing import owed
from qualtui.alerts.transition import settle, step
from qualtui.config.values import Config, Rule
from qualtui.engine.faults import Faults
from qualtui.engine.journal import Entry, Journal
from qualtui.engine.recent import Recent
from qualtui.model import Event, NoticeFailed, NoticeQueued, Phase, RuleChanged, State, standing_key
from qualtui.notify.render import render
from qualtui.signals.why import explains

OWED = {"queued", "sending"}

Cause = Callable[[str], str]  # the why of an agent, now


class Evaluator:
    """The rules of a configuration over recent samples. Sending is not done here, only owed."""

    def __init__(
        self,
        journal: Journal,
        recent: Recent,
        cause: Cause,
        clock: Callable[[], float],
        faults: Faults | None = None,
    ) -> None:
        self._faults = faults or Faults()
        self._journal = journal
        self._recent = recent
        self._cause = cause
        self._clock = clock
        self._clear_since: dict[str, float] = {}
        self._config = Config(agents={})
        self._stale: Mapping[str, float] = {}

    def use(self, config: Config, stale: Mapping[str, float]) -> None:
        """Takes a configuration, and by series the age in seconds from which its newest sample is stale."""
        self._config = config
        self._stale = stale

    async def look(self, agents: Iterable[str]) -> tuple[Event, ...]:
        """Evaluates all rules of these agents; returns the new events."""
        wanted = tuple(agents)
        return await self._journal.decide(lambda state: self._decide(state, wanted))

    async def settle(self) -> tuple[Event, ...]:
        """Ends what belongs to rules, agents or targets that the configuration no longer has."""
        return await self._journal.decide(self._settle)

    def _decide(self, state: State, agents: tuple[str, ...]) -> list[Entry]:
        entries: list[Entry] = []
        number = state.next_number
        for agent in agents:
            for name, rule in self._config.rules.items():
                change = None
                with self._faults.within(agent, f"rule {name}"):
                    change = self._step(state, agent, name, rule) if rule.enabled else None
                if change is None:
                    continue
                incident = state.incidents.get(change.number)
                if change.new is Phase.RESOLVED and incident is not None:
                    change = msgspec.structs.replace(change, summary=incident.summary)
                if change.new is Phase.FIRING:
                    if not change.number:
                        change = msgspec.structs.replace(change, number=number)
                        number += 1
                    cause = ""
                    with self._faults.within(agent, "cause"):
                        cause = self._cause(agent) if explains(rule.series) else ""
                    change = msgspec.structs.replace(change, cause=cause)
                entries.append((change, ""))
                entries.extend(self._notices(state, change))
        return entries

    def _step(self, state: State, agent: str, name: str, rule: Rule) -> RuleChanged | None:
        now = self._clock()
        key = standing_key(name, agent)
        series = f"{agent}/{rule.series}"
        samples = self._recent.since(series, now - rule.window)
        verdict = evaluate(rule, samples, now, self._stale.get(series, 0.0))
        result = step(name, agent, rule, verdict, state.standing.get(key), self._clear_since.get(key), now)
        if result.clear_since is not None:
            self._clear_since[key] = result.clear_since
        elif verdict.known:  # a short gap in the data does not begin the count anew: the incident would never end
            self._clear_since.pop(key, None)
        return result.change

    def _settle(self, state: State) -> list[Entry]:
        entries: list[Entry] = []
        for standing in state.standing.values():
            rule = self._config.rules.get(standing.rule)
            if standing.agent in self._config.agents and rule is not None and rule.enabled:
                continue
            change = settle(rule, standing, "the configuration no longer has it")
            entries.append((change, ""))
            entries.extend(self._notices(state, change))
        for notice in state.notices.values():
            if notice.status in OWED and notice.target not in self._config.notify.targets:
                reason = "the configuration no longer has this target"
                entries.append((NoticeFailed(notice.key, notice.attempt, reason), ""))
        return entries

    def _notices(self, state: State, change: RuleChanged) -> Iterator[Entry]:
        incident = state.incidents.get(change.number)
        was = incident.severity if incident else None
        nth = incident.changes + 1 if incident else 1
        told = frozenset(incident.told) if incident else frozenset()
        for item in owed(change, was, nth, told, self._config.notify.routes):
            title, body = render(change, item.kind, incident.owner if incident else "", self._clock(), item.key)
            queued = NoticeQueued(item.key, change.number, item.target, item.kind, change.severity, title, body)
            yield queued, f"notice/{item.key}"
