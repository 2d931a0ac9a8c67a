"""The product's own judgement over a simulated world, on a fake clock: its probes, ledger, chain, why, rules, log.

The probes of customers, chats and gateway are the real ones; HTTP and SQL alone are answered by the simulation.
"""

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from unittest.mock import patch

import msgspec

from benchmarks.truth.faults import DAY
from benchmarks.truth.gateway_api import GatewayApi
from benchmarks.truth.must import RESTART, RETRY
from benchmarks.truth.polls import BOT, HEALTH, Polls
from benchmarks.truth.records import What
from benchmarks.truth.tables import Tables
from benchmarks.truth.world import World
from qualtui.alerts.notice_decision import NoticeKind
from qualtui.cli.status import exit_code
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    AgentSettings,
    Aggregate,
    Config,
    ControlSettings,
    DatabaseSettings,
    DemoSettings,
    GatewaySettings,
    HealthSettings,
    MetricsSettings,
    Secret,
)
from qualtui.diagnosis.root_cause import RootCause
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.journal import Journal
from qualtui.engine.projector import Projector
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.alert_changes import AlertChanged
from qualtui.eventlog.customers import BacklogMarked
from qualtui.eventlog.incident_changes import IncidentNotified
from qualtui.model import Event, Phase, Sample, Severity, alert_key
from qualtui.probes import build
from qualtui.probes.customers import CustomersProbe
from qualtui.probes.probe import Probe, ProbeError
from qualtui.series.evidence import stale_after
from qualtui.series.seasonality import HOUR, Seasonality, hour_of_week, learned
from qualtui.store.ports import Points
from qualtui.store.sqlite import SqliteStore
from qualtui.text.message import Saying
from qualtui.tracking.counters import NAMES
from qualtui.tracking.deliverability import GatewayAt, deliverability
from qualtui.wire import EngineView, NowView

EPOCH = 1_790_000_000.0 - 1_790_000_000.0 % DAY  # the week's start, some midnight
TICK = 5.0  # s: the fast lane's interval and the gateway's
ASKED = ("customers", "chats", "gateway", "budget")  # the probes that are the product's own
FIXES = {RETRY: "Answer who waits", RESTART: "Restart the session", "session-cleanup": "Close stuck sessions"}


class Alarm(msgspec.Struct, frozen=True):
    """An incident that began to fire, or got worse."""

    at: float  # virtual seconds since the week's start
    rule: str
    severity: Severity
    why: str
    true_wait: float  # the longest wait in truth at that moment
    slow: bool = False  # whether replies were slow in truth
    summary: str = ""
    number: int = 0


class Notice(msgspec.Struct, frozen=True):
    """A decision that an incident is due a notice. `opens`: its first CRITICAL one, which wakes somebody."""

    at: float
    number: int
    kind: str
    severity: Severity
    opens: bool = False


class Look(msgspec.Struct, frozen=True):
    """What screen and `status` say at a moment."""

    at: float
    now: NowView
    code: int
    reply_p95: float | None

    @property
    def green(self) -> bool:
        """Whether it claims that no one waits."""
        return "everyone answered" in str(self.now.headline).lower()


def configuration() -> Config:
    """Defaults throughout: what a user gets who writes only addresses."""
    agent = AgentSettings(
        health=HealthSettings(url="http://bot.invalid/health"),
        database=DatabaseSettings(dsn=Secret("postgresql://db.invalid/agent")),
        gateway=GatewaySettings(url="http://waha.invalid"),
        metrics=MetricsSettings(url="http://bot.invalid/metrics"),
        control=ControlSettings(url="http://control.invalid"),
    )
    return Config(agents={BOT: agent}, rules=BUILT_IN, demo=DemoSettings())


class Watch:
    """Polls the world as the probes do, and judges as the engine does. Use inside `simulated`."""

    def __init__(self, world: World, store: SqliteStore, rhythm: Seasonality, begin: float = 0.0) -> None:
        """`begin`: virtual seconds at which somebody looks first."""
        self.world = world
        self.now = EPOCH + begin
        world.run(begin)
        self.config = self.configured()
        agent = self.config.agents[BOT]
        assert agent.health
        assert agent.gateway
        assert agent.metrics
        self._health = agent.health
        self._metrics = agent.metrics
        self._reach = stale_after(agent.gateway.interval, agent.gateway.timeout)
        self.recent = SampleCache(keep=3600.0, step=60.0, steps=1)
        self.journal = Journal(store, store.load(), store.epoch, self.clock)
        self.notices: list[Notice] = []
        self._woken: set[int] = set()  # by incident
        self._view = Projector(self.recent, self.config)
        self._evaluator = Evaluator(
            self.journal,
            self.recent,
            self._cause,
            self.clock,
            seen=lambda agent: self._view.faults(agent, self.now),
            waiting=lambda agent: self._view.waiting(agent, self.now),
        )
        self._blobs: dict[str, bytes] = {}
        self._marked: BacklogMarked | None = None
        self._api = GatewayApi(world, EPOCH)
        self._probes: list[tuple[Probe, float]] = []  # and when each is due
        self._polls = Polls(world, agent.health, agent.metrics, rhythm, self.recent, self.now)
        self._counted: dict[str, list[Sample]] = {}  # what budgets are made of, by series

    def clock(self) -> float:
        """The time by which the product judges."""
        return self.now

    def configured(self) -> Config:
        """What the product is configured with."""
        return configuration()

    @contextlib.contextmanager
    def simulated(self) -> Iterator[None]:
        """While this lasts, HTTP, SQL and the event loop's clock are the simulation's."""
        tables = self._tables()
        with contextlib.ExitStack() as stack:
            stack.enter_context(patch.object(asyncio.get_running_loop(), "time", self.clock))
            stack.enter_context(patch.object(build, "Database", lambda *_args, **_more: tables))
            for name, module in list(sys.modules.items()):
                if name.startswith(("qualtui.probes.", "qualtui.gateways.")) and hasattr(module, "Fetcher"):
                    stack.enter_context(patch.object(module, "Fetcher", self._api.fetcher))
            found = self._built()
            wanted = [f"{BOT}/{name}" for name in ASKED]
            self._probes = [(one, self.now) for name in wanted for one in found if one.name == name]
            self._customers = next(one for one in found if isinstance(one, CustomersProbe))
            self._stale()
            yield

    def _tables(self) -> Tables:
        """The database that the product is given."""
        return Tables(self.world, EPOCH, self.clock)

    def _built(self) -> Sequence[Probe]:
        """The probes that the configuration makes."""
        return build.probes_of(BOT, self.config.agents[BOT], self._deps())

    def _deps(self) -> build.Deps:
        async def load(name: str) -> bytes | None:
            return self._blobs.get(name)

        async def save(name: str, blob: bytes) -> None:
            self._blobs[name] = blob

        def learned_(marked: BacklogMarked) -> None:
            self._marked = marked

        def born(_agent: str) -> float | None:
            return None if self._marked is None else self._marked.before

        def edge(_agent: str) -> float | None:
            return None if self._marked is None else self._marked.edge

        return build.Deps(
            load=load,
            save=save,
            learned=learned_,
            gateway=self._gateway,
            born=born,
            backlog_before=edge,
            history=self._history,
        )

    async def _history(self, series: str, since: float, until: float, step: float, how: Aggregate) -> Points:
        """The bins of a counter by the minute, as the store would give them."""
        bins: dict[float, list[float]] = {}
        for sample in reversed(self._counted.get(series, [])):
            if sample.at < since:
                break
            if sample.at <= until and sample.value is not None:
                bins.setdefault(sample.at // step * step, []).append(sample.value)
        return tuple((at, float(len(one)) if how is Aggregate.COUNT else sum(one)) for at, one in bins.items())

    def _take(self, samples: Iterable[Sample]) -> None:
        """Into the cache, and counters into the store's place."""
        samples = tuple(samples)
        self.recent.add(samples)
        for sample in samples:
            if sample.series.partition("/")[2].startswith("goal.minute"):
                self._counted.setdefault(sample.series, []).append(sample)

    def _gateway(self, _agent: str) -> GatewayAt:
        return lambda at: deliverability(
            self.recent.since(f"{BOT}/gateway.working", at - self._reach), at, self.now, self._reach
        )

    def _stale(self) -> None:
        lanes = dict.fromkeys(("db.up", "db.seconds", "db.silent", "inbound.expected", "control.up"), (TICK, 5.0))
        intervals = {f"{BOT}/{name}": both for name, both in lanes.items()}
        intervals |= {
            series: (probe.interval, probe.timeout) for probe, _due in self._probes for series in probe.series
        }
        for name in HEALTH:
            intervals[f"{BOT}/{name}"] = (float(self._health.interval), float(self._health.timeout))
        counting = (float(self._metrics.interval), float(self._metrics.timeout))
        intervals |= dict.fromkeys((f"{BOT}/{name}" for name in NAMES), counting)
        self._evaluator.use(self.config, self._view.use(self.config, intervals))

    def _cause(self, agent: str) -> RootCause:
        return self._view.reason(agent, self.now)

    async def tick(self) -> tuple[Alarm, ...]:
        """One interval: the world moves, the probes poll, the rules judge."""
        self.now += TICK
        return await self._turn()

    async def _turn(self) -> tuple[Alarm, ...]:
        """What happens at an instant."""
        self.world.run(self.now - EPOCH)
        for samples in self._polls.answers(self.now):
            self.recent.add(self._view.excused(samples, self.now))
        for place, (probe, due) in enumerate(self._probes):
            if self.now >= due:
                self._probes[place] = (probe, max(due + probe.interval, self.now - probe.interval))
                self._take(self._view.excused(await self._polled(probe), self.now))
        self.recent.add(self._polls.rhythm(self.now))
        self._take(self._view.derive(BOT, self.now))
        pages = []
        for event in await self._judged():
            change = event.body
            if isinstance(change, IncidentNotified):
                self._notified(change)
            if isinstance(change, AlertChanged) and change.new is Phase.FIRING:
                pages.append(self._alarm(change))
        return tuple(pages)

    async def _judged(self) -> tuple[Event, ...]:
        """The events of one look at all rules."""
        return await self._evaluator.look((BOT,))

    def _notified(self, body: IncidentNotified) -> None:
        pages = body.severity is Severity.CRITICAL and body.kind not in {NoticeKind.RESOLVED, NoticeKind.UPDATE}
        opens = pages and body.number not in self._woken
        if opens:
            self._woken.add(body.number)
        self.notices.append(Notice(self.now - EPOCH, body.number, body.kind, body.severity, opens))

    def _alarm(self, change: AlertChanged) -> Alarm:
        """An alert that fires, with the cause of the incident that it belongs to."""
        wait, slow, at = self.world.oldest_wait(), self.world.slow(), self.now - EPOCH
        alert = self.journal.state.alerts.get(alert_key(change.rule, change.agent))
        number = alert.number if alert is not None else 0
        return Alarm(
            at, change.rule, change.severity, self.cause_of(number), wait, slow, str(change.summary), number
        )

    def cause_of(self, number: int) -> str:
        """The why of an incident as it stands now."""
        incident = self.journal.state.incidents.get(number)
        return "" if incident is None else str(incident.cause)

    def look(self) -> Look:
        """What the screen's NOW box and `qualtui status` say at this moment."""
        engine = EngineView(0, "", "", 0, self.now, 0)
        shot = self._view.snapshot(self.journal.state, engine, self._available, self.now)
        figure = shot.details[0].figures.get("reply.p95")
        return Look(self.now - EPOCH, shot.agents[0].now, exit_code(shot), figure.value if figure else None)

    def _available(self, _agent: str, fix: str) -> Saying:
        """The title of a fix that can be offered; empty where it can't."""
        return FIXES.get(fix, "")

    async def _polled(self, probe: Probe) -> tuple[Sample, ...]:
        """What the probe answers; as the engine's supervisor, but a fault of our own code is not hidden."""
        try:
            return tuple(await probe.ask(self.now))
        except ProbeError as error:
            return tuple(Sample(series, self.now, None, str(error)) for series in probe.series)


def rhythm_of(world: World, days: float) -> Seasonality:
    """What the rows of the days before the week would have taught: `world` is run to its end."""
    world.run(days * DAY)
    start = EPOCH - days * DAY
    wrote: dict[str, float] = {}  # by lead, when it did last
    counts: Counter[int] = Counter()
    for row in sorted(row for row in world.rows if row.what is What.RECEIVED):
        counts[hour_of_week(start + row.at)] += row.at - wrote.get(row.lead, -HOUR) >= HOUR
        wrote[row.lead] = row.at
    return learned(counts, start, EPOCH)
