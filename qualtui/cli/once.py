"""`qualtui status --once`: poll everything once without an engine, and judge it without any `for`."""

import asyncio
import os
import socket
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from qualtui import __version__
from qualtui.alerts.correlation import correlate
from qualtui.alerts.look import look
from qualtui.alerts.transition import alert_step
from qualtui.cli.common import resolve_config
from qualtui.cli.wiring import build
from qualtui.config.values import Config, Seconds
from qualtui.diagnosis.diagnose import explains
from qualtui.engine.draft import Draft
from qualtui.engine.projector import Projector
from qualtui.engine.sample_cache import SampleCache
from qualtui.engine.setup import Setup
from qualtui.engine.supervisor import ask_once
from qualtui.eventlog.incident_changes import IncidentOpened
from qualtui.model import Origin, Sample, State
from qualtui.probes.build import Deps, customers_of, learning_of
from qualtui.tracking.deliverability import GatewayAt, no_gateway
from qualtui.wire import EngineView, Snapshot

LEARN = 30.0  # s that the first read of the customers may take


def poll_once(path: Path | None) -> Snapshot:
    """A snapshot as an engine would show it after its first polls, every rule judged without its `for`."""
    return asyncio.run(_poll(resolve_config(path)))


async def _poll(config: Config) -> Snapshot:
    recent = SampleCache(keep=3600.0, step=60.0, steps=1)
    setup = build(config, _deps(config, time.time()))
    view = Projector(recent, config, partial(learning_of, setup.probes), patient=False)
    stale = view.use(config, setup.intervals())
    try:
        await _ask_all(config, setup, recent, view)
    finally:
        await setup.close()
    now = time.time()
    state = _judged(config, recent, view, stale, now)
    return view.snapshot(state, _nobody(now), lambda _agent, _fix: "", now)


async def _ask_all(config: Config, setup: Setup, recent: SampleCache, view: Projector) -> None:
    answers = await asyncio.gather(*(ask_once(probe, time.time) for probe in setup.probes))
    for samples in sorted(answers, key=_turn):
        recent.add(view.excused(samples, time.time()))
    until = time.monotonic() + LEARN
    for agent in config.agents:
        probe = customers_of(setup.probes, agent)
        while probe is not None and probe.learning is not None and time.monotonic() < until:
            before = probe.learning
            recent.add(await ask_once(probe, time.time))
            if probe.learning == before:  # no progress: the database does not answer
                break


def _turn(samples: Sequence[Sample]) -> int:
    """The order of the probes: silence is judged against the control host and the other answers, so it is last."""
    if samples and samples[0].series.endswith("/control.up"):
        return 0
    return 2 if any(sample.series.endswith(".silent") and sample.value for sample in samples) else 1


def _judged(config: Config, recent: SampleCache, view: Projector, stale: Mapping[str, float], now: float) -> State:
    draft = Draft(State(), now)
    for agent in config.agents:
        recent.add(view.derive(agent, now))
        for name, rule in config.rules.items():
            if not rule.enabled:
                continue
            verdict = look(agent, name, rule, recent, stale, draft.state.alerts, now)
            if verdict is None:
                continue
            at_once = msgspec.structs.replace(rule, for_=Seconds(0))
            change = alert_step(name, agent, at_once, verdict, None, now)
            if change is not None:
                draft.add(change)
        alerts = [one for one in draft.state.alerts.values() if one.agent == agent]
        for body in correlate(agent, alerts, (), view.faults(agent, now), now, draft.state.next_number):
            draft.add(_explained(body, config, view, now) if isinstance(body, IncidentOpened) else body)
    return draft.state


def _explained(body: IncidentOpened, config: Config, view: Projector, now: float) -> IncidentOpened:
    """The incident with its cause, where no fault says it."""
    rule = config.rules.get(body.rule)
    if body.origin is Origin.FAULT or rule is None or not explains(rule.series):
        return body
    return msgspec.structs.replace(body, cause=view.reason(body.agent, now).text)


def _deps(config: Config, now: float) -> Deps:
    """Nothing is stored. Without a past, what is open for longer than `lost_after` counts as backlog."""

    async def load(_name: str) -> bytes | None:
        return None

    async def save(_name: str, _blob: bytes) -> None:
        return None

    def gateway(_agent: str) -> GatewayAt:
        return no_gateway

    def born(agent: str) -> float | None:
        database = config.agents[agent].database
        return None if database is None else now - database.lost_after

    text = config.fixes.retry.text
    return Deps(load, save, lambda _mark: None, gateway, born, speed=config.demo.speed, retry_text=text)


def _nobody(now: float) -> EngineView:
    return EngineView(os.getpid(), socket.gethostname(), __version__, 0, now, 0)
