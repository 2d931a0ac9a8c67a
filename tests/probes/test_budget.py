"""Error budgets out of a real store: the same after a restart, whatever the store did meanwhile."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from qualtui.config.values import Aggregate, Goals
from qualtui.diagnosis.goals import Bins
from qualtui.model import Sample
from qualtui.probes.budget import BudgetProbe
from qualtui.probes.goals import no_history
from qualtui.probes.probe import ProbeError
from qualtui.store.sqlite import SqliteStore
from qualtui.tracking.minute_counts import Counts

NOW = 1_800_000_000.0  # a whole minute
MINUTE = 60.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "qualtui.db") as opened:
        yield opened


class Past:
    """The store as a probe reads it; `lost`: it fails."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.lost = False

    async def history(self, series: str, since: float, until: float, bin_: float, how: Aggregate) -> Bins:
        if self.lost:
            raise ProbeError("the store is gone")
        return self._store.window(series, since, until, bin_, how)


def watched(store: SqliteStore, values: Sequence[float | None], until: float = NOW) -> None:
    """goal.minute of the minutes before `until`, oldest first."""
    begin = until - MINUTE * len(values)
    store.add_samples(
        Sample("bot/goal.minute", begin + MINUTE * place + 7.0, value) for place, value in enumerate(values)
    )


async def said(probe: BudgetProbe, now: float) -> dict[str, Sample]:
    return {one.series.removeprefix("bot/"): one for one in await probe.ask(now)}


async def test_a_restart_gives_the_same_figures_as_an_engine_that_ran_on(store: SqliteStore) -> None:
    past = Past(store)
    watched(store, [1.0] * 3000 + [0.0] * 8 + [1.0] * 2, NOW)
    ran = BudgetProbe("bot", past.history, MINUTE, Goals())
    await said(ran, NOW + 20)
    store.roll_up(NOW)
    for step, value in enumerate([0.0, 0.0, 1.0, None, 0.0]):
        watched(store, [value], NOW + MINUTE * (step + 1))
        told = await said(ran, NOW + MINUTE * (step + 1) + 20)
    began = BudgetProbe("bot", past.history, MINUTE, Goals())
    again = await said(began, NOW + MINUTE * 5 + 20)
    assert told == again
    assert told["goal.up_left"].value == pytest.approx(0.005 * 3014 - 11)
    assert str(told["goal.up_left"].note).startswith("4 of 15 min left, 1 min not watched")
    burn = told["goal.up_burn"]
    assert burn.value == pytest.approx(11 / 59 / 0.005 / 14.4)
    assert str(burn.note).startswith("37 times too fast over 1h 00m, limit 14; 4 of 15 min left")


async def test_minutes_that_were_written_late_are_counted(store: SqliteStore) -> None:
    past = Past(store)
    watched(store, [1.0] * 100)
    probe = BudgetProbe("bot", past.history, MINUTE, Goals())
    await said(probe, NOW + 20)
    past.lost = True
    with pytest.raises(ProbeError):
        await said(probe, NOW + 80)
    past.lost = False
    assert (await said(probe, NOW + 140))["goal.up_left"].value == pytest.approx(0.5)
    watched(store, [0.0] * 3, NOW + 3 * MINUTE)
    told = await said(probe, NOW + 200)
    assert told["goal.up_left"].value == pytest.approx(0.005 * 103 - 3)


async def test_messages_are_counted_once_and_found_again_by_the_next_engine(store: SqliteStore) -> None:
    past = Past(store)
    watched(store, [1.0] * 2300)
    new = iter([None, Counts(30, 30), Counts(10, 16), Counts(0, 0)])
    probe = BudgetProbe("bot", past.history, MINUTE, Goals(), lambda: next(new))
    for step in range(4):
        samples = await probe.ask(NOW + 60.5 * step)
        store.add_samples(samples)
    told = {one.series.removeprefix("bot/"): one for one in samples}
    assert (told["goal.minute_answered"].value, told["goal.minute_failed"].value) == (0.0, 0.0)
    assert told["goal.answered_left"].value == pytest.approx(0.05 * 46 - 6)
    assert told["goal.answered_burn"].value == pytest.approx(6 / 46 / 0.05)  # the slow pair
    assert told["goal.answered_lasts"].value == 0
    began = BudgetProbe("bot", past.history, MINUTE, Goals(), lambda: None)
    again = await said(began, NOW + 182)
    assert again["goal.minute_failed"].value is None
    for name in ("goal.answered_left", "goal.answered_burn"):
        assert again[name].value == pytest.approx(told[name].value)


async def test_a_demo_s_minute_is_shorter_and_the_windows_with_it(store: SqliteStore) -> None:
    minute = 60 / 7
    begin = round(NOW / minute) * minute
    store.add_samples(
        Sample("bot/goal.minute", begin - minute * (300 - place) + 1.0, float(place < 290)) for place in range(300)
    )
    probe = BudgetProbe("bot", Past(store).history, minute, Goals())
    told = await said(probe, begin + 13.0)
    assert told["goal.up_left"].value == pytest.approx(0.005 * 300 - 10)
    burn = told["goal.up_burn"].value
    assert burn is not None
    assert burn > 1


async def test_without_a_past_and_without_a_budget_nothing_is_claimed() -> None:
    for goals in (Goals(), Goals(up=100, answered=100)):
        probe = BudgetProbe("bot", no_history, MINUTE, goals, lambda: None)
        samples = await probe.ask(NOW)
        assert tuple(one.series for one in samples) == probe.series
        assert {one.value for one in samples if not one.series.endswith("answered_burn")} == {None}
