"""The engine: wires the loops together, reads the configuration again, and ends in time whatever hangs."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from qualtui import __version__
from qualtui.config.values import Config, PolicyMode
from qualtui.engine.ack_links import AckLinks
from qualtui.engine.ack_replies import AckReplies
from qualtui.engine.agent_now import AgentNow
from qualtui.engine.backup_runner import BackupRunner
from qualtui.engine.beat import Beat
from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.config_reload import ConfigReload
from qualtui.engine.dead_man import DeadManSwitch
from qualtui.engine.doctor_runner import DoctorRunner
from qualtui.engine.ending import Ending
from qualtui.engine.engine_view import EngineViews
from qualtui.engine.evaluation_loop import EvaluationLoop
from qualtui.engine.evaluator import Evaluator
from qualtui.engine.faults import AgentFaults
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.held_clock import HeldClock
from qualtui.engine.history_reader import HistoryReader
from qualtui.engine.http_listeners import HttpListeners
from qualtui.engine.journal import Journal
from qualtui.engine.lookups import Lookups
from qualtui.engine.loops import Loops
from qualtui.engine.own_health import OwnWatch
from qualtui.engine.people_views import PeopleViews
from qualtui.engine.policy_runner import PolicyRunner
from qualtui.engine.probe_context import ProbeContext
from qualtui.engine.projector import Projector
from qualtui.engine.publisher import Publisher
from qualtui.engine.sample_cache import SampleCache
from qualtui.engine.sample_writer import SampleWriter
from qualtui.engine.schedule_runner import ScheduleRunner
from qualtui.engine.server import Server
from qualtui.engine.setup import Setup, longer, windows
from qualtui.eventlog.engine import EngineStarted, EngineStopped
from qualtui.eventlog.notices import NoticeQueued
from qualtui.model import AlertState, Event, State
from qualtui.notify.channels.apprise_channel import warm_up
from qualtui.probes.build import Deps, learning_of
from qualtui.store.errors import StoreError
from qualtui.store.ports import Store
from qualtui.text.message import Saying, message
from qualtui.web.deep_health import FIGURES, DeepHealth, deep_health
from qualtui.wire import (
    Agents,
    Answer,
    EngineView,
    IncidentDetail,
    Publication,
    Request,
    Snapshot,
)
from qualtui.wire.commands import Capability

log = logging.getLogger(__name__)

PAST = 3600.0  # s of samples kept in memory, and read back at a start


class _Reload(Exception):  # noqa: N818 - a signal to the task group, not an error
    """Ends the loops of one configuration; carries what the next one makes."""

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self.setup = setup


class _Stop(Exception):  # noqa: N818 - likewise
    """Ends the engine."""


class Engine:
    """One engine on one store and its State. `build` makes a Setup of a configuration, `reread` reads it again."""

    def __init__(
        self,
        store: Store,
        state: State,
        socket_path: Path,
        config: Config,
        build: Callable[[Config, Deps], Setup],
        reread: Callable[[], Config],
        clock: Callable[[], float],
        *,
        beside: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self.journal = Journal(store, state, store.epoch, clock)
        self.recent = SampleCache(keep=PAST, step=max(2.0, 60.0 / config.demo.speed), steps=60)
        self._faults = AgentFaults()
        self._view = Projector(self.recent, config, self._learning, self._faults, self._standings)
        self._links = AckLinks(store.path, self.journal, clock)
        self._replies = AckReplies(self._links, self.journal, clock)
        self._backups = BackupRunner(self.journal, store.path, clock)
        self._probe_context = ProbeContext(store, self.journal, self.recent, clock)
        self._sample_writer = SampleWriter(store, self.journal, clock)
        self._fixing = FixRunner(self.journal, clock)
        now = HeldClock(clock)
        self._agent = AgentNow(self._view, self.journal, self._fixing, now)
        self._policies = PolicyRunner(self.journal, self._fixing, clock, self._agent.readings, self.recent.since)
        self._fixing.offered = lambda fix: self._policies.mode(fix) is not PolicyMode.OFF
        self._doctor = DoctorRunner(clock)
        self._evaluator = Evaluator(
            self.journal,
            self.recent,
            self._agent.reason,
            now,
            self._faults,
            self._agent.offer,
            self._agent.faults,
            self._agent.waiting,
            self._policies.decide,
            self._agent.oldest_wait,
        )
        self._server = Server(
            socket_path, store.epoch, self._answer, self._latest, clock=clock, own=(0, os.geteuid())
        )
        self._people = PeopleViews(lambda: self._evaluator.calls)
        self._windows = Publisher(
            self.journal, self._view, self._fixing, self._server, self._engine_view, clock, self._people.add
        )
        self._reload = ConfigReload(
            reread, lambda config: build(config, self._deps(config)), self.journal, self._windows.publish
        )
        self._own = OwnWatch(clock, self._own_faults)
        self._switch = DeadManSwitch(self._own.now, clock)
        self._http = HttpListeners(lambda: self._own.now().fault, self._deep_health, self._links)
        self._evaluation = EvaluationLoop(
            self._evaluator, self._view, self.recent, self._sample_writer, self._own, clock, self._decided
        )
        self._loops = Loops(self.journal, clock, self._evaluation.take, self._links.line, self._links.button)
        self._self_view = EngineViews(
            self.journal,
            self._sample_writer,
            self._faults,
            self._server,
            self._reload,
            self._switch,
            self._http,
            self._replies,
            started_at=clock(),
            epoch=store.epoch,
            beside=beside,
        )
        self._ending = Ending()
        self._beat = Beat(self.journal, self._server, self._windows, clock, self.stop, beside=beside)
        self._commands = CommandHandler(self._command_context())
        self._tasks = asyncio.TaskGroup()
        self._setup = self._take(build(config, self._deps(config)))

    def _command_context(self) -> CommandContext:
        lookups = Lookups(self._store, self.journal, lambda: self._setup)
        past = HistoryReader(self.journal, self._store, self._view.declared, self._view.holds_for)
        return CommandContext(
            self.journal,
            self._fixing,
            self._clock,
            lookups.history,
            lookups.customers,
            self._doctor.findings,
            self._loops.ask_all,
            self._loops.wake,
            self._agent.current,
            self._windows.details,
            past=past.read,
            answered=past.answered,
            events_before=lookups.events_before,
            numbers_before=lookups.numbers_before,
            declared=self._view.declared,
            messages=lookups.messages,
            phone=lookups.phone,
            sessions=lookups.sessions,
            labels=self._evaluator.labels,
            policies=self._policies.views,
            backup=self._backups.take,
            holds=self._agent.holds,
        )

    # --- life ---

    async def run(self, ready: asyncio.Event) -> str:
        """Run until requested to stop; return why. `ready` is set once the socket listens."""
        self._ending.catch_signals(self._reload.wanted.set)
        warm_up()
        entry = EngineStarted(os.getpid(), socket.gethostname(), __version__)
        await self.journal.append((entry, ""))
        series = {**self._setup.intervals(), **windows(self._setup.config)}
        await self._sample_writer.restore(self.recent, series)
        await self._evaluator.resume()
        try:
            async with self._tasks as tasks:
                tasks.create_task(self._server.serve(ready))
                tasks.create_task(self._sessions())
                tasks.create_task(self._evaluation.run(self._agents, self._each_second))
                tasks.create_task(self._beat.run(self._agents))
                tasks.create_task(self._sample_writer.run())
                tasks.create_task(self._fixing.work())
                tasks.create_task(self._policies.work())
                tasks.create_task(self._backups.work())
                tasks.create_task(ScheduleRunner(self.journal, self._fixing, self._clock).work())
                tasks.create_task(self._end_when_stopped())
        except* _Stop:
            pass
        finally:
            await self._close()
        return self._ending.reason

    def stop(self, reason: str) -> None:
        """Ends the engine; a watchdog thread sees to it in any case."""
        self._ending.stop(reason)

    async def _end_when_stopped(self) -> None:
        await self._ending.wait()
        raise _Stop

    async def _close(self) -> None:
        self._loops.abandon()
        with contextlib.suppress(StoreError):
            await self.journal.append((EngineStopped(self._ending.reason or message("an internal error")), ""))
            await self._sample_writer.close()
            await self.journal.run(self._store.close, 1.0)
        if self.journal.trouble:
            log.warning(
                "the store failed to the end, and what was kept in memory is lost: %s", self.journal.trouble
            )

    # --- one configuration ---

    def _take(self, setup: Setup) -> Setup:
        config = setup.config
        self._faults.keep(config.agents)
        self._evaluator.use(config, self._view.use(config, setup.intervals()))
        self.recent.keep(longer(windows(config), self._view.needed()))
        self._people.use(config)
        self._fixing.use(setup.remedies)
        self._policies.use(config)
        self._backups.use(config)
        self._doctor.use(config)
        self._sample_writer.retention = config.store
        self._links.use(config.http)
        self._own.use(setup.intervals().values())
        self._server.grant = Capability[config.store.others.name]
        self._commands.use(tuple(config.agents), tuple(config.notify.channels), config)
        return setup

    async def _sessions(self) -> None:
        """Runs the loops of the present configuration; a new one ends them and begins its own."""
        while True:
            await self._evaluator.settle()
            fresh: Setup | None = None
            try:
                async with asyncio.TaskGroup() as tasks:
                    self._loops.begin(self._setup, tasks)
                    tasks.create_task(self._switch.run(self._setup.config.notify.ping))
                    tasks.create_task(self._http.run(self._setup.config.http))
                    tasks.create_task(self._replies.run(self._setup.config, self._setup.readers))
                    await self._await_reload()
            except* _Reload as reload:
                fresh = _first(reload).setup
            finally:
                if fresh is None:  # the engine ends
                    await self._setup.close()
            await self._change(fresh or self._setup)

    async def _change(self, fresh: Setup) -> None:
        """Use a new setup and close the old one; what a running fix still uses is closed when it ends."""
        old, self._setup = self._setup, self._take(fresh)
        busy = self._fixing.busy(old.remedies)
        await old.close(but=busy)
        if busy:
            self._tasks.create_task(self._lend(old, busy), name="a fix of the configuration before")

    async def _lend(self, setup: Setup, agents: frozenset[str]) -> None:
        try:
            await self._fixing.released(setup.remedies)
        finally:
            await setup.close_agents(agents)

    async def _await_reload(self) -> None:
        """Raise _Reload at a SIGHUP with a valid configuration that differs."""
        raise _Reload(await self._reload.differing(self._setup))

    # --- samples to verdicts ---

    def _agents(self) -> tuple[str, ...]:
        return tuple(self._setup.config.agents)

    async def _each_second(self) -> None:
        await self._probe_context.keep_marks()
        await self._links.lapse()

    def _decided(self, events: tuple[Event, ...]) -> None:
        self._policies.take(events)
        if any(isinstance(event.body, NoticeQueued) for event in events):
            self._loops.wake()
        self._windows.take(events)

    def _learning(self, agent: str) -> float | None:
        share = learning_of(self._setup.probes, agent)
        # After a restart nothing is learned again unless the probe says so: until its first answer it is unknown.
        return None if not share and agent in self.journal.state.backlog else share

    def _deps(self, config: Config) -> Deps:
        deps = self._probe_context.deps(config)
        return replace(deps, despite=self._agent.despite, backups=self._backups.asks(config))

    def _standings(self, agent: str) -> tuple[AlertState, ...]:
        return tuple(one for one in self.journal.state.alerts.values() if one.agent == agent)

    # --- windows ---

    async def _latest(self) -> Publication:
        return await self._windows.latest()

    def snapshot(self) -> Snapshot:
        """All that could be shown, now: every agent in full."""
        return self._windows.snapshot()

    def _own_faults(self) -> tuple[Saying, ...]:
        """What of our own is known to fail."""
        return (self.journal.trouble, self._sample_writer.trouble, *self._faults.banners())

    def _deep_health(self) -> DeepHealth:
        details = self._windows.details(tuple(self._setup.config.agents), FIGURES)
        return deep_health(details, self._own.now().fault, self._clock())

    def _engine_view(self) -> EngineView:
        return self._self_view.view(self._setup.config, self._clock())

    async def _answer(self, request: Request) -> Answer:
        answer = await self._commands.answer(request)
        if not isinstance(answer, Agents):
            self._windows.publish()
        return self._windows.as_shown(answer) if isinstance(answer, IncidentDetail) else answer


def _first(group: BaseExceptionGroup[_Reload]) -> _Reload:
    first = group.exceptions[0]
    return first if isinstance(first, _Reload) else _first(first)
