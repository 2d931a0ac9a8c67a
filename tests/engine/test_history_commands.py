"""The past of a series by query: bounded, with what it is held against, and read beside the appends."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from threading import current_thread

import msgspec
import pytest
from msgspec.structs import replace

from qualtui.config.values import Config
from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.command_registry import refusal
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.history_reader import HistoryReader, limits
from qualtui.engine.journal import Journal
from qualtui.model import Sample, Severity
from qualtui.model.cells import Cell
from qualtui.series.catalogue import BY_NAME
from qualtui.series.rows_past import RowsPast, blob_name
from qualtui.series.today import midnight
from qualtui.store.errors import StoreError
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import (
    MOST_CELLS,
    MOST_SERIES,
    Answer,
    Customers,
    Findings,
    History,
    ListCustomers,
    Refused,
    Request,
    ShowHistory,
    ShowToday,
    Today,
)
from qualtui.wire.commands import Capability
from tests.config.sample import AGENT, read

NOW = 1_000_000.0
DAY = 86_400.0


class Watched(SqliteStore):
    """A store that knows which thread reads cells; `broken`: it can't be read."""

    broken = False

    def cells(self, series: str, since: float, until: float, step: float) -> tuple[Cell, ...]:
        self.reader_thread = current_thread().name
        if self.broken:
            raise StoreError("the disk is away")
        return super().cells(series, since, until, step)


class Scene:
    """A command handler on a real store that watches the agent `bot`."""

    def __init__(self, store: Watched, config: Config) -> None:
        self.journal = Journal(store, store.load(), store.epoch, lambda: NOW)
        reader = HistoryReader(self.journal, store, lambda _agent: BY_NAME, lambda _series: 12.0)
        context = CommandContext(
            self.journal,
            FixRunner(self.journal, lambda: NOW),
            lambda: NOW,
            self.journal.read,  # type: ignore[arg-type]  # no incident is looked up here
            _customers,
            _doctor,
            lambda: None,
            lambda: None,
            lambda incident: incident,
            past=reader.read,
            answered=reader.answered,
            declared=lambda _agent: BY_NAME,
        )
        self.commands = CommandHandler(context)
        self.commands.use(("bot",), (), config)

    async def ask(self, ask: ShowHistory) -> Answer:
        return await self.commands.answer(Request(1, ask, "ana"))

    async def answer(self, ask: ShowToday) -> Answer:
        return await self.commands.answer(Request(1, ask, "ana"))

    async def shown(self, ask: ShowHistory) -> History:
        answer = await self.ask(ask)
        assert isinstance(answer, History), answer
        return answer


async def _customers(ask: ListCustomers, limit: int) -> Customers:
    raise NotImplementedError


async def _doctor() -> Findings:
    raise NotImplementedError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Watched]:
    with Watched.open(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def scene(store: Watched) -> Scene:
    return Scene(store, read(AGENT))


async def test_a_series_comes_in_cells_with_its_extremes_unit_and_limits(store: Watched, scene: Scene) -> None:
    store.add_samples([Sample("bot/db.seconds", NOW - 100 + n, 0.004 + n / 1000) for n in range(0, 100, 5)])
    told = await scene.shown(ShowHistory("bot", ("db.seconds",), seconds=900, cells=60))
    (series,) = told.series
    assert (told.step, told.since % 15, len(series.highs)) == (15.0, 0.0, 60)
    assert told.since + 59 * 15 <= NOW < told.since + 60 * 15
    assert (series.unit, series.worse) == ("s", "up")
    assert max(value for value in series.highs if value is not None) == pytest.approx(0.099)
    assert min(value for value in series.lows if value is not None) == pytest.approx(0.004)
    assert series.highs[0] is None
    assert series.mean == pytest.approx(0.0515)
    assert [(limit.value, limit.op, limit.severity) for limit in series.limits] == [(1.0, ">", Severity.WARNING)]


async def test_a_rule_brings_its_series_with_its_own_limits_and_its_for(scene: Scene) -> None:
    (series,) = (await scene.shown(ShowHistory("bot", rule="gateway-not-working"))).series
    assert series.name == "gateway.working"
    (limit,) = series.limits
    assert (limit.value, limit.op, limit.severity, limit.hold) == (0.0, "==", Severity.CRITICAL, 120.0)


async def test_the_only_agent_need_not_be_named_and_a_past_moment_can_be(store: Watched, scene: Scene) -> None:
    store.add_samples([Sample("bot/db.seconds", 5000.0, 0.5)])
    told = await scene.shown(ShowHistory(series=("db.seconds",), seconds=600, cells=10, until=5010))
    assert (told.agent, told.until) == ("bot", 5010.0)
    assert told.series[0].lasts[-1] == 0.5


async def test_it_is_read_beside_the_appends(store: Watched, scene: Scene) -> None:
    await scene.shown(ShowHistory("bot", ("db.seconds",)))
    assert store.reader_thread.startswith("store-reads")


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (ShowHistory("bot"), "1 to 30 series and 1 to 400 cells at once"),
        (ShowHistory("bot", ("db.seconds",) * (MOST_SERIES + 1)), "1 to 30 series and 1 to 400 cells at once"),
        (ShowHistory("bot", ("db.seconds",), cells=MOST_CELLS + 1), "1 to 30 series and 1 to 400 cells at once"),
        (ShowHistory("bot", ("db.seconds",), cells=0), "1 to 30 series and 1 to 400 cells at once"),
        (ShowHistory("bot", ("db.second",)), "no series 'db.second'; expected \"db.seconds\""),
        (ShowHistory("bot", rule="db-slow"), "no rule 'db-slow'; expected \"database-slow\""),
        (ShowHistory("bot", ("db.seconds",), seconds=1), "a history covers 1 min to 400 days"),
        (ShowHistory("bot", ("db.seconds",), seconds=float("nan")), "a history covers 1 min to 400 days"),
        (ShowHistory("bot", ("db.seconds",), until=float("inf")), "a history covers 1 min to 400 days"),
        (ShowHistory("bit", ("db.seconds",)), "no agent 'bit'; there is: bot"),
    ],
)
async def test_what_is_too_much_or_unknown_is_refused_with_the_reason(
    scene: Scene, ask: ShowHistory, why: str
) -> None:
    answer = await scene.ask(ask)
    assert isinstance(answer, Refused)
    assert str(answer.text) == why


async def test_a_store_that_cannot_be_read_is_said_so(store: Watched, scene: Scene) -> None:
    store.broken = True
    answer = await scene.ask(ShowHistory("bot", ("db.seconds",)))
    assert isinstance(answer, Refused)
    assert str(answer.text) == "can't read the past: the disk is away"


def test_a_viewer_may_read_it() -> None:
    assert refusal(ShowHistory("bot", ("db.seconds",)), Capability.VIEW) is None


def test_a_goal_is_a_limit_too_and_a_rule_that_is_off_is_none() -> None:
    config = read(AGENT)
    goals = [limit for limit in limits(config, BY_NAME["reply.follow_p95"]) if limit.severity is None]
    assert [(limit.value, limit.op) for limit in goals] == [(30.0, ">")]
    rule = replace(config.rules["database-slow"], enabled=False)
    assert limits(replace(config, rules={"database-slow": rule}), BY_NAME["db.seconds"]) == ()


async def test_what_rows_say_of_the_time_before_is_marked_and_no_sample(store: Watched, scene: Scene) -> None:
    born = NOW - 1800
    hours = {int(NOW // 3600) - back: 10.0 for back in range(1, 8)}
    past = RowsPast(born - 8 * 3600, born, born - 8 * 3600, {"customers.answered_1h": hours})
    store.save_tracking(blob_name("bot"), msgspec.msgpack.encode(past))
    store.add_samples([Sample("bot/customers.answered_1h", NOW - 60, 3.0)])
    ask = ShowHistory("bot", ("customers.answered_1h", "db.seconds"), seconds=7200, cells=8)
    answered, seconds = (await scene.shown(ask)).series
    assert (answered.highs, answered.from_rows, answered.mean) == ((10.0,) * 6 + (None, 3.0), 6, 3.0)
    assert (seconds.highs, seconds.from_rows) == ((None,) * 8, 0)
    assert not [
        point for point in store.window("bot/customers.answered_1h", 0.0, NOW - 61) if point[1] is not None
    ]
    store.save_tracking(blob_name("bot"), b"of another version")
    assert (await scene.shown(ask)).series[0].from_rows == 0


async def test_today_is_held_against_the_same_weekday_by_rows_and_by_our_own_count(
    store: Watched, scene: Scene
) -> None:
    born, counted = NOW - 10 * DAY, "bot/goal.minute_answered"
    start = midnight(NOW, UTC)
    minutes = int((NOW - start) // 60)
    rows = dict.fromkeys(range(int((NOW - 30 * DAY) // 3600), int(born // 3600)), 30.0)
    past = RowsPast(NOW - 30 * DAY, born, NOW - 30 * DAY, {"goal.minute_answered": rows})
    store.save_tracking(blob_name("bot"), msgspec.msgpack.encode(past))
    store.add_samples([Sample(counted, start + 60 * n, 1.0) for n in range(minutes)])
    store.add_samples([Sample(counted, start - 7 * DAY + 60 * n, 1.0) for n in range(minutes // 2)])
    told = await scene.answer(ShowToday("bot"))
    assert isinstance(told, Today)
    assert (told.answered, told.weekday, told.from_rows) == (minutes, 0, 3)
    assert told.usual == pytest.approx(minutes / 2, abs=3)  # a week ago half of the day was not watched
    refused = await scene.answer(ShowToday("other"))
    assert isinstance(refused, Refused)
