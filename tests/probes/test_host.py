"""The host's series: what each answer means, and that a call which fails takes nothing from the others."""

import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from qualtui.config.values import HostName, HostSettings, Seconds, Secret
from qualtui.demo.pace import Pace
from qualtui.demo.render import SimulatedHost
from qualtui.demo.render_api import render_application
from qualtui.hosts.host import Deploy, HostEvent, HostEventKind, Instance, Requests
from qualtui.model import Sample
from qualtui.probes.host import (
    DAY,
    HostProbe,
    deploys_found,
    events_found,
    harm_found,
    instances_found,
    requests_found,
)
from qualtui.probes.probe import ProbeError
from tests.hosts.render.document import Seen, checked

NOW = 1_000_000.0


async def run_bot(on: bool) -> None:
    """Nothing runs here."""


@contextlib.asynccontextmanager
async def polled() -> AsyncIterator[tuple[SimulatedHost, HostProbe, list[Seen]]]:
    sim = SimulatedHost(Pace(10_000.0), 1, run_bot, lambda bad: None)
    async with checked(render_application(sim, "rnd_invented", time.time)) as (url, seen, wrong):
        settings = HostSettings(
            kind=HostName.RENDER, service=sim.service, key=Secret("rnd_invented"), timeout=Seconds(5), demo_url=url
        )
        probe = HostProbe("bot", settings)
        try:
            yield sim, probe, seen
        finally:
            await probe.close()
        assert wrong == []


async def ask(probe: HostProbe) -> dict[str, Sample]:
    samples = await probe.ask(time.time())
    assert tuple(one.series for one in samples) == probe.series
    return {one.series.removeprefix("bot/host."): one for one in samples}


async def test_a_calm_service_has_a_value_in_every_series_but_for_messages_that_nobody_wrote() -> None:
    async with polled() as (_sim, probe, seen):
        said = await ask(probe)
    assert {word for word, one in said.items() if one.value is None} == {"http_errors", "requests", "latency"}
    assert said["suspended"].value == said["failing"].value == said["deploys"].value == 0
    assert said["memory"].value == pytest.approx(37, abs=2)
    assert len(seen) <= 12  # of 400 a minute, which all that the key's user runs share


async def test_a_leak_a_kill_and_a_bad_deploy_are_each_seen() -> None:
    async with polled() as (sim, probe, _seen):
        for _ in range(20):
            sim.answered(200)
        await sim.out_of_memory()
        await sim.deploy("new_commit", bad=True)
        for status in (200, 500, 500, 500, 500, 500):
            sim.answered(status)
        said = await ask(probe)
        assert (said["failing"].value, said["failures_1h"].value, said["out_of_memory_1h"].value) == (0, 1, 1)
        assert str(said["failures_1h"].note).startswith("instance out of memory (limit 512Mi) at ")
        assert said["deploys"].value == 1
        assert said["deploy_age"].note == sim.deploys[0].commit[:7]
        await sim.suspend(True)
        said = await ask(probe)
        assert (said["suspended"].value, said["suspended"].note) == (1, "billing")
        assert (said["memory"].value, said["instances"].value) == (None, 0)


async def test_a_host_that_refuses_everything_is_no_data_and_says_why() -> None:
    async with polled() as (sim, probe, _seen):
        sim.limited = True
        with pytest.raises(ProbeError, match="rate limit"):
            await ask(probe)


def event(kind: HostEventKind, ago: float) -> HostEvent:
    return HostEvent(f"evt-{ago}", NOW - ago, kind, "exited with 1")


@pytest.mark.parametrize(
    ("events", "failing", "failures", "restarts"),
    [
        ([], 0, 0, 0),
        ([event(HostEventKind.FAILED, 60)], 1, 1, 1),
        ([event(HostEventKind.FAILED, 7200)], 1, 0, 0),  # never came back
        ([event(HostEventKind.FAILED, 60), event(HostEventKind.AVAILABLE, 20)], 0, 1, 1),
        ([event(HostEventKind.OUT_OF_MEMORY, 60), event(HostEventKind.OTHER, 20)], 1, 1, 1),
        ([event(HostEventKind.RESTARTED, 60)], 0, 0, 1),
    ],
)
def test_an_instance_fails_until_one_answers_again(
    events: list[HostEvent], failing: int, failures: int, restarts: int
) -> None:
    found = events_found(events, NOW)
    assert [found[word][0] for word in ("failing", "failures_1h", "restarts_1h")] == [failing, failures, restarts]


def test_the_youngest_instance_says_since_when_the_bot_runs_and_none_is_no_age() -> None:
    found = instances_found([Instance("a", NOW - 500), Instance("b", NOW - 20)], NOW)
    assert (found["instances"][0], found["age"][0]) == (2, 20)
    assert instances_found([], NOW)["age"][0] is None


def deploy(ago: float, status: str = "deactivated", **more: bool) -> Deploy:
    return Deploy(
        f"dep-{ago}", NOW - ago, status, status == "live", ended=NOW - ago + 60, commit="abcdef0123", **more
    )


def test_the_live_deploy_has_an_age_and_a_failed_newest_one_is_told_apart() -> None:
    found = deploys_found([deploy(100, "build_failed", failed=True), deploy(600, "live"), deploy(2 * DAY)], NOW)
    assert [*found["deploy_age"]] == [540, "abcdef0", "dep-600"]
    assert [*found["deploys"]] == [2, "", ""]
    assert [*found["deploy_failed"]] == [1, "build_failed", ""]
    begun = deploys_found([deploy(5, "build_in_progress", running=True), deploy(600, "live")], NOW)
    assert [*begun["deploy_failed"]] == [0, "", ""]
    none = deploys_found([], NOW)
    assert none["deploy_age"][0] is None


def test_only_the_bots_own_word_on_messages_counts_as_success_or_error() -> None:
    assert requests_found(Requests({"200": 6, "500": 2, "404": 50, "0": 9, "301": 1}))[0] == 25
    harmless = requests_found(Requests({"404": 3}))
    assert harmless[0] is None
    unknown = requests_found(Requests(None, "none to be had"))
    assert unknown == (None, "none to be had", "")


@pytest.mark.parametrize(
    ("before", "since", "points"),
    [
        ({"200": 19, "500": 1}, {"200": 1, "500": 5}, 78.3),
        ({"200": 19, "500": 1}, {"500": 4}, 0),  # too few to say anything
        (None, {"200": 1, "500": 5}, 83.3),
        ({"500": 20}, {"200": 1, "500": 5}, 0),  # it failed before, too
    ],
)
def test_a_deploy_does_harm_by_as_much_as_errors_rose_with_it(
    before: dict[str, float] | None, since: dict[str, float], points: float
) -> None:
    assert harm_found(Requests(before), Requests(since))[0] == pytest.approx(points, abs=0.1)


def test_the_counts_before_and_since_a_deploy_are_said() -> None:
    note = harm_found(Requests({"200": 19, "500": 1}), Requests({"200": 1, "500": 5}))[1]
    assert str(note) == "5 of 6 answers failed since it, 1 of 20 before"
