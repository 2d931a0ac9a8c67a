"""The product on duty over a month: what the weeks' watch judges, and the fixes as the engine runs them.

Fixes, guardrails, policies, commands and the audit are the product's own; HTTP and SQL alone are simulated.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from unittest.mock import patch

import msgspec

from benchmarks.promise.gateway_api import ActingGateway
from benchmarks.promise.outcome import right
from benchmarks.promise.tables import WritableTables
from benchmarks.promise.world import MonthWorld
from benchmarks.truth.faults import DAY
from benchmarks.truth.polls import BOT
from benchmarks.truth.watch import EPOCH, TICK, Notice, Watch, configuration
from qualtui.alerts.notice_decision import NoticeKind
from qualtui.cli import wiring
from qualtui.config.values import Config, PolicyMode, PolicySettings, Secret
from qualtui.diagnosis.root_cause import CauseKind, RootCause
from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.policy_runner import PolicyRunner
from qualtui.engine.probe_context import ProbeContext
from qualtui.engine.projector import Projector
from qualtui.eventlog.healing import POLICY
from qualtui.eventlog.incident_changes import IncidentNotified
from qualtui.fixes import claims, sessions, strategies
from qualtui.fixes.fix import Fix
from qualtui.model import AlertState, Event, Incident, Phase, Severity
from qualtui.probes import build
from qualtui.probes.probe import Probe
from qualtui.series.seasonality import Seasonality
from qualtui.store.sqlite import SqliteStore
from qualtui.text.message import Saying
from qualtui.wire import Answer, Request
from qualtui.wire.commands import Command

CALM = 300.0  # s between two looks while nothing is wrong: a look costs milliseconds, and a month has many
BEFORE = 600.0  # s before a fault from which looks are close again, so that it meets a product that knows all
LONG = 1800.0  # s after the begin of a fault in which each of its seconds may matter; then, and after its end ...
AFTER = 20.0  # ... s between two looks are enough
TALK = 45.0  # s of a wait that are ordinary
SILENT = frozenset({NoticeKind.RESOLVED, NoticeKind.FIXED, NoticeKind.UPDATE})  # notices that ring nowhere


class AutomaticRun(msgspec.Struct, frozen=True):
    """A run that a policy began. `faults`: what lasted then, in truth; `waiting`: how many waited."""

    at: float
    fix: str
    faults: tuple[str, ...]
    waiting: int
    right: bool


def month_configuration(*, auto: bool, without: frozenset[str]) -> Config:
    """The weeks' configuration with a writing role; every policy in one mode, some fixes left out."""
    config = configuration()
    agent = config.agents[BOT]
    assert agent.database
    database = msgspec.structs.replace(agent.database, write_dsn=Secret("postgresql://db.invalid/writer"))
    fixes = config.fixes
    fixes = msgspec.structs.replace(fixes, retry=msgspec.structs.replace(fixes.retry, zone="UTC"))
    for name in without:
        field = name.replace("-", "_")
        off = msgspec.structs.replace(getattr(fixes, field), enabled=False)
        fixes = msgspec.structs.replace(fixes, **{field: off})
    mode = PolicyMode.AUTO if auto else PolicyMode.SUGGEST
    policies = config.policies
    for name in policies.__struct_fields__:
        one = getattr(policies, name)
        if isinstance(one, PolicySettings):
            policies = msgspec.structs.replace(policies, **{name: msgspec.structs.replace(one, mode=mode)})
    agent = msgspec.structs.replace(agent, database=database)
    return msgspec.structs.replace(config, agents={BOT: agent}, fixes=fixes, policies=policies)


class Duty(Watch):
    """Watches a month on a virtual loop. `paged`: called with the incident's number at each page."""

    world: MonthWorld

    def __init__(self, world: MonthWorld, store: SqliteStore, rhythm: Seasonality, config: Config) -> None:
        self._month = config
        self._time = asyncio.get_running_loop().time  # which is about to be patched with `clock`
        super().__init__(world, store, rhythm)
        self._api = ActingGateway(world, EPOCH)
        self.pages = 0
        self.paged: Callable[[int], None] = lambda _number: None
        self.automatic: list[AutomaticRun] = []
        self._known_runs: set[str] = set()
        self._memory = ProbeContext(store, self.journal, self.recent, self.clock)
        self._view = Projector(self.recent, self.config, standings=self._standings)
        self.fixing = FixRunner(self.journal, self.clock)
        self.policies = PolicyRunner(
            self.journal,
            self.fixing,
            self.clock,
            lambda agent: self._view.readings(agent, self.clock()),
            self.recent.since,
        )
        self.fixing.offered = lambda fix: self.policies.mode(fix) is not PolicyMode.OFF
        self._evaluator = Evaluator(
            self.journal,
            self.recent,
            self._cause,
            self.clock,
            offer=self._offer,
            seen=lambda agent: self._view.faults(agent, self.clock()),
            waiting=lambda agent: self._view.waiting(agent, self.clock()),
            healing=self.policies.decide,
            oldest=lambda agent: self._view.oldest_wait(agent, self.clock()),
        )
        self._commands = CommandHandler(self._context())
        self._commands.use((BOT,), (), self.config)

    def clock(self) -> float:
        """The virtual loop's time."""
        return self._time()

    def configured(self) -> Config:
        """The month's."""
        return self._month

    # --- life ---

    async def stand(self, until: float) -> None:
        """Watch until `until` s of the month."""
        while self.clock() - EPOCH < until:
            await asyncio.sleep(self._step(until))
            self.now = self.clock()
            await self._turn()

    def _step(self, until: float) -> float:
        """Seconds to the next look: few while something breaks or is repaired, many while nothing happens."""
        at = self.clock() - EPOCH
        faults = self.world.scene.faults
        going = [one.begin for one in faults if one.on(at)]
        if self.fixing.running() or (going and at - max(going) < LONG):
            return TICK
        changed = max((edge for one in faults for edge in (one.begin, one.end) if edge <= at), default=-LONG)
        waits = (at - one.waiting for one in self.world.people.open if one.waiting is not None)
        if going or at - changed < LONG or any(TALK < wait < LONG for wait in waits):
            return AFTER
        coming = min((one.begin - at for one in faults if one.begin > at), default=CALM)
        return max(AFTER, min(CALM, until - at, coming - BEFORE)) if coming > AFTER else max(TICK, coming)

    @contextlib.contextmanager
    def simulated(self) -> Iterator[None]:
        """While this lasts, HTTP, SQL and clocks are the simulation's; the fixes are the configuration's."""
        with contextlib.ExitStack() as stack:
            tables = self._given = WritableTables(self.world, EPOCH, self.clock)
            for module in (claims, sessions, strategies):
                stack.enter_context(patch.object(module, "Database", lambda *_args, **_more: tables))
            stack.enter_context(patch.object(strategies, "Fetcher", self._api.fetcher))
            stack.enter_context(patch.object(wiring, "time", SimpleNamespace(time=self.clock)))
            stack.enter_context(super().simulated())
            yield

    def _tables(self) -> WritableTables:
        return self._given

    def _built(self) -> Sequence[Probe]:
        """Probes and fixes, as the engine's own composition root makes them."""
        setup = wiring.build(self.config, self._deps())
        remedies: dict[tuple[str, str], Fix] = setup.remedies
        self.fixing.use(remedies)
        self.policies.use(self.config)
        return setup.probes

    def _deps(self) -> build.Deps:
        ours, given = super()._deps(), self._memory.deps(self.config)
        return msgspec.structs.replace(
            given,
            load=ours.load,
            save=ours.save,
            learned=ours.learned,
            born=ours.born,
            backlog_before=ours.backlog_before,
            history=ours.history,
            despite=self._despite,
        )

    # --- as the engine wires it ---

    def _despite(self, agent: str) -> Saying:
        reason = self._cause(agent)
        return reason.text if reason.root in {CauseKind.STUCK_SENDING, CauseKind.DEAF} else ""

    def _cause(self, agent: str) -> RootCause:
        return self._view.reason(agent, self.clock())

    def _standings(self, agent: str) -> tuple[AlertState, ...]:
        return tuple(one for one in self.journal.state.alerts.values() if one.agent == agent)

    def _offer(self, agent: str, rule: str, number: int) -> str:
        state, now = self.journal.state, self.clock()
        return self._view.live.offer(agent, rule, number, state, self.fixing.available, now)

    def _available(self, agent: str, fix: str) -> Saying:
        return self.fixing.available(agent, fix)

    def _current(self, incident: Incident) -> Incident:
        return self._view.live.current(incident, self.journal.state, self.fixing.available, self.clock())

    async def _judged(self) -> tuple[Event, ...]:
        events = await super()._judged()
        self.policies.take(events)
        self._note_runs()
        return events

    def _notified(self, body: IncidentNotified) -> None:
        super()._notified(body)
        notice: Notice = self.notices[-1]
        if notice.severity is Severity.CRITICAL and notice.kind not in SILENT:
            self.pages += 1
            self.paged(notice.number)

    def _note_runs(self) -> None:
        """Hold each automatic run against the truth of the moment at which it is first seen."""
        for run in self.journal.state.runs.values():
            if run.run in self._known_runs:
                continue
            self._known_runs.add(run.run)
            if run.who == POLICY:
                self.automatic.append(self._held(run.fix, run.started_at - EPOCH))

    def _held(self, fix: str, at: float) -> AutomaticRun:
        going = [one.kind for one in self.world.scene.faults if one.begin <= at <= one.end + TICK]
        waiting = self.world.waiting()
        return AutomaticRun(at, fix, tuple(kind.value for kind in going), waiting, right(fix, going, waiting))

    # --- what a person uses ---

    def incidents(self) -> list[Incident]:
        """The firing ones, as they are now."""
        firing = [one for one in self.journal.state.incidents.values() if one.phase is Phase.FIRING]
        return [self._current(one) for one in firing]

    async def command(self, ask: Command, who: str) -> Answer:
        """What a window sends, through the engine's command registry."""
        return await self._commands.answer(Request(0, ask, who))

    def _context(self) -> CommandContext:
        async def nothing(*_asked: object) -> tuple[()]:
            return ()

        async def unknown(*_asked: object) -> Answer:
            raise NotImplementedError

        return CommandContext(
            self.journal,
            self.fixing,
            self.clock,
            history=nothing,
            customers=unknown,  # type: ignore[arg-type]
            doctor=unknown,  # type: ignore[arg-type]
            refresh=lambda: None,
            queued=lambda: None,
            current=self._current,
            policies=self.policies.views,
        )


def day_of(at: float) -> str:
    """Such as day 12, 03:40."""
    return f"day {int(at // DAY) + 1}, {int(at % DAY // 3600):02}:{int(at % 3600 // 60):02}"
