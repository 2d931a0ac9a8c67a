"""Evaluates every rule and writes each change together with the notices that it requires."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from qualtui.alerts.judge import judge
from qualtui.alerts.routing import notices_due
from qualtui.alerts.transition import alert_step, settle
from qualtui.config.values import Config, Rule
from qualtui.diagnosis.diagnose import explains
from qualtui.diagnosis.root_cause import VAGUE, RootCause
from qualtui.engine.cause_revision import Revising
from qualtui.engine.faults import AgentFaults
from qualtui.engine.journal import Entry, Journal
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.alerts import RuleChanged
from qualtui.eventlog.notices import NoticeFailed, NoticeQueued
from qualtui.model import Event, Incident, Phase, State, alert_key
from qualtui.notify.render import render_notice
from qualtui.text.message import Saying, message

PENDING = {"queued", "sending"}

Reason = Callable[[str], RootCause]  # the why of an agent, now
Offer = Callable[[str, str, int], str]  # agent, rule, incident -> the fix that is offered


class Evaluator:
    """The rules of a configuration over recent samples. Notices are queued here, not sent."""

    def __init__(
        self,
        journal: Journal,
        recent: SampleCache,
        reason: Reason,
        clock: Callable[[], float],
        faults: AgentFaults | None = None,
        offer: Offer | None = None,
    ) -> None:
        self._faults = faults or AgentFaults()
        self._journal = journal
        self._recent = recent
        self._reason = reason
        self._offer = offer
        self._revising = Revising(clock)
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
        young = self._revising.young(state, self._config)
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
                    change = self._explained(change, rule, incident)
                entries.append((change, ""))
                entries.extend(self._notices(state, change))
            with self._faults.within(agent, "revision"):
                entries.extend(self._revisions(state, agent, young.get(agent, ())))
        return entries

    def _explained(self, change: RuleChanged, rule: Rule, incident: Incident | None) -> RuleChanged:
        """The transition with its cause and the fix that is offered. A known cause gives way to no vague one."""
        reason = RootCause()
        with self._faults.within(change.agent, "cause"):
            reason = self._reason(change.agent) if explains(rule.series) else RootCause()
        text: Saying = reason.text
        root = str(reason.root)
        if incident is not None and incident.cause and reason.root in VAGUE:
            text, root = incident.cause, incident.root
        else:
            self._revising.given(change.number, reason)
        fix = change.fix
        with self._faults.within(change.agent, "offer"):
            fix = self._offered(change.agent, change.rule, change.number, fix)
        return msgspec.structs.replace(change, cause=text, root=root, fix=fix)

    def _revisions(self, state: State, agent: str, young: Sequence[Incident]) -> Iterator[Entry]:
        for body in self._revising.look(young, self._config, lambda: self._reason(agent)):
            rule = state.incidents[body.number].rule
            fix = self._offered(agent, rule, body.number, state.incidents[body.number].fix)
            yield msgspec.structs.replace(body, fix=fix), ""

    def _offered(self, agent: str, rule: str, number: int, static: str) -> str:
        return static if self._offer is None else self._offer(agent, rule, number)

    def _step(self, state: State, agent: str, name: str, rule: Rule) -> RuleChanged | None:
        now = self._clock()
        series = f"{agent}/{rule.series}"
        samples = self._recent.since(series, now - rule.window)
        if not samples:
            return None  # nothing is known
        key = alert_key(name, agent)
        verdict = judge(rule, samples, now, self._stale.get(series, 0.0))
        result = alert_step(name, agent, rule, verdict, state.alerts.get(key), self._clear_since.get(key), now)
        if result.clear_since is not None:
            self._clear_since[key] = result.clear_since
        elif verdict.known:  # a short gap in the data does not begin the count anew: the incident would never end
            self._clear_since.pop(key, None)
        return result.change

    def _settle(self, state: State) -> list[Entry]:
        entries: list[Entry] = []
        for alert in state.alerts.values():
            rule = self._config.rules.get(alert.rule)
            if alert.agent in self._config.agents and rule is not None and rule.enabled:
                continue
            change = settle(rule, alert, "the configuration no longer has it")
            entries.append((change, ""))
            entries.extend(self._notices(state, change))
        for notice in state.notices.values():
            if notice.status in PENDING and notice.channel not in self._config.notify.channels:
                reason = message("the configuration no longer has this channel")
                entries.append((NoticeFailed(notice.key, notice.attempt, reason), ""))
        return entries

    def _notices(self, state: State, change: RuleChanged) -> Iterator[Entry]:
        incident = state.incidents.get(change.number)
        was = incident.severity if incident else None
        nth = incident.changes + 1 if incident else 1
        notified = frozenset(incident.notified) if incident else frozenset()
        for item in notices_due(change, was, nth, notified, self._config.notify.routes):
            title, body = render_notice(
                change, item.kind, incident.owner if incident else "", self._clock(), item.key
            )
            queued = NoticeQueued(item.key, change.number, item.target, item.kind, change.severity, title, body)
            yield queued, f"notice/{item.key}"
