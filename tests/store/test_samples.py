"""What every store promises about its samples: read by window, coarser with age, gaps stay gaps."""

import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.config import values
from qualtui.config.values import Aggregate
from qualtui.model import Sample
from qualtui.store.sqlite import SqliteStore

Opener = Callable[[Path], SqliteStore]
S = "bot/customers.waiting"
DAY = 86400.0


def every(step: float, since: float, until: float, value: float | None = None, series: str = S) -> list[Sample]:
    """Samples `step` apart; their value is their time where none is given."""
    count = int((until - since) / step)
    times = [since + n * step for n in range(count)]
    return [Sample(series, at, at if value is None else value) for at in times]


def keep(raw: float = 2 * DAY, minutes: float = 30 * DAY, hours: float = 400 * DAY) -> values.StoreSettings:
    return values.StoreSettings(
        keep_raw=values.Seconds(raw), keep_minutes=values.Seconds(minutes), keep_hours=values.Seconds(hours)
    )


def test_a_window_has_what_was_answered_both_ends_included(store: SqliteStore) -> None:
    store.add_samples(
        [Sample(S, float(at), at * 2.0) for at in (10, 20, 30, 40)] + [Sample("bot/other", 20.0, 9.0)]
    )
    assert store.window(S, 20, 30) == ((20.0, 40.0), (30.0, 60.0))
    assert store.window("bot/other", 0, 99) == ((20.0, 9.0),)
    assert store.window("bot/never", 0, 99) == ()


def test_no_data_is_a_gap_and_not_a_zero(store: SqliteStore) -> None:
    store.add_samples([Sample(S, 10.0, 0.0), Sample(S, 70.0, None, "no route"), Sample(S, 200.0, float("nan"))])
    assert store.window(S, 0, 200) == ((10.0, 0.0), (70.0, None), (200.0, None))
    assert store.window(S, 0, 200, 60) == ((0.0, 0.0), (60.0, None), (120.0, None), (180.0, None))


def test_bins_stand_still_while_time_goes_on(store: SqliteStore) -> None:
    store.add_samples(every(5, 600, 1200))
    early = store.window(S, 903, 1101, 30)
    late = store.window(S, 911, 1109, 30)
    assert early[0][0] == 900.0
    assert dict(late).items() >= dict(early[1:-1]).items()
    assert {b - a for (a, _), (b, _) in pairwise(late)} == {30.0}


def test_each_bin_is_the_mean_or_what_else_is_asked(store: SqliteStore) -> None:
    store.add_samples(
        [Sample(S, at, value) for at, value in ((60.0, 3.0), (70.0, 9.0), (80.0, 6.0), (90.0, None))]
    )
    answers = {how: store.window(S, 60, 119, 60, how)[0][1] for how in Aggregate}
    assert answers == {
        Aggregate.AVG: 6.0,
        Aggregate.MAX: 9.0,
        Aggregate.MIN: 3.0,
        Aggregate.SUM: 18.0,
        Aggregate.COUNT: 3.0,
        Aggregate.LAST: 6.0,
    }


def test_a_step_that_is_none_is_refused(store: SqliteStore) -> None:
    with pytest.raises(ValueError, match="above 0"):
        store.window(S, 0, 10, 0)


def test_the_second_answer_of_one_moment_counts(store: SqliteStore) -> None:
    store.add_samples([Sample(S, 10.0, 1.0), Sample(S, 10.0, 2.0)])
    store.add_samples([Sample(S, 10.0, 3.0)])
    assert store.window(S, 0, 20) == ((10.0, 3.0),)


def test_an_empty_batch_is_fine(store: SqliteStore) -> None:
    store.add_samples([])
    store.roll_up(1000.0)
    assert store.window(S, 0, 10) == ()


@pytest.mark.parametrize("how", list(Aggregate))
def test_rolled_up_bins_are_what_the_raw_ones_were(store: SqliteStore, how: Aggregate) -> None:
    with_gaps = [
        Sample(S, sample.at, None if 100 < sample.at % 1000 < 400 else sample.value)
        for sample in every(7, 3600, 6 * 3600)
    ]
    store.add_samples(with_gaps)
    steps = (60.0, 600.0, 3600.0, 7200.0)
    raw = [store.window(S, 3600, 6 * 3600, step, how) for step in steps]
    store.roll_up(6 * 3600 + 90)
    rolled = [store.window(S, 3600, 6 * 3600, step, how) for step in steps]
    store.prune(1000 * DAY, keep(minutes=2000 * DAY, hours=2000 * DAY))
    pruned = [store.window(S, 3600, 6 * 3600, step, how) for step in steps]
    for before, after, last in zip(raw, rolled, pruned, strict=True):
        assert [at for at, _ in after] == [at for at, _ in before] == [at for at, _ in last]
        for a, b, c in zip(before, after, last, strict=True):
            assert b[1] == (None if a[1] is None else pytest.approx(a[1]))
            assert c[1] == (None if a[1] is None else pytest.approx(a[1]))


def test_a_minute_without_any_answer_stays_no_data_when_the_raw_samples_are_gone(store: SqliteStore) -> None:
    store.add_samples([Sample(S, 65.0, 5.0), Sample(S, 125.0, None), Sample(S, 3700.0, None)])
    store.roll_up(2 * 3600)
    store.prune(3 * DAY, keep())
    assert store.window(S, 60, 3700) == ((60.0, 5.0), (120.0, None), (3660.0, None))
    store.prune(40 * DAY, keep())
    assert store.window(S, 0, 3700) == ((0.0, 5.0), (3600.0, None))


def test_rolling_up_often_is_the_same_as_once(open_store: Opener, tmp_path: Path) -> None:
    often, once = open_store(tmp_path / "often.db"), open_store(tmp_path / "once.db")
    batch = every(11, 3600, 4 * 3600)
    once.add_samples(batch)
    for start in range(0, len(batch), 50):
        chunk = batch[start : start + 50]
        often.add_samples(chunk)
        often.roll_up(chunk[-1].at)
        often.roll_up(chunk[-1].at)
    for store in (often, once):
        store.roll_up(5 * 3600)
        store.roll_up(5 * 3600)
        store.prune(10 * DAY, keep())
    for step in (None, 60, 3600):
        assert often.window(S, 0, 5 * 3600, step) == once.window(S, 0, 5 * 3600, step)


def test_an_answer_that_comes_late_is_rolled_up_too(store: SqliteStore) -> None:
    store.add_samples([Sample(S, 3610.0, 10.0), Sample(S, 9000.0, 1.0)])
    store.roll_up(9000.0)
    store.add_samples([Sample(S, 3620.0, 20.0)])
    assert store.window(S, 3600, 3659, 60) == ((3600.0, 15.0),)
    store.roll_up(9060.0)
    assert store.window(S, 3600, 3659, 60) == ((3600.0, 15.0),)
    assert store.window(S, 3600, 7199, 3600) == ((3600.0, 15.0),)


def test_an_answer_later_than_the_raw_samples_are_kept_spoils_nothing(store: SqliteStore) -> None:
    store.add_samples(every(10, 3600, 7200, 4.0))
    store.roll_up(7200.0)
    store.prune(7200 + 3 * DAY, keep())
    store.add_samples([Sample(S, 3605.0, 1000.0)])
    store.roll_up(7260 + 3 * DAY)
    assert store.window(S, 3600, 7199, 3600, Aggregate.MAX) == ((3600.0, 4.0),)
    assert store.window(S, 3600, 3659, 60, Aggregate.MAX) == ((3600.0, 4.0),)


def test_an_hour_whose_minutes_are_gone_stays_as_it_was(store: SqliteStore) -> None:
    longer_raw = keep(raw=100 * DAY, minutes=1 * DAY)
    store.add_samples(every(10, 3600, 7200, 4.0))
    store.roll_up(3 * DAY)
    store.prune(3 * DAY, longer_raw)
    store.add_samples([Sample(S, 7001.0, 4.0)])
    store.roll_up(3 * DAY)
    assert store.window(S, 3600, 7199, 3600, Aggregate.COUNT) == ((3600.0, 360.0),)


def test_each_grain_is_kept_as_long_as_configured(store: SqliteStore) -> None:
    now = 100 * DAY
    store.add_samples(every(1800, 0, now, 1.0))
    store.roll_up(now)
    while store.prune(now, keep(raw=1 * DAY, minutes=10 * DAY, hours=50 * DAY)).more:
        pass
    times = [at for at, _ in store.window(S, 0, now)]
    raw = [at for at in times if at >= now - 1 * DAY]
    minutes = [at for at in times if now - 10 * DAY <= at < now - 1 * DAY]
    hours = [at for at in times if at < now - 10 * DAY]
    assert (len(raw), len(minutes), len(hours)) == (48, 9 * 48, 40 * 24)
    assert times == sorted(set(times))
    assert times[0] == 50 * DAY
    assert store.prune(now, keep(raw=1 * DAY, minutes=10 * DAY, hours=50 * DAY)).raw == 0


def test_nothing_is_pruned_before_it_is_rolled_up(store: SqliteStore) -> None:
    store.add_samples(every(10, 3600, 7200, 4.0))
    assert store.prune(100 * DAY, keep()).raw == 0
    assert len(store.window(S, 0, 7200)) == 360


def test_pruning_stops_at_its_limit_and_hides_what_it_left(store: SqliteStore) -> None:
    store.add_samples(every(1, 0, 30_000, 1.0))
    store.roll_up(30_000)
    pruned = [store.prune(10 * DAY, keep())]
    assert len(store.window(S, 0, 30_000)) == 500
    while pruned[-1].more:
        pruned.append(store.prune(10 * DAY, keep()))
    assert sum(one.raw for one in pruned) == 30_000
    assert len(pruned) > 1


def test_a_clock_that_ran_ahead_does_not_hide_what_comes_after_it_is_set_back(store: SqliteStore) -> None:
    store.add_samples(every(10, 3600, 7200, 1.0))
    store.roll_up(400 * DAY)
    store.prune(400 * DAY, keep())
    store.roll_up(7200)
    store.add_samples(every(10, 7200, 9000, 2.0))
    assert store.window(S, 7200, 8999, 600) == ((7200.0, 2.0), (7800.0, 2.0), (8400.0, 2.0))
    store.roll_up(9000)
    assert store.window(S, 7200, 8999, 60)[0] == (7200.0, 2.0)


def test_samples_go_on_after_a_restart(open_store: Opener, path: Path) -> None:
    first = open_store(path)
    first.add_samples([Sample(S, 10.0, 1.0)])
    first.close()
    second = open_store(path)
    second.add_samples([Sample(S, 20.0, 2.0), Sample("bot/new", 20.0, 3.0)])
    assert second.window(S, 0, 30) == ((10.0, 1.0), (20.0, 2.0))
    assert second.window("bot/new", 0, 30) == ((20.0, 3.0),)


POINTS = st.lists(
    st.tuples(st.integers(0, 20_000), st.none() | st.integers(-1000, 1000)), max_size=40, unique_by=lambda p: p[0]
)


@settings(max_examples=40, deadline=None, database=None)
@given(POINTS, st.lists(st.integers(0, 25_000), max_size=3), st.sampled_from([60, 120, 3600]))
def test_no_order_of_adding_and_rolling_changes_an_aligned_bin(
    points: Sequence[tuple[int, int | None]], rolls: list[int], step: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, SqliteStore.open(Path(folder) / "s.db") as store:
        parts = len(rolls) + 1
        for n in range(parts):
            store.add_samples([Sample(S, float(at), value) for at, value in points[n::parts]])
            store.roll_up(float([*rolls, 25_000][n]))
        store.roll_up(25_000.0)
        for at, value in store.window(S, 0, 20_000, step, Aggregate.SUM):
            inside = [v for t, v in points if at <= t < at + step and v is not None]
            assert value == (sum(inside) if inside else None)


def test_a_cell_keeps_the_lowest_the_highest_and_the_last_value(store: SqliteStore) -> None:
    store.add_samples([Sample(S, float(at), value) for at, value in ((60, 3.0), (70, 9.0), (80, 1.0), (110, 4.0))])
    (cell,) = store.cells(S, 60, 119, 60)
    assert (cell.at, cell.count, cell.total) == (60.0, 4, 17.0)
    assert (cell.low, cell.high, cell.last, cell.last_at) == (1.0, 9.0, 4.0, 110.0)


def test_a_cell_polled_without_an_answer_is_there_and_one_not_polled_is_not(store: SqliteStore) -> None:
    store.add_samples([Sample(S, 10.0, 0.0), Sample(S, 70.0, None, "no route"), Sample(S, 200.0, 5.0)])
    told = [(cell.at, cell.count, cell.high) for cell in store.cells(S, 0, 240, 60)]
    assert told == [(0.0, 1, 0.0), (60.0, 0, None), (180.0, 1, 5.0)]
    assert store.cells("bot/never", 0, 240, 60) == ()


@pytest.mark.parametrize("step", [60.0, 600.0, 3600.0, 7200.0])
def test_cells_of_rolled_up_samples_are_what_those_of_raw_ones_were(store: SqliteStore, step: float) -> None:
    samples = every(17, 0, 6 * 3600)
    store.add_samples([*samples, *[Sample(S, 6 * 3600 + at, None) for at in range(0, 7200, 40)]])

    def told() -> list[tuple[float, int, float | None, float | None, float | None]]:
        found = store.cells(S, 0, 8 * 3600, step)
        return [(one.at, one.count, one.low, one.high, one.last) for one in found]

    before = told()
    store.roll_up(9 * 3600)
    store.prune(9 * 3600, keep(raw=0, minutes=1800 if step >= 3600 else 30 * DAY))
    assert told() == before
    assert before[-1][1:] == (0, None, None, None)


def test_a_cell_without_a_length_is_refused(store: SqliteStore) -> None:
    with pytest.raises(ValueError, match="above 0"):
        store.cells(S, 0, 60, 0)


@pytest.mark.parametrize("how", list(Aggregate))
def test_the_past_has_each_value_when_it_was_known_at_the_finest_grain(store: SqliteStore, how: Aggregate) -> None:
    batch = [*every(7, 0, 3600), Sample(S, 3605.0, None), *every(7, 3660, 9000), Sample(S, 9001.0, None)]
    store.add_samples(batch)
    store.roll_up(9000.0)
    store.prune(9000.0, keep(raw=1800, minutes=5400))
    hour = store.window(S, 0, 0, 3600, how)[0][1]
    minutes = [(at + 60, value) for at, value in store.window(S, 3660, 7140, 60, how)]
    singles = [(sample.at, sample.value) for sample in batch if sample.at >= 7200]
    told = [(sample.at, sample.value) for sample in store.reader.known(S, 0.0, 9001.0, how)]
    assert told == [(3600.0, hour), *minutes, *singles]
    assert {sample.series for sample in store.reader.known(S, 0.0, 9001.0, how)} == {S}


def test_the_past_of_a_series_ends_where_it_is_asked_to(store: SqliteStore) -> None:
    store.add_samples(every(20, 0, 7200))
    store.roll_up(7200.0)
    store.prune(7200.0, keep(raw=3600))
    times = [sample.at for sample in store.reader.known(S, 120.0, 300.0, Aggregate.LAST)]
    assert times == [180.0, 240.0, 300.0]
    assert store.reader.known("bot/never", 0.0, 7200.0, Aggregate.LAST) == ()
