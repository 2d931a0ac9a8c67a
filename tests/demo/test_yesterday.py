"""The day before a demo: every series that the demo has, incidents that are over, and nothing that pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from qualtui.alerts.judge import judge
from qualtui.alerts.replay import Timeline, replay
from qualtui.config.load import load
from qualtui.config.values import Aggregate, Config
from qualtui.demo.configuration import AGENT, TEAM, write_configuration
from qualtui.demo.yesterday import (
    BOT_DOWN,
    DATABASE_SLOW,
    EPISODES,
    LENGTH,
    LOGGED_OUT,
    Trouble,
    Yesterday,
    moments,
)
from qualtui.demo.yesterday_log import NOTE
from qualtui.demo.yesterday_series import SHAPES, shapes_of, yesterdays_samples
from qualtui.demo.yesterday_store import write_yesterday
from qualtui.diagnosis.goals import Bins
from qualtui.engine.derived import DERIVED, FAULT
from qualtui.model import Phase, Sample, Severity, State
from qualtui.probes.budget import BudgetProbe
from qualtui.probes.build import Deps, probes_of
from qualtui.probes.goals import GoalsProbe
from qualtui.series.catalogue import BY_NAME, DECLARED
from qualtui.series.declaration import Series
from qualtui.store.sqlite import SqliteStore
from qualtui.tracking.deliverability import Deliverability
from tests.demo.test_configuration import places

DAY = Yesterday(seed=1, now=1_800_000_000.0, start_hour=10.0, speed=20.0)


class Filled(NamedTuple):
    """A store with the day, and its State."""

    store: SqliteStore
    state: State

    async def history(self, series: str, since: float, until: float, bin_: float, how: Aggregate) -> Bins:
        """As probes read it."""
        return self.store.window(series, since, until, bin_, how)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    path = tmp_path_factory.mktemp("yesterday") / "qualtui.db"
    assert write_yesterday(path, DAY)
    with SqliteStore.open(path) as store:
        yield Filled(store, store.load())


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return load(write_configuration(places(tmp_path_factory.mktemp("configuration"), DAY.speed)), {})


async def _load(_name: str) -> bytes | None:
    return None


async def _save(_name: str, _blob: bytes) -> None:
    return None


def _can_send(_at: float) -> Deliverability:
    return Deliverability.UNKNOWN


async def test_every_series_that_the_demo_has_a_source_for_has_a_past(config: Config) -> None:
    deps = Deps(_load, _save, lambda _mark: None, lambda _agent: _can_send, lambda _agent: None)
    probes = probes_of(AGENT, config.agents[AGENT], deps)
    polled = {name.removeprefix(f"{AGENT}/") for probe in probes for name in probe.series}
    for probe in probes:
        await probe.close()
    derived = {name for row in DERIVED for name in row.names} | {FAULT}
    past = shapes_of(DECLARED).keys()
    assert past == polled | derived, "give the series a `usual` where it is declared"
    assert past <= BY_NAME.keys()


def test_a_new_series_has_a_past_by_its_declaration_alone() -> None:
    disk = Series("disk.used", "%", "up", "host", "of the disk", usual=60.0)
    quiet = Series("disk.errors", "", "up", "host", "of the disk")
    shapes = shapes_of((disk, quiet))
    assert shapes.keys() - SHAPES.keys() == {"disk.used"}
    values = [shapes["disk.used"](moment) or 0.0 for moment in moments(DAY)]
    assert 55 < sum(values) / len(values) < 65
    assert min(values) < 60 < max(values)


def test_the_same_seed_gives_the_same_day() -> None:
    assert list(yesterdays_samples(DAY)) == list(yesterdays_samples(DAY))


def test_no_sample_is_of_the_future_or_older_than_the_day() -> None:
    ages = [DAY.now - sample.at for sample in yesterdays_samples(DAY)]
    assert 0 < min(ages) <= 10
    assert max(ages) == LENGTH


def test_night_is_quieter_than_the_day_and_ends_as_the_demo_begins(filled: Filled) -> None:
    since, hour = DAY.now - LENGTH + 3600, 3600.0
    points = filled.store.window(f"{AGENT}/customers.answered_1h", since, DAY.now - 1, hour)
    values = [value for _at, value in points if value is not None]
    assert len(values) == len(points)
    assert min(values) < max(values) / 4
    assert values[-1] > max(values) * 0.8  # 10 in the morning


def test_each_trouble_is_sampled(filled: Filled) -> None:
    assert {moment.trouble for moment in moments(DAY)} == set(Trouble)
    for episode in EPISODES:
        cells = filled.store.cells(
            f"{AGENT}/customers.waiting", DAY.now - episode.ago, DAY.now - episode.ends, 30.0
        )
        assert sum(cell.count for cell in cells) >= episode.lasts / 30


def test_its_incidents_are_over_owned_notified_and_marked_as_invented(filled: Filled) -> None:
    incidents = list(filled.state.incidents.values())
    assert [one.number for one in incidents] == [1, 2, 3]
    for one in incidents:
        assert one.phase is Phase.RESOLVED
        assert one.owner in TEAM
        assert one.delivered
        assert not one.failed
        assert any(NOTE in note for note in one.notes)
        assert one.cause
        assert "{" not in str(one.summary)
    assert {run.outcome for run in filled.state.runs.values()} == {"ok"}
    assert not filled.state.alerts
    assert {notice.status for notice in filled.state.notices.values()} == {"delivered"}
    assert not filled.state.backlog  # who was open before the start is learned at the start


def test_its_log_is_whole_and_the_next_number_is_new(filled: Filled) -> None:
    assert filled.store.verify() is None
    assert filled.store.numbers == filled.state.next_number - 1 == 3
    times = [event.at for event in filled.store.events()]
    assert times == sorted(times)
    assert times[-1] < DAY.now


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_chart_of_an_incident_s_rule_shows_what_the_rule_saw(
    filled: Filled, config: Config, number: int
) -> None:
    one, episode = filled.state.incidents[number], (LOGGED_OUT, DATABASE_SLOW, BOT_DOWN)[number - 1]
    rule, ends = config.rules[one.rule], DAY.now - episode.ends
    assert ends < (one.resolved_at or 0) < one.since + 300 + episode.lasts
    during = filled.store.window(f"{AGENT}/{rule.series}", one.since, ends - 1)
    before = filled.store.window(f"{AGENT}/{rule.series}", one.since - 1800, one.since - 1)
    assert len(during) >= 5
    for points, fires in ((during, True), (before, False)):
        for at, value in points:
            verdict = judge(rule, [Sample(rule.series, at, value)], at, 60.0)
            assert (verdict.severity is one.severity) is fires


def test_no_rule_of_the_demo_fires_on_its_last_hour(config: Config) -> None:
    samples: dict[str, list[Sample]] = {}
    for sample in yesterdays_samples(DAY):
        if sample.at >= DAY.now - 3600:
            samples.setdefault(sample.series, []).append(sample)
    times = [DAY.now - 3600 + 10 * n for n in range(361)]
    stale = dict.fromkeys(samples, 60.0)
    for _now, alerts in replay(AGENT, config.rules, Timeline(samples), stale, times):
        assert not [one.key for one in alerts.values() if one.severity is not Severity.INFO]


@pytest.mark.parametrize("hour", [3.0, 10.0])
async def test_its_goals_are_met_and_no_error_budget_burns(config: Config, tmp_path: Path, hour: float) -> None:
    day = Yesterday(1, DAY.now, hour, 20.0)
    write_yesterday(tmp_path / "qualtui.db", day)
    with SqliteStore.open(tmp_path / "qualtui.db") as store:
        read = Filled(store, State()).history
        goals = GoalsProbe(AGENT, read, day.minute)
        budget = BudgetProbe(AGENT, read, day.minute, config.goals, lambda: None)
        found = {one.series.partition("/")[2]: one.value for one in await goals.ask(day.now)}
        found |= {one.series.partition("/")[2]: one.value for one in await budget.ask(day.now)}
    assert config.goals.up <= (found["goal.up"] or 0) < 100
    assert found["goal.minutes_known"] == LENGTH / day.minute
    assert (found["goal.minutes_unknown"] or 0) < 30
    assert found["goal.up_burn"] == found["goal.answered_burn"] == 0
    assert (found["goal.up_left"] or 0) > 0
    assert (found["goal.answered_left"] or 0) > 0


def test_a_store_that_is_there_keeps_its_own_past(tmp_path: Path) -> None:
    path = tmp_path / "qualtui.db"
    with SqliteStore.open(path) as store:
        store.add_samples([Sample("bot/health.up", 1.0, 1.0)])
    assert not write_yesterday(path, DAY)
    with SqliteStore.open(path) as store:
        assert store.load() == State()
